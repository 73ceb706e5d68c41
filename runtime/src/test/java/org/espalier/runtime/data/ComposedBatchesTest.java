package org.espalier.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Timeout(60)
class ComposedBatchesTest {
    private static INDArray column(int count) {
        return Nd4j.arange(count).castTo(DataType.FLOAT).reshape(count, 1);
    }

    private static Dataset numbers(int count) {
        return Dataset.of(column(count), column(count));
    }

    private static List<List<Float>> inputs(Iterable<Batch> epoch) {
        List<List<Float>> batches = new ArrayList<>();
        for (Batch batch : epoch) {
            batches.add(floats(batch.input()));
        }
        return batches;
    }

    private static List<Float> floats(INDArray array) {
        float[] floats = array.ravel().toFloatVector();
        return IntStream.range(0, floats.length).mapToObj(i -> floats[i]).toList();
    }

    private static Batches noisy(Batches source) {
        return source.map(
                (batch, random) -> {
                    batch.input().addi(random.nextDouble());
                    return batch;
                },
                5);
    }

    @Test
    void aMapDrawsFromSeedEpochAndBatchAlone() {
        Batches batches = noisy(numbers(7).batches(3).shuffled(1));

        List<List<Float>> first = inputs(batches.epoch(1));

        assertThat(inputs(batches.epoch(1))).isEqualTo(first);
        assertThat(inputs(batches.epoch(2))).isNotEqualTo(first);
        List<Float> noise = new ArrayList<>();
        inputs(noisy(Dataset.of(column(6).mul(0), column(6)).batches(2)).epoch(1))
                .forEach(batch -> noise.add(batch.get(0)));
        assertThat(noise).doesNotHaveDuplicates();
    }

    @Test
    void aMapLeavesTheSourceAsItIs() {
        Batch only = new Batch(column(2), column(2));
        Batches batches = Batches.of(1, epoch -> Stream.of(only)).map(batch -> {
            batch.input().muli(10);
            return batch;
        });

        assertThat(inputs(batches.epoch(1))).containsExactly(List.of(0f, 10f));
        assertThat(inputs(batches.epoch(2))).containsExactly(List.of(0f, 10f));
    }

    @Test
    void prefetchedBatchesAreThoseOfTheSource() {
        Batches batches = noisy(numbers(100).batches(7).shuffled(1));
        for (int ahead : new int[] {1, 3, 50}) {
            try (PrefetchedBatches prefetched = batches.prefetch(ahead)) {
                assertThat(prefetched.perEpoch()).isEqualTo(15);
                for (int epoch = 1; epoch <= 3; epoch++) {
                    assertThat(inputs(prefetched.epoch(epoch))).isEqualTo(inputs(batches.epoch(epoch)));
                }
            }
        }
    }

    @Test
    void aBatchStaysAsItIsUntilTheNextIsTaken() throws InterruptedException {
        try (PrefetchedBatches prefetched = numbers(100).batches(10).prefetch(2)) {
            Iterator<Batch> epoch = prefetched.epoch(1).iterator();
            for (int number = 0; number < 10; number++) {
                Batch batch = epoch.next();
                Thread.sleep(2);
                assertThat(batch.input().getFloat(0, 0)).isEqualTo(10f * number);
            }
            assertThat(epoch.hasNext()).isFalse();
        }
    }

    @Test
    void noMoreIsReadAheadThanAskedFor() throws InterruptedException {
        AtomicInteger read = new AtomicInteger();
        Batches batches = numbers(100).batches(1).map(batch -> {
            read.incrementAndGet();
            return batch;
        });
        try (PrefetchedBatches prefetched = batches.prefetch(3)) {
            Iterator<Batch> epoch = prefetched.epoch(1).iterator();
            epoch.next();
            Thread.sleep(50);
            assertThat(read.get()).isBetween(1, 4);
        }
    }

    @Test
    void anExceptionArrivesWhereItsBatchWouldHaveBeenTaken() {
        IllegalStateException broken = new IllegalStateException("row 25 is broken");
        Batches batches = numbers(100).batches(10).map(batch -> {
            if (batch.input().getFloat(0, 0) == 20) {
                throw broken;
            }
            return batch;
        });
        try (PrefetchedBatches prefetched = batches.prefetch(5)) {
            Iterator<Batch> epoch = prefetched.epoch(1).iterator();
            assertThat(epoch.next().input().getFloat(0, 0)).isEqualTo(0);
            assertThat(epoch.next().input().getFloat(0, 0)).isEqualTo(10);
            assertThatThrownBy(epoch::next).isSameAs(broken);
        }
    }

    @Test
    void closingEndsTheThreadsAndTheirStreams() {
        AtomicInteger closed = new AtomicInteger();
        Batches endless = Batches.of(
                1_000_000,
                epoch -> Stream.generate(() -> new Batch(column(1), column(1))).onClose(closed::incrementAndGet));
        PrefetchedBatches prefetched = endless.map(batch -> batch).prefetch(2);
        Iterator<Batch> epoch = prefetched.epoch(1).iterator();
        epoch.next();

        prefetched.close();

        assertThat(closed).hasValue(1);
        assertThat(readers("batches of epoch 1")).isEmpty();
        assertThatThrownBy(epoch::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the prefetched batches are closed");
        assertThatThrownBy(() -> prefetched.epoch(2).iterator()).hasMessage("the prefetched batches are closed");
    }

    @Test
    void aThreadWhoseIteratorIsGivenUpEnds() throws InterruptedException {
        PrefetchedBatches prefetched = numbers(100).batches(1).prefetch(2);
        WeakReference<Iterator<Batch>> epoch =
                new WeakReference<>(prefetched.epoch(77).iterator());
        while (epoch.get() != null || !readers("batches of epoch 77").isEmpty()) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(inputs(prefetched.epoch(78))).hasSize(100);
    }

    private static List<Thread> readers(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .filter(Thread::isAlive)
                .toList();
    }

    @Test
    void aThreadThatIsInterruptedWhileItWaitsSaysSo() {
        Batches slow = Batches.of(
                1,
                epoch -> Stream.generate(() -> {
                    try {
                        Thread.sleep(200);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return new Batch(column(1), column(1));
                }));
        try (PrefetchedBatches prefetched = slow.prefetch(1)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> prefetched.epoch(1).iterator().next())
                    .hasMessage("interrupted while waiting for a batch");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void streamsOfAnotherLengthAreRefusedAndClosed() {
        AtomicInteger closed = new AtomicInteger();
        Batch batch = new Batch(column(1), column(1));
        Batches wrong = Batches.of(
                2,
                epoch -> Stream.generate(() -> batch).limit(epoch == 1 ? 1 : 3).onClose(closed::incrementAndGet));

        assertThatThrownBy(() -> inputs(wrong.epoch(1)))
                .hasMessage("expected a stream of 2 batches for epoch 1, found only 1");
        assertThatThrownBy(() -> inputs(wrong.epoch(2)))
                .hasMessage("expected a stream of 2 batches for epoch 2, found more");
        assertThat(closed).hasValue(2);
        Stream<Batch> once = Stream.of(batch);
        Batches again = Batches.of(1, epoch -> once);
        assertThat(inputs(again.epoch(1))).hasSize(1);
        assertThatThrownBy(() -> inputs(again.epoch(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("expected a new stream for epoch 2, found one that was used before; make it within the"
                        + " function that is given the epoch");
        assertThatThrownBy(() -> Batches.of(0, epoch -> Stream.empty()))
                .hasMessage("expected at least one batch in an epoch, found 0");
    }

    @Test
    void theShorterOfUnalignedSourcesBeginsAgainInAnotherOrder() {
        Batches horses = numbers(6).batches(2);
        Batches zebras = numbers(4).batches(2).shuffled(3);
        Batches both = Batches.unaligned(horses, zebras);

        List<List<Float>> targets = new ArrayList<>();
        for (Batch batch : both.epoch(1)) {
            targets.add(floats(batch.target()));
        }

        assertThat(both.perEpoch()).isEqualTo(3);
        assertThat(inputs(both.epoch(2))).isEqualTo(inputs(horses.epoch(2)));
        List<List<Float>> expected = new ArrayList<>(inputs(zebras.epoch(1)));
        expected.add(inputs(zebras.epoch(2)).get(0));
        assertThat(targets).isEqualTo(expected);
        assertThat(floats(both.epoch(2).iterator().next().target()))
                .isEqualTo(inputs(zebras.epoch(3)).get(0));
    }

    @Test
    void unalignedBatchesOfTwoSizesAreRefused() {
        Batches both = Batches.unaligned(numbers(6).batches(2), numbers(3).batches(2));
        assertThatThrownBy(() -> inputs(both.epoch(1)))
                .hasMessage("expected unaligned batches of one size, found batch 2 of 2 and of 1; dropLast makes all"
                        + " batches equal");
        assertThat(inputs(Batches.unaligned(
                                numbers(6).batches(2), numbers(3).batches(2).dropLast())
                        .epoch(1)))
                .isEqualTo(Arrays.asList(List.of(0f, 1f), List.of(2f, 3f), List.of(4f, 5f)));
    }
}
