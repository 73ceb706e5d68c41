package org.espalier.generator.formula.pieces;

import static org.espalier.generator.formula.RandomFormulas.W;

import java.util.Random;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Formula.Function;

/** Formulas of w by chance that are continuous by the way they are made, and such with one jump in a known place. */
final class RandomPieces {
    private final Random random;

    RandomPieces(long seed) {
        this.random = new Random(seed);
    }

    /** A formula that is continuous everywhere and has a finite slope on both sides of everything. */
    Formula continuous(int depth) {
        if (depth == 0) {
            return random.nextInt(3) == 0 ? Algebra.constant(number()) : linear();
        }
        Formula a = continuous(depth - 1);
        return switch (random.nextInt(11)) {
            case 0, 1 -> Algebra.abs(a);
            case 2 -> Algebra.max(a, continuous(depth - 1));
            case 3 -> Algebra.min(a, continuous(depth - 1));
            case 4 -> Algebra.add(a, continuous(depth - 1));
            case 5 -> Algebra.subtract(a, Algebra.constant(number()));
            case 6 -> Algebra.multiply(Algebra.constant(number()), a);
            case 7 -> Algebra.apply(Function.TANH, a);
            case 8 -> Algebra.apply(Function.SQRT, Algebra.add(Algebra.power(a, 2), Algebra.constant(0.25)));
            case 9 -> Algebra.apply(Function.LOG, Algebra.add(Algebra.ONE, Algebra.abs(a)));
            default -> huber(a, Math.abs(number()) + 0.1);
        };
    }

    private static Formula huber(Formula a, double d) {
        return Algebra.choose(
                Algebra.less(Algebra.abs(a), Algebra.constant(d)),
                Algebra.divide(Algebra.power(a, 2), Algebra.constant(2)),
                Algebra.multiply(Algebra.constant(d), Algebra.subtract(Algebra.abs(a), Algebra.constant(d / 2))));
    }

    private Formula linear() {
        return Algebra.subtract(
                random.nextBoolean() ? W : Algebra.multiply(Algebra.constant(number()), W), Algebra.constant(number()));
    }

    /** A number with two digits, of magnitude 0.1 to 10. */
    double number() {
        double magnitude = Math.round(Math.pow(10, random.nextDouble() * 2 - 1) * 100) / 100.0;
        return random.nextBoolean() ? magnitude : -magnitude;
    }

    /** A number of any magnitude that a weight may have. */
    double anywhere() {
        double magnitude = Math.pow(10, random.nextDouble() * 12 - 8);
        return random.nextBoolean() ? magnitude : -magnitude;
    }

    /** One formula between two numbers, another one elsewhere; the condition is a parabola below 0. */
    static Formula between(double from, double to, Formula inside, Formula outside) {
        Formula parabola = Algebra.add(
                Algebra.subtract(Algebra.power(W, 2), Algebra.multiply(Algebra.constant(from + to), W)),
                Algebra.constant(from * to));
        return Algebra.choose(Algebra.less(parabola, Algebra.ZERO), inside, outside);
    }

    /** A formula that increases where one that is not negative does, so that it jumps where that jumps. */
    Formula increasing(Formula of) {
        return switch (random.nextInt(4)) {
            case 0 -> Algebra.apply(Function.LOG1P, of);
            case 1 -> Algebra.max(of, Algebra.multiply(Algebra.constant(0.5), of));
            case 2 -> Algebra.add(Algebra.multiply(Algebra.constant(3), of), Algebra.abs(W));
            default -> of;
        };
    }
}
