package org.espalier.generator.target.java.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.espalier.generator.ir.op.Shape;
import org.junit.jupiter.api.Test;

class TextTest {
    private static Text pool(int size) {
        return Text.of("pool(x, ", Quantity.size(size, "kernel"), ", ", Text.of("y", ")"));
    }

    @Test
    void isWrittenWithItsQuantities() {
        assertThat(pool(2)).hasToString("pool(x, 2, y)");
        assertThat(pool(2).written(quantity -> quantity.suggestion())).isEqualTo("pool(x, kernel, y)");
        assertThat(pool(3).quantities()).containsExactly(Quantity.size(3, "kernel"));
    }

    @Test
    void hasThePatternOfThoseThatDifferInQuantitiesAlone() {
        Text real = Text.of("pool(x, ", new Quantity(Quantity.Type.NUMBER, "2", "kernel"), ", y)");

        assertThat(pool(2).pattern()).isEqualTo(pool(7).pattern());
        assertThat(pool(2).pattern()).isNotEqualTo(real.pattern()).isNotEqualTo(pool(2).toString());
    }

    @Test
    void shapesAreTextOfTheirSizes() {
        assertThat(ShapeText.of(Shape.batch(3, 8, 8))).hasToString("[batch, 3, 8, 8]");
        assertThat(ShapeText.of(Shape.of(16))).hasToString("[16]");
        assertThat(ShapeText.of(new Shape(true, List.of()))).hasToString("[batch]");
        assertThat(ShapeText.of(Shape.batch(3, 8)).pattern())
                .isEqualTo(ShapeText.of(Shape.batch(5, 4)).pattern());
    }

    @Test
    void takesNothingThatIsNoText() {
        assertThatThrownBy(() -> Text.of("size ", 3)).isInstanceOf(IllegalArgumentException.class);
    }
}
