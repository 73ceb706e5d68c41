package org.espalier.generator.target.java.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.target.java.text.Quantity;
import org.espalier.generator.target.java.text.Text;
import org.junit.jupiter.api.Test;

class MergedTest {
    private static Line line(String code) {
        return new Line(code, Text.of(code), List.of(), Text.EMPTY);
    }

    private static List<Line> lines(String... codes) {
        return Stream.of(codes).map(MergedTest::line).toList();
    }

    private static String shown(Merged merged) {
        return merged.first().code() + " " + merged.owners();
    }

    @Test
    void whatAllDoIsOneLine() {
        assertThat(Merged.of(List.of(lines("conv", "relu"), lines("conv", "relu"))))
                .extracting(MergedTest::shown)
                .containsExactly("conv {0, 1}", "relu {0, 1}");
    }

    @Test
    void whatSomeDoStandsWhereTheyDoIt() {
        assertThat(Merged.of(List.of(
                        lines("conv", "norm", "relu"), lines("conv", "relu"), lines("conv", "norm", "relu", "drop"))))
                .extracting(MergedTest::shown)
                .containsExactly("conv {0, 1, 2}", "norm {0, 2}", "relu {0, 1, 2}", "drop {2}");
    }

    @Test
    void linesThatDifferInQuantitiesAloneAreOne() {
        Line small = new Line("conv", Text.of("conv(", Quantity.size(3, "size"), ")"), List.of(), Text.EMPTY);
        Line large = new Line("conv", Text.of("conv(", Quantity.size(5, "size"), ")"), List.of(), Text.EMPTY);

        assertThat(Merged.of(List.of(List.of(small), List.of(large)))).hasSize(1);
    }

    @Test
    void everyInstanceFindsItsOwnListAgain() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            List<List<Line>> instances = IntStream.range(0, 1 + random.nextInt(4))
                    .mapToObj(i -> IntStream.range(0, random.nextInt(8))
                            .mapToObj(j -> line("op" + random.nextInt(4)))
                            .toList())
                    .toList();

            List<Merged> merged = Merged.of(instances);

            for (int i = 0; i < instances.size(); i++) {
                int place = i;
                assertThat(merged.stream().flatMap(line -> line.lines().get(place).stream()))
                        .containsExactlyElementsOf(instances.get(i));
            }
        }
    }

    @Test
    void fieldsAreMergedByTheirNamesInAnyOrder() {
        assertThat(Merged.byLayer(List.of(lines("a", "b"), lines("b", "c", "a"))))
                .extracting(MergedTest::shown)
                .containsExactly("a {0, 1}", "b {0, 1}", "c {1}");
    }

    @Test
    void ownersAreThePlacesOfInstances() {
        BitSet second = new BitSet();
        second.set(1);

        assertThat(Merged.of(List.of(lines(), lines("relu"))).get(0).owners()).isEqualTo(second);
    }
}
