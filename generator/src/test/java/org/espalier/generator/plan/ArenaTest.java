package org.espalier.generator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;
import org.junit.jupiter.api.Test;

class ArenaTest {
    private static final SourceSpan NOWHERE = new SourceFile("arena.net", "").span(0, 0);

    private static Arena.Block block(String name, int size, int written, int lastRead) {
        Value value = new Value(name, Shape.batch(size), Value.Kind.ACTIVATION, NOWHERE);
        return new Arena.Block(value, size, new Lifetime(written, lastRead));
    }

    @Test
    void nothingNeedsNoMemory() {
        assertThat(Arena.of(List.of()).end()).isZero();
    }

    @Test
    void blocksThatNeverMeetShareTheirPlace() {
        Arena.Block first = block("first", 32, 0, 1);
        Arena.Block second = block("second", 32, 2, 3);

        Arena arena = Arena.of(List.of(first, second));

        assertThat(arena.offsets()).containsEntry(first.value(), 0L).containsEntry(second.value(), 0L);
        assertThat(arena.end()).isEqualTo(32);
    }

    @Test
    void whatIsReadAndWhatIsWrittenByOneOperationLieApart() {
        Arena arena = Arena.of(List.of(block("read", 32, 0, 1), block("written", 32, 1, 2)));

        assertThat(arena.end()).isEqualTo(64);
    }

    @Test
    void sizesAreRoundedUpToCacheLines() {
        assertThat(Arena.of(List.of(block("odd", 3, 0, 0))).end()).isEqualTo(16);
    }

    @Test
    void aBlockGoesIntoTheSmallestGapThatHoldsIt() {
        Arena arena = Arena.of(List.of(
                block("bottom", 64, 0, 9),
                block("wide gap", 48, 0, 1),
                block("middle", 64, 0, 9),
                block("narrow gap", 16, 0, 1),
                block("top", 64, 0, 9),
                block("late", 16, 2, 3),
                block("later", 48, 2, 3)));

        assertThat(arena.end()).isEqualTo(256);
    }

    private static List<Arena.Block> random(int count, Random random) {
        List<Arena.Block> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int written = random.nextInt(3 * count / 4);
            blocks.add(block("b" + i, 1 + random.nextInt(100), written, written + random.nextInt(10)));
        }
        return blocks;
    }

    private static void assertThatBlocksThatMeetLieApart(List<Arena.Block> blocks, Arena arena) {
        Map<Value, Long> offsets = arena.offsets();
        List<Arena.Block> byTime = blocks.stream()
                .sorted(Comparator.comparingInt(block -> block.lifetime().written()))
                .toList();
        for (int i = 0; i < byTime.size(); i++) {
            Arena.Block a = byTime.get(i);
            long start = offsets.get(a.value());
            assertThat(start + a.size()).isLessThanOrEqualTo(arena.end());
            for (int j = i + 1; j < byTime.size(); j++) {
                Arena.Block b = byTime.get(j);
                if (b.lifetime().written() > a.lifetime().lastRead()) {
                    break;
                }
                long other = offsets.get(b.value());
                assertThat(start + a.size() <= other || other + b.size() <= start)
                        .as("%s apart from %s", a, b)
                        .isTrue();
            }
        }
    }

    @Test
    void blocksThatMeetNeverOverlap() {
        Random random = new Random(1);
        for (int run = 0; run < 100; run++) {
            List<Arena.Block> blocks = random(40, random);

            assertThatBlocksThatMeetLieApart(blocks, Arena.of(blocks));
        }
    }

    @Test
    void soDoManyBlocks() {
        List<Arena.Block> blocks = random(2 * Arena.MANY, new Random(2));

        assertThatBlocksThatMeetLieApart(blocks, Arena.of(blocks));
    }

    @Test
    void manyBlocksThatAreGivenBackInReverseLieWithoutGaps() {
        List<Arena.Block> blocks = new ArrayList<>();
        for (int i = 0; i <= Arena.MANY; i++) {
            blocks.add(block("kept" + i, 32, 2 * i, 4 * Arena.MANY + 3 - 2 * i));
            blocks.add(block("passing" + i, 16, 2 * i, 2 * i));
        }

        assertThat(Arena.of(blocks).end()).isEqualTo(32L * (Arena.MANY + 1) + 16);
    }
}
