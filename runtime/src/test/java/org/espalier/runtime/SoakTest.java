package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.Pointer;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.storage.Outliving;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Long runs take no more memory and no more time at their end than at their beginning. {@code mvn -Psoak test} trains a
 * million steps and opens a thousand networks.
 */
class SoakTest {
    private static final int STEPS = Integer.getInteger("espalier.soak.steps", 1_000);
    private static final int NETWORKS = Integer.getInteger("espalier.soak.networks", 40);
    private static final int SAMPLES = 20;

    /** Of these, the first ones fill caches and thread stacks, and the compiler of the JVM is at work. */
    private static final int WARM_UP = SAMPLES / 4;

    /** Bytes that the heap may grow by: samples are taken behind collections, of which none is complete. */
    private static final long HEAP_NOISE = 12L << 20;

    /**
     * Bytes that the process may grow by. In the profile all of the heap is touched at first; in other JVMs a heap that
     * is used for the first time is memory of the process, too.
     */
    private static final long NOISE = Long.getLong("espalier.soak.noise", 256) << 20;

    /** Numbers of one moment. */
    private record Sample(int step, long process, long heap, long outliving, long processorTime) {
        static Sample at(int step) {
            // Arrays that were forgotten free their memory behind a collection.
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            return new Sample(
                    step,
                    Pointer.physicalBytes(),
                    runtime.totalMemory() - runtime.freeMemory(),
                    Outliving.bytes(),
                    ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
        }
    }

    @Test
    void stepsOnBatchesOfEverySizeTakeAsMuchAtTheEndAsAtTheBeginning() {
        List<Examples> batches = new ArrayList<>();
        for (int size = 1; size <= 16; size++) {
            batches.add(Examples.of(DataType.FLOAT, size, size));
        }
        Random random = new Random(1);
        try (TinyNetwork network = TinyNetwork.create(DataType.FLOAT, Init.seed(1), new Adam(1e-4))) {
            soak("steps", STEPS, step -> {
                Examples batch = batches.get(random.nextInt(batches.size()));
                network.trainStep(batch.images(), batch.labels());
                if (step % 10 == 0) {
                    network.predict(batch.images());
                }
            });
        }
    }

    @Test
    void networksThatAreOpenedAndClosedLeaveNothing() {
        Examples batch = Examples.of(DataType.FLOAT, 16, 1);
        soak("networks", NETWORKS, number -> {
            try (TinyNetwork network = TinyNetwork.create(DataType.FLOAT, Init.seed(number), new Adam(1e-2));
                    TinyNetwork other = TinyNetwork.create(DataType.FLOAT, Init.seed(number), new Adam(1e-2))) {
                network.trainStep(batch.images(), batch.labels());
                other.predict(batch.images());
                network.parameters().values();
            }
        });
    }

    private static void soak(String what, int count, IntConsumer work) {
        List<Sample> samples = new ArrayList<>();
        for (int sample = 1, done = 0; sample <= SAMPLES; sample++) {
            for (; done < (long) count * sample / SAMPLES; done++) {
                work.accept(done);
            }
            samples.add(Sample.at(done));
        }
        List<Sample> settled = samples.subList(WARM_UP, SAMPLES);
        Sample first = settled.get(0);
        Sample middle = settled.get(settled.size() / 2);
        Sample last = settled.get(settled.size() - 1);
        double process = slope(settled, Sample::process);
        double heap = slope(settled, Sample::heap);
        double faster = (double) (middle.processorTime - first.processorTime) / (middle.step - first.step);
        double later = (double) (last.processorTime - middle.processorTime) / (last.step - middle.step);
        System.out.printf(
                "%,d %s: %.2f bytes of the process, %.2f of heap for each; %.1f µs in the first half, %.1f in the second%n",
                count, what, process, heap, faster / 1e3, later / 1e3);

        assertThat(process * count).as("bytes that the process grew by").isLessThan(NOISE);
        assertThat(heap * count).as("bytes that the heap grew by").isLessThan(HEAP_NOISE);
        assertThat(last.outliving - first.outliving)
                .as("bytes that were given out")
                .isLessThan(HEAP_NOISE);
        assertThat(later).as("processor time of each in the second half").isLessThan(2 * faster);
    }

    /** A number of a sample. */
    private interface Measure {
        long of(Sample sample);
    }

    /** Least squares. */
    private static double slope(List<Sample> samples, Measure measure) {
        double steps = samples.stream().mapToInt(Sample::step).average().orElseThrow();
        double mean = samples.stream().mapToLong(measure::of).average().orElseThrow();
        double above = 0;
        double below = 0;
        for (Sample sample : samples) {
            above += (sample.step - steps) * (measure.of(sample) - mean);
            below += (sample.step - steps) * (sample.step - steps);
        }
        return above / below;
    }
}
