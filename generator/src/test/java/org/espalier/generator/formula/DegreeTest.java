package org.espalier.generator.formula;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalDouble;
import org.espalier.generator.formula.Formula.Function;
import org.junit.jupiter.api.Test;

class DegreeTest {
    private static final Formula W = Algebra.variable("w");

    private static OptionalDouble degree(Formula formula) {
        return Degree.of(formula, Map.of("w", 1.0, "sum", 2.0));
    }

    private static Formula number(double value) {
        return Algebra.constant(value);
    }

    @Test
    void productsAddDegreesAndRootsDivideThem() {
        Formula sum = Algebra.variable("sum");
        assertThat(degree(Algebra.multiply(W, W))).hasValue(2);
        assertThat(degree(Algebra.power(W, 3))).hasValue(3);
        assertThat(degree(Algebra.divide(number(2), W))).hasValue(-1);
        assertThat(degree(Algebra.apply(Function.SQRT, sum))).hasValue(1);
        assertThat(degree(Algebra.multiply(number(3), Algebra.apply(Function.ABS, W))))
                .hasValue(1);
        assertThat(degree(Algebra.apply(Function.SIGN, W))).hasValue(0);
        assertThat(degree(Algebra.apply(Function.EXP, Algebra.apply(Function.SIGN, W))))
                .hasValue(0);
    }

    @Test
    void sumsHaveOneIfBothSidesHaveTheSame() {
        Formula norm = Algebra.apply(Function.SQRT, Algebra.variable("sum"));
        assertThat(degree(Algebra.add(norm, Algebra.apply(Function.ABS, W)))).hasValue(1);
        assertThat(degree(Algebra.max(W, Algebra.ZERO))).hasValue(1);
        assertThat(degree(Algebra.add(W, Algebra.ONE))).isEmpty();
        assertThat(degree(Algebra.add(W, Algebra.multiply(W, W)))).isEmpty();
        assertThat(degree(Algebra.apply(Function.SQRT, Algebra.add(Algebra.variable("sum"), number(1e-8)))))
                .isEmpty();
        assertThat(degree(Algebra.apply(Function.LOG, W))).isEmpty();
    }

    @Test
    void choicesHaveOneIfNoScaleChangesWhatIsChosen() {
        Formula twice = Algebra.multiply(number(2), W);
        assertThat(degree(Algebra.choose(Algebra.less(W, Algebra.ZERO), W, twice)))
                .hasValue(1);
        assertThat(degree(Algebra.choose(Algebra.less(W, Algebra.ONE), W, twice)))
                .isEmpty();
    }
}
