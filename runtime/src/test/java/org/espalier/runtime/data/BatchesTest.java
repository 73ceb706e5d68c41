package org.espalier.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class BatchesTest {
    private static final int EXAMPLES = 10;

    /** Row i holds i and 10 i. */
    private static INDArray inputs(DataType type) {
        double[][] rows = new double[EXAMPLES][];
        for (int i = 0; i < EXAMPLES; i++) {
            rows[i] = new double[] {i, 10 * i};
        }
        return Nd4j.create(rows).castTo(type);
    }

    /** Row i holds -i. */
    private static INDArray targets(DataType type) {
        return Nd4j.create(DoubleStream.iterate(0, i -> i - 1).limit(EXAMPLES).toArray())
                .castTo(type);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void anEpochShowsEveryExampleOnceBesideItsTarget(DataType type) {
        Batches batches = Batches.of(inputs(type), targets(type), 4, 42);

        List<Double> seen = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        for (Batch batch : batches.epoch(1)) {
            sizes.add(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                double example = batch.input().getDouble(i, 0);
                assertThat(batch.input().getDouble(i, 1)).isEqualTo(10 * example);
                assertThat(batch.target().getDouble(i)).isEqualTo(-example);
                seen.add(example);
            }
        }

        assertThat(batches.perEpoch()).isEqualTo(3);
        assertThat(sizes).containsExactly(4, 4, 2);
        assertThat(seen).containsExactlyInAnyOrder(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"UTF8", "COMPRESSED", "UNKNOWN"},
            mode = EnumSource.Mode.EXCLUDE)
    void labelsMayBeOfEveryTypeOfNumberAloneOrInAColumn(DataType type) {
        // Examples 0, 3, 6 and so on have label 1.
        INDArray labels =
                Nd4j.create(new float[] {1, 0, 0, 1, 0, 0, 1, 0, 0, 1}).castTo(type);
        for (INDArray shaped : List.of(labels, labels.reshape(EXAMPLES, 1))) {
            int seen = 0;
            for (Batch batch : Batches.of(inputs(DataType.FLOAT), shaped, 4, 42).epoch(1)) {
                assertThat(batch.target().dataType()).isEqualTo(type);
                assertThat(batch.target().rank()).isEqualTo(shaped.rank());
                for (int i = 0; i < batch.size(); i++) {
                    int example = batch.input().getInt(i, 0);
                    assertThat(batch.target().reshape(batch.size()).getDouble(i))
                            .isEqualTo(example % 3 == 0 ? 1 : 0);
                    seen++;
                }
            }
            assertThat(seen).isEqualTo(EXAMPLES);
        }
    }

    @Test
    void viewsAreReadByTheirOwnRows() {
        INDArray wide = Nd4j.create(new double[][] {{9, 0, 1}, {9, 10, 11}, {9, 20, 21}})
                .get(NDArrayIndex.all(), NDArrayIndex.interval(1, 3));
        INDArray labels = Nd4j.createFromArray(7, 0, 1, 2).get(NDArrayIndex.interval(1, 4));
        for (Batch batch : Batches.of(wide, labels, 2, 42).epoch(1)) {
            for (int i = 0; i < batch.size(); i++) {
                assertThat(batch.input().getInt(i, 0))
                        .isEqualTo(10 * batch.target().getInt(i));
                assertThat(batch.input().getInt(i, 1))
                        .isEqualTo(10 * batch.target().getInt(i) + 1);
            }
        }
    }

    @Test
    void ordersDependOnSeedAndEpochAlone() {
        assertThat(order(42, 1)).isEqualTo(order(42, 1));
        assertThat(List.of(order(42, 1), order(42, 2), order(43, 1), order(43, 2)))
                .doesNotHaveDuplicates();
    }

    @Test
    void everyPlaceIsAsLikelyForEveryExample() {
        int[][] seen = new int[4][4];
        int epochs = 4_000;
        for (int epoch = 1; epoch <= epochs; epoch++) {
            int[] order = new EpochOrder(7, epoch).order(4);
            for (int place = 0; place < 4; place++) {
                seen[place][order[place]]++;
            }
        }

        for (int[] place : seen) {
            for (int count : place) {
                // Five standard deviations of a binomial of 4,000 draws at one in four.
                assertThat(count).isBetween(1_000 - 137, 1_000 + 137);
            }
        }
    }

    @Test
    void anEpochEnds() {
        Iterator<Batch> epoch = Batches.of(inputs(DataType.FLOAT), targets(DataType.FLOAT), 10, 42)
                .epoch(1)
                .iterator();
        epoch.next();

        assertThat(epoch.hasNext()).isFalse();
        assertThatThrownBy(epoch::next)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("the epoch's 10 examples are used up");
    }

    @Test
    void nonsenseIsRefused() {
        INDArray inputs = inputs(DataType.FLOAT);
        INDArray targets = targets(DataType.FLOAT);

        assertThatThrownBy(() -> Batches.of(inputs, Nd4j.zeros(9), 4, 42))
                .hasMessage("expected a target for each input, found 10 inputs and 9 targets");
        assertThatThrownBy(() -> Batches.of(inputs, targets, 0, 42))
                .hasMessage("expected a batch size of at least 1, found 0");
        assertThatThrownBy(() -> Batches.of(inputs.castTo(DataType.INT16), targets, 4, 42))
                .hasMessage(
                        "expected inputs of type FLOAT or DOUBLE, or INT or LONG of whole numbers, found SHORT; castTo makes "
                                + "them so");
        assertThatThrownBy(() -> Batches.of(inputs, Nd4j.create("abcdefghij".split("")), 4, 42))
                .hasMessage("expected targets that are numbers, found UTF8");
        assertThatThrownBy(() -> Batches.of(inputs, Nd4j.scalar(1), 4, 42))
                .hasMessage("expected targets [examples, …], found a single number");
        INDArray closed = targets.dup();
        closed.close();
        assertThatThrownBy(() -> Batches.of(inputs, closed, 4, 42))
                .hasMessage("expected targets [examples, …], found an array that was closed");
        assertThatThrownBy(() -> Batches.of(inputs, targets, 4, 42).epoch(0))
                .hasMessage("expected an epoch counted from 1, found 0");
    }

    private static List<Double> order(long seed, int epoch) {
        List<Double> order = new ArrayList<>();
        for (Batch batch : Batches.of(inputs(DataType.FLOAT), targets(DataType.FLOAT), 1, seed)
                .epoch(epoch)) {
            order.add(batch.input().getDouble(0));
        }
        return order;
    }
}
