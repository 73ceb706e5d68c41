package org.espalier.generator.formula;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.espalier.generator.formula.Condition.Comparison;
import org.espalier.generator.formula.Condition.Relation;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Operator;
import org.espalier.generator.formula.Formula.Power;

/** Formulas of w by chance, not simplified, and the smallest part of one that still has a fault. */
public final class RandomFormulas {
    public static final Formula W = Algebra.variable("w");

    private static final List<Function> FUNCTIONS = List.of(
            Function.ABS, Function.SQRT, Function.LOG, Function.LOG1P, Function.EXP, Function.TANH, Function.ABS);
    private static final double[] NUMBERS = {0, 1, 2, 3, 0.5, 0.1, 0.25, 1.5, -1, -0.7};
    private static final double[] EXPONENTS = {2, 3, 0.5, 1.5, 4, -1, 1, 2.5};

    private final Random random;

    /** Always the same ones for a seed. */
    public RandomFormulas(long seed) {
        this.random = new Random(seed);
    }

    /** A formula with at most so many levels. */
    public Formula formula(int depth) {
        if (depth == 0 || random.nextInt(8) == 0) {
            return random.nextInt(3) == 0 ? number() : W;
        }
        return switch (random.nextInt(9)) {
            case 0 -> new Negate(formula(depth - 1));
            case 1 -> new Power(formula(depth - 1), EXPONENTS[random.nextInt(EXPONENTS.length)]);
            case 2, 3 -> new Apply(FUNCTIONS.get(random.nextInt(FUNCTIONS.size())), formula(depth - 1));
            case 4 -> new Choose(condition(depth - 1), formula(depth - 1), formula(depth - 1));
            default ->
                new Binary(
                        Operator.values()[random.nextInt(Operator.values().length)],
                        formula(depth - 1),
                        formula(depth - 1));
        };
    }

    private Condition condition(int depth) {
        Relation relation = random.nextBoolean() ? Relation.LESS : Relation.LESS_OR_EQUAL;
        Condition comparison = new Comparison(relation, formula(depth), number());
        return switch (random.nextInt(5)) {
            case 0 -> new Condition.Not(comparison);
            case 1 -> new Condition.Both(comparison, new Comparison(relation, W, number()));
            case 2 -> new Condition.Either(comparison, new Comparison(relation, W, number()));
            default -> comparison;
        };
    }

    private Formula number() {
        return new Constant(NUMBERS[random.nextInt(NUMBERS.length)]);
    }

    /** A part of a faulty formula that has the fault too, and has no smaller part with it. */
    static Formula shrunk(Formula faulty, Predicate<Formula> fault) {
        Formula smallest = faulty;
        boolean shrinks = true;
        while (shrinks) {
            shrinks = false;
            for (Formula part : new ArrayList<>(Subformulas.of(smallest))) {
                if (!part.equals(smallest) && fault.test(part)) {
                    smallest = part;
                    shrinks = true;
                    break;
                }
            }
        }
        return smallest;
    }
}
