package org.espalier.generator.ir;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;

/**
 * A tensor kept between steps and saved with the weights, but not learned: a running mean or variance, or a buffer of
 * one's own.
 *
 * @param value its tensor, named {@code layer path.running_mean} and so on
 * @param initial what each element starts as: a formula of its place along each axis, or of nothing
 */
public record Statistic(Value value, Argument.Function initial) {
    /** Checks that the tensor is a statistic. */
    public Statistic {
        if (value.kind() != Value.Kind.STATISTIC) {
            throw new IllegalArgumentException(value + " is not a statistic but " + value.kind());
        }
    }

    /** One whose elements all start as a number. */
    public Statistic(Value value, double initial) {
        this(value, new Argument.Function("constant", List.of(), Algebra.constant(initial)));
    }

    /** The value by places of an element of a shape, by its number in row-major order. */
    public static double at(Argument.Function values, Shape shape, long number) {
        Map<String, Double> places = new HashMap<>();
        long rest = number;
        for (int axis = values.variables().size() - 1; axis >= 0; axis--) {
            places.put(values.variables().get(axis), (double) (rest % shape.axis(axis)));
            rest /= shape.axis(axis);
        }
        return Evaluation.at(values.value(), places);
    }

    /** Tells whether its elements all start as one number. */
    public boolean isConstant() {
        return initial.value() instanceof Formula.Constant;
    }

    /** The number that its elements all start as. */
    public double constant() {
        return ((Formula.Constant) initial.value()).value();
    }
}
