package org.espalier.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DatasetTest {
    /** Input i holds i; one in four is of class 1. */
    private static Dataset numbers(int count) {
        INDArray inputs = Nd4j.arange(count).castTo(DataType.FLOAT).reshape(count, 1);
        INDArray labels = Nd4j.createFromArray(
                IntStream.range(0, count).map(i -> i % 4 == 0 ? 1 : 0).toArray());
        return Dataset.of(inputs, labels);
    }

    private static List<Integer> inputs(Dataset dataset) {
        return inputs(dataset.batches(3).epoch(1));
    }

    private static List<Integer> inputs(Iterable<Batch> epoch) {
        List<Integer> seen = new ArrayList<>();
        for (Batch batch : epoch) {
            for (int i = 0; i < batch.size(); i++) {
                seen.add(batch.input().getInt(i, 0));
            }
        }
        return seen;
    }

    @Test
    void examplesComeInTheirOrderUnlessTheyAreShuffled() {
        DatasetBatches batches = numbers(8).batches(3);

        assertThat(inputs(batches.epoch(1))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(inputs(batches.epoch(2))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(inputs(batches.shuffled(1).epoch(1)))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7)
                .isNotEqualTo(inputs(batches.shuffled(1).epoch(2)));
    }

    @Test
    void aLastBatchThatIsSmallerIsDroppedIfAskedFor() {
        DatasetBatches batches = numbers(8).batches(3).dropLast();

        assertThat(batches.perEpoch()).isEqualTo(2);
        assertThat(inputs(batches.epoch(1))).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(numbers(6).batches(3).dropLast().perEpoch()).isEqualTo(2);
        assertThatThrownBy(() -> numbers(2).batches(3).dropLast())
                .hasMessage(
                        "expected at least one whole batch of 3, found 2 examples; make batches smaller, or keep the"
                                + " last");
    }

    @Test
    void anEpochCanBeLimitedToItsFirstBatches() {
        DatasetBatches batches = numbers(8).batches(3);

        assertThat(batches.limit(2).perEpoch()).isEqualTo(2);
        assertThat(inputs(batches.limit(2).epoch(1))).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(batches.limit(9).perEpoch()).isEqualTo(3);
        assertThat(inputs(batches.limit(9).epoch(1))).hasSize(8);
        assertThat(batches.limit(3).dropLast().perEpoch()).isEqualTo(2);
        assertThat(inputs(batches.shuffled(1).limit(2).epoch(1)))
                .isEqualTo(inputs(batches.limit(2).shuffled(1).epoch(1)))
                .isEqualTo(inputs(batches.shuffled(1).epoch(1)).subList(0, 6));
        assertThatThrownBy(() -> batches.limit(0)).hasMessage("expected at least one batch in an epoch, found 0");
    }

    @Test
    void selectionsKeepTheirOrder() {
        assertThat(inputs(numbers(8).select(5, 0, 5))).containsExactly(5, 0, 5);
        assertThatThrownBy(() -> numbers(8).select(8)).hasMessage("expected examples within 0 to 7, found 8");
        assertThatThrownBy(() -> numbers(8).select()).hasMessage("expected at least one example, found none");
    }

    @Test
    void aSplitHasEveryExampleInOnePartAndIsTheSeeds() {
        List<Dataset> parts = numbers(100).split(7, 0.7, 0.2, 0.1);

        assertThat(parts).extracting(Dataset::size).containsExactly(70, 20, 10);
        List<Integer> all =
                parts.stream().flatMap(part -> inputs(part).stream()).toList();
        assertThat(all).hasSize(100).doesNotHaveDuplicates();
        assertThat(inputs(parts.get(1)))
                .isEqualTo(inputs(numbers(100).split(7, 0.7, 0.2, 0.1).get(1)));
        assertThat(inputs(parts.get(1)))
                .isNotEqualTo(inputs(numbers(100).split(8, 0.7, 0.2, 0.1).get(1)));
    }

    @Test
    void aSplitByClassHasTheClassesInTheSameProportions() {
        List<Dataset> parts = numbers(100).splitByClass(7, 0.8, 0.2);

        assertThat(parts).extracting(Dataset::size).containsExactly(80, 20);
        assertThat(parts)
                .extracting(part -> part.all().target().sumNumber().intValue())
                .containsExactly(20, 5);
        assertThat(parts.stream().flatMap(part -> inputs(part).stream()))
                .hasSize(100)
                .doesNotHaveDuplicates();
    }

    @Test
    void sharesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> numbers(8).split(1, 0.8, 0.3))
                .hasMessage("expected positive shares of 1 in all, such as 0.8, 0.2, found [0.8, 0.3]");
        assertThatThrownBy(() -> numbers(3).split(1, 0.95, 0.05))
                .hasMessage("expected an example in each part, found none in one of [0.95, 0.05] of 3 examples");
        Dataset regression = Dataset.of(Nd4j.zeros(3, 2), Nd4j.zeros(3, 2));
        assertThatThrownBy(() -> regression.splitByClass(1, 0.5, 0.5))
                .hasMessage(
                        "expected targets of one number, the class, to split by; found targets [1, 2]; split takes no"
                                + " account of them");
    }

    @Test
    void examplesOfAFunctionAreReadWhenABatchNeedsThem() {
        List<Integer> asked = new ArrayList<>();
        Dataset squares = Dataset.of(5, i -> {
            asked.add(i);
            return new Batch(Nd4j.createFromArray(new float[][] {{i}}), Nd4j.createFromArray(new float[] {i * i}));
        });

        Batch first = squares.batches(2).epoch(1).iterator().next();

        assertThat(first.target().toFloatVector()).containsExactly(0, 1);
        assertThat(asked).containsExactly(0, 0, 1);
        assertThat(squares.inputShape()).containsExactly(1);
    }

    @Test
    void anExampleOfAnotherShapeIsNamed() {
        Dataset growing =
                Dataset.of(3, i -> new Batch(Nd4j.zeros(DataType.FLOAT, 1, i + 1), Nd4j.zeros(DataType.FLOAT, 1)));
        assertThatThrownBy(growing::all)
                .hasMessage("expected the input of example 1 to be [1, 1] FLOAT as that of example 0, found [1, 2]"
                        + " FLOAT");
        Dataset bare = Dataset.of(3, i -> new Batch(Nd4j.zeros(DataType.FLOAT, 2), Nd4j.zeros(DataType.FLOAT, 2)));
        assertThatThrownBy(bare::all)
                .hasMessage("expected example 0 as a batch of one, its first axis of size 1, found a batch of 2");
    }

    @Test
    void allExamplesAreOneBatch() {
        Batch all = numbers(4).all();

        assertThat(all.input().shape()).containsExactly(4, 1);
        assertThat(all.target().toIntVector()).isEqualTo(new int[] {1, 0, 0, 0});
        assertThat(Arrays.stream(all.input().ravel().toIntVector()).sum()).isEqualTo(6);
    }
}
