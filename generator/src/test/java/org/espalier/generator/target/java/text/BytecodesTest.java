package org.espalier.generator.target.java.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BytecodesTest {
    /** aload_0, getfield, aload_0, getfield, invokestatic: 11 bytecodes. */
    private static final String CALL = "relu(norm, relu); // in place";

    @Test
    void boundsWhatJavacMakes() {
        assertThat(Bytecodes.atMost(CALL)).isBetween(11, 30);
        assertThat(Bytecodes.atMost("// relu(norm, relu)\n" + CALL)).isEqualTo(Bytecodes.atMost(CALL));
    }

    /** dup, sipush, ldc2_w and lastore for each element of an array of long: 8 bytecodes. */
    @Test
    void countsWhatMakesAnArrayOfArguments() {
        assertThat(Bytecodes.atMost("places(100000, 200000, 300000);")).isBetween(3 * 8, 50);
    }

    @Test
    void cutsBeforeWhatDoesNotFit() {
        List<Integer> sizes = List.of(4_000, 3_000, 1_000, 9_000, 500);

        assertThat(Bytecodes.pieces(sizes, size -> size))
                .containsExactly(List.of(4_000, 3_000), List.of(1_000), List.of(9_000), List.of(500));
    }
}
