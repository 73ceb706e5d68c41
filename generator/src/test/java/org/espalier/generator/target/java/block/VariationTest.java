package org.espalier.generator.target.java.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.java.text.Quantity;
import org.espalier.generator.target.java.text.UniqueNames;
import org.junit.jupiter.api.Test;

class VariationTest {
    private final Variation variation = new Variation(
            Instances.of(NetCompiler.compile(CompilationRequest.of(new SourceFile("src/main/net/three.net", """
            package com.example

            block Wide(inner: int, outer: int) {
                return [Linear(inner, outer), Tanh()]
            }

            network Three {
                input x: float[batch, 2]
                first = Wide(2, 3)
                second = Wide(3, 4)
                third = Wide(4, 4)
                output y = sequential(first, second, third)(x)
            }
            """)))
                            .programs()
                            .get(0))
                    .all(),
            UniqueNames.ofMembers());

    private static List<Optional<Quantity>> sizes(int... sizes) {
        return IntStream.of(sizes)
                .mapToObj(size -> Optional.of(Quantity.size(size, "count")))
                .toList();
    }

    private static BitSet places(int... places) {
        BitSet set = new BitSet();
        IntStream.of(places).forEach(set::set);
        return set;
    }

    @Test
    void aQuantityThatIsAlwaysTheSameIsWrittenOut() {
        assertThat(variation.written(sizes(7, 7, 7))).isEqualTo("7");
        assertThat(variation.given()).isEmpty();
    }

    @Test
    void oneThatIsASizeOfTheBlockHasItsName() {
        assertThat(variation.written(sizes(3, 4, 4))).isEqualTo("outer");
        assertThat(variation.written(sizes(2, 3, 4))).isEqualTo("inner");
        assertThat(variation.given()).extracting(Variation.Given::name).containsExactly("outer", "inner");
        assertThat(variation.given().get(1).argument(1)).isEqualTo("3");
    }

    @Test
    void othersAreGivenByNamesOfTheirOwnOnceEach() {
        assertThat(Stream.of(sizes(5, 6, 7), sizes(7, 6, 5), sizes(5, 6, 7)).map(variation::written))
                .containsExactly("count", "count2", "count");
    }

    @Test
    void aCommentMakesNothingAParameter() {
        assertThat(variation.known(sizes(5, 6, 7))).isEmpty();
        variation.written(sizes(5, 6, 7));
        assertThat(variation.known(sizes(5, 6, 7))).contains("count");
    }

    @Test
    void instancesAreToldByWhatTheyHold() {
        variation.hold(places(1), "child");

        assertThat(variation.known(places(1), variation.all(), Map.of())).contains("child != null");
        assertThat(variation.known(places(0, 2), variation.all(), Map.of())).contains("child == null");
        assertThat(variation.known(places(0), places(0, 1), Map.of())).contains("child == null");
        assertThat(variation.known(places(0), variation.all(), Map.of())).isEmpty();
        assertThat(variation.known(places(2), variation.all(), Map.of(places(0, 1), "dY2")))
                .contains("dY2 == null");
    }

    @Test
    void otherwiseTheyAreToldByAFlag() {
        assertThat(variation.flag(places(0, 1), "hasDropout")).isEqualTo("hasDropout");
        assertThat(variation.known(places(2), variation.all(), Map.of())).contains("!hasDropout");
        assertThat(variation.given().get(0).argument(1)).isEqualTo("true");
        assertThat(variation.given().get(0).argument(2)).isEqualTo("false");
    }
}
