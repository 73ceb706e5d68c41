package org.espalier.generator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;
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

    @Test
    void blocksThatMeetNeverOverlap() {
        Random random = new Random(1);
        for (int run = 0; run < 100; run++) {
            List<Arena.Block> blocks = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int written = random.nextInt(30);
                blocks.add(block("b" + i, 1 + random.nextInt(100), written, written + random.nextInt(10)));
            }
            Arena arena = Arena.of(blocks);
            Map<Value, Long> offsets = arena.offsets();
            for (Arena.Block a : blocks) {
                assertThat(offsets.get(a.value()) + a.size()).isLessThanOrEqualTo(arena.end());
                for (Arena.Block b : blocks) {
                    boolean apart = offsets.get(a.value()) + a.size() <= offsets.get(b.value())
                            || offsets.get(b.value()) + b.size() <= offsets.get(a.value());
                    assertThat(a == b || apart || !a.lifetime().meets(b.lifetime()))
                            .isTrue();
                }
            }
        }
    }
}
