package org.espalier.runtime.kernel.convolution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.runtime.kernel.Kernels;
import org.espalier.runtime.kernel.window.Window;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SmallConvolutionsTest {
    private static final Window WINDOW = Window.kernel(3, 3).padding(1, 1);

    /** Takes images of five rows and writes to each row of the map the first weight that it was prepared with. */
    private static final class FirstWeight implements SmallConvolution {
        final List<Float> prepared = new ArrayList<>();

        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public boolean takes(Shape shape) {
            return shape.height() == 5;
        }

        @Override
        public Prepared prepare(FloatBuffer weight, Shape shape) {
            float value = weight.get(0);
            prepared.add(value);
            return new Prepared() {
                @Override
                public int rows() {
                    return shape.mapHeight();
                }

                @Override
                public void toMap(
                        FloatBuffer image, int from, FloatBuffer map, int to, float[] bias, int first, int end) {
                    for (int i = first * shape.mapWidth(); i < end * shape.mapWidth(); i++) {
                        map.put(to + i, map.get(to + i) + value);
                    }
                }

                @Override
                public long bytes() {
                    return 1_000;
                }
            };
        }
    }

    private final FirstWeight algorithm = new FirstWeight();
    private final INDArray weight = Nd4j.ones(DataType.FLOAT, 1, 1, 3, 3);

    private INDArray map(int height, Window window, Workspace workspace) {
        INDArray x = Nd4j.ones(DataType.FLOAT, 3, 1, height, 5);
        int stride = window.strideHeight();
        INDArray y = Nd4j.zeros(DataType.FLOAT, 3, 1, (height - 1) / stride + 1, 4 / stride + 1);
        Kernels.conv2d(x, weight, y, window, workspace);
        return y;
    }

    @Test
    void everyRowOfEverySampleIsComputedOnce() {
        try (Workspace workspace = new Workspace(new SmallConvolutions(Optional.of(algorithm)))) {
            assertThat(map(5, WINDOW, workspace)).isEqualTo(Nd4j.ones(DataType.FLOAT, 3, 1, 5, 5));
        }
    }

    @Test
    void weightsArePreparedWhenTheyHaveChanged() {
        try (Workspace workspace = new Workspace(new SmallConvolutions(Optional.of(algorithm)))) {
            map(5, WINDOW, workspace);
            map(5, WINDOW, workspace);
            weight.putScalar(0, 2f);
            map(5, WINDOW, workspace);
            map(5, WINDOW, workspace);
        }

        assertThat(algorithm.prepared).containsExactly(1f, 2f);
    }

    @Test
    void whatIsKeptOfTheWeightsCountsAsMemoryOfTheWorkspace() {
        Workspace closed;
        try (Workspace workspace = new Workspace(new SmallConvolutions(Optional.of(algorithm)))) {
            assertThat(workspace.bytes()).isZero();
            map(5, WINDOW, workspace);
            assertThat(workspace.bytes()).isEqualTo(1_000 + 9 * Float.BYTES);
            closed = workspace;
        }
        assertThat(closed.bytes()).isZero();
    }

    @Test
    void whatItDoesNotTakeIsComputedWithoutIt() {
        try (Workspace workspace = new Workspace(new SmallConvolutions(Optional.of(algorithm)))) {
            INDArray other = map(4, WINDOW, workspace);
            INDArray strided = map(5, WINDOW.stride(2, 2), workspace);

            assertThat(other.getFloat(0, 0, 1, 1)).isEqualTo(9);
            assertThat(strided.getFloat(0, 0, 1, 1)).isEqualTo(9);
        }

        assertThat(algorithm.prepared).isEmpty();
    }
}
