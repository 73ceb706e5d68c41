package org.espalier.generator.formula.pieces;

/**
 * Bounds of a function of one variable and of its first and second derivative over an interval. Computed by the rules
 * of differentiation on intervals, without ever writing a derivative down.
 */
record Enclosure(Interval value, Interval slope, Interval curvature) {
    private static final Interval TWO = Interval.at(2);

    static Enclosure constant(double value) {
        return new Enclosure(Interval.at(value), Interval.ZERO, Interval.ZERO);
    }

    static Enclosure variable(Interval within) {
        return new Enclosure(within, Interval.ONE, Interval.ZERO);
    }

    Enclosure negate() {
        return new Enclosure(value.negate(), slope.negate(), curvature.negate());
    }

    Enclosure add(Enclosure b) {
        return new Enclosure(value.add(b.value), slope.add(b.slope), curvature.add(b.curvature));
    }

    Enclosure multiply(Enclosure b) {
        return new Enclosure(
                value.multiply(b.value),
                slope.multiply(b.value).add(value.multiply(b.slope)),
                curvature
                        .multiply(b.value)
                        .add(TWO.multiply(slope).multiply(b.slope))
                        .add(value.multiply(b.curvature)));
    }

    /** q = a / b: q′ = (a′ − q b′) / b, q″ = (a″ − 2 q′ b′ − q b″) / b. */
    Enclosure divide(Enclosure b) {
        Interval quotient = value.divide(b.value);
        Interval first = slope.subtract(quotient.multiply(b.slope)).divide(b.value);
        Interval second = curvature
                .subtract(TWO.multiply(first).multiply(b.slope))
                .subtract(quotient.multiply(b.curvature))
                .divide(b.value);
        return new Enclosure(quotient, first, second);
    }

    Enclosure power(double exponent) {
        Interval first = Interval.at(exponent).multiply(value.power(exponent - 1));
        Interval second = exponent == 1
                ? Interval.ZERO
                : Interval.at(exponent).multiply(Interval.at(exponent - 1)).multiply(value.power(exponent - 2));
        return chain(value.power(exponent), first, second);
    }

    Enclosure sqrt() {
        Interval root = value.sqrt();
        Interval first = Interval.ONE.divide(TWO.multiply(root));
        return chain(root, first, first.negate().divide(TWO.multiply(value)));
    }

    Enclosure exp() {
        Interval exponential = value.exp();
        return chain(exponential, exponential, exponential);
    }

    Enclosure expm1() {
        Interval exponential = value.exp();
        return chain(value.expm1(), exponential, exponential);
    }

    Enclosure log() {
        return chain(
                value.log(),
                Interval.ONE.divide(value),
                Interval.ONE.divide(value.power(2)).negate());
    }

    Enclosure log1p() {
        Interval shifted = Interval.ONE.add(value);
        return chain(
                value.log1p(),
                Interval.ONE.divide(shifted),
                Interval.ONE.divide(shifted.power(2)).negate());
    }

    Enclosure tanh() {
        Interval tangent = value.tanh();
        Interval first = Interval.ONE.subtract(tangent.power(2)).and(new Interval(0, 1));
        return chain(tangent, first, TWO.negate().multiply(tangent).multiply(first));
    }

    /** f(u) with its derivatives by u: f′ u′ and f″ u′² + f′ u″. */
    private Enclosure chain(Interval outer, Interval first, Interval second) {
        return new Enclosure(
                outer, first.multiply(slope), second.multiply(slope.power(2)).add(first.multiply(curvature)));
    }
}
