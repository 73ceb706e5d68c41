package org.espalier.runtime.cpu;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.espalier.runtime.kernel.convolution.SmallConvolution.Prepared;
import org.espalier.runtime.kernel.convolution.SmallConvolution.Shape;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.window.Window;
import org.espalier.runtime.optim.update.InPlaceAdam.Coefficients;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Has the JVM compile loops of the Vector API before they are used. Until then each operation makes an object: the
 * first update of a large network would leave gigabytes of garbage, for which the heap would grow, and the first
 * hundred predictions of a small one would take a hundred times as long as the rest.
 */
final class VectorWarmUp {
    /** As few as keep the whole short: every call, and every turn of a loop, brings the compiler nearer. */
    private static final int NUMBERS = 1_024;

    /** Bytes that compiled code does not come near. */
    private static final long FEW_BYTES = 4_096;

    private static final long LIMIT_NANOSECONDS = 1_000_000_000;

    private VectorWarmUp() {}

    /** Compiles {@link VectorAdamStretch}, the first time. */
    static void adam() {
        AdamLoops.ready();
    }

    /** Compiles {@link VectorWinograd}, the first time. */
    static void convolution() {
        ConvolutionLoops.ready();
    }

    /** Compiles {@link VectorTiles}, the first time. */
    static void tiles() {
        TileLoops.ready();
    }

    /** Compiles {@link VectorTapLoops}, the first time. */
    static void taps() {
        TapLoops.ready();
    }

    /**
     * Runs until nothing is allocated, a second at most.
     *
     * @param enough runs after which the compiler has been asked for, and only needs time
     */
    private static void run(int enough, Runnable loops) {
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long start = System.nanoTime();
        for (int run = 0; System.nanoTime() - start < LIMIT_NANOSECONDS; run++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            loops.run();
            if (threads.getCurrentThreadAllocatedBytes() - before < FEW_BYTES) {
                return;
            }
            if (run > enough) {
                try {
                    Thread.sleep(1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private static final class AdamLoops {
        static {
            VectorAdamStretch stretch = new VectorAdamStretch(numbers(), numbers());
            float[] m = new float[NUMBERS];
            float[] v = new float[NUMBERS];
            double[] sums = new double[2];
            run(2_000, () -> stretch.step(0, NUMBERS, m, v, coefficients(true), sums));
            run(2_000, () -> stretch.step(0, NUMBERS, m, v, coefficients(false), sums));
        }

        static void ready() {}

        private static ByteBuffer numbers() {
            return ByteBuffer.allocateDirect(NUMBERS * Float.BYTES).order(ByteOrder.nativeOrder());
        }

        private static Coefficients coefficients(boolean penalizes) {
            return new Coefficients(1, penalizes, 1, penalizes, 1, 1, 0.9f, 0.1f, 0.9f, 0.1f, 0.1f, 1, 1);
        }
    }

    private static final class ConvolutionLoops {
        static {
            Shape shape = new Shape(16, 32, 5, 5, 2, 2, 14, 14, 14, 14);
            FloatBuffer image = FloatBuffer.allocate(16 * 14 * 14);
            FloatBuffer map = FloatBuffer.allocate(32 * 14 * 14);
            float[] bias = new float[32];
            FloatBuffer weight = FloatBuffer.allocate(32 * 16 * 5 * 5);
            Prepared prepared = new VectorWinograd(weight, shape);
            run(50, () -> prepared.toMap(image, 0, map, 0, bias, 0, prepared.rows()));
        }

        static void ready() {}
    }

    private static final class TileLoops {
        static {
            // Operands do not keep their arrays from being freed, but what runs here does.
            INDArray image = Nd4j.create(DataType.FLOAT, 1, 16, 8, 8);
            INDArray map = Nd4j.create(DataType.FLOAT, 1, 16, 8, 8);
            INDArray weight = Nd4j.create(DataType.FLOAT, 16, 16, 3, 3);
            Window window = Window.kernel(3, 3).padding(1, 1);
            float[] bias = new float[16];
            VectorTiles tiles = new VectorTiles();
            run(100, () -> {
                tiles.toMap(Operand.of(image), Operand.of(weight), bias, Operand.of(map), window);
                tiles.toImage(Operand.of(map), Operand.of(weight), bias, Operand.of(image), window);
                tiles.toWeight(Operand.of(image), Operand.of(map), Operand.of(weight), window, true);
            });
        }

        static void ready() {}
    }

    private static final class TapLoops {
        static {
            float[] from = new float[NUMBERS];
            float[] to = new float[NUMBERS];
            float[] weights = new float[9];
            int[] at = new int[] {0, 1, 2, 30, 31, 32, 60, 61};
            double[] sums = new double[9];
            run(200, () -> {
                VectorTapLoops.add(from, at, weights, 0, to, NUMBERS / 2 + 8);
                VectorTapLoops.addProducts(from, at, to, NUMBERS / 2, sums, 0);
            });
        }

        static void ready() {}
    }
}
