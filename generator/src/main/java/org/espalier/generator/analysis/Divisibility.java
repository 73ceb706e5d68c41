package org.espalier.generator.analysis;

import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;
import org.espalier.generator.ir.Window;
import org.espalier.generator.ir.Window.Pair;

/**
 * Explains why what goes down and up again by strides does not come back to its size: the input's size is not divisible
 * by the product of the strides.
 */
final class Divisibility {
    private Divisibility() {}

    /** The explanation, if that is the reason. */
    static Optional<String> explain(List<Value> trail, Trail makers) {
        Value input = trail.get(0);
        if (input.shape().rank() != 4) {
            return Optional.empty();
        }
        return explain(input, trail, makers, "height", input.shape().axis(2), Pair::height)
                .or(() -> explain(input, trail, makers, "width", input.shape().axis(3), Pair::width));
    }

    private static Optional<String> explain(
            Value input, List<Value> trail, Trail makers, String axis, int size, ToIntFunction<Pair> along) {
        long factor = 1;
        for (Value value : trail) {
            Optional<Window> window = makers.maker(value).flatMap(Divisibility::downward);
            factor *= window.map(down -> along.applyAsInt(down.stride())).orElse(1);
            if (factor > size) {
                break;
            }
        }
        if (size % factor == 0) {
            return Optional.empty();
        }
        long below = size / factor * factor;
        String fitting = below == 0 ? String.valueOf(factor) : below + " or " + (below + factor);
        return Optional.of("the " + axis + " of " + input.name() + " is " + size + ", which is not divisible by "
                + power(factor) + ", the product of the strides on the way down; " + fitting + " would be");
    }

    private static Optional<Window> downward(Op op) {
        if (op instanceof Op.Conv2d conv) {
            return Optional.of(conv.window());
        }
        if (op instanceof Op.AvgPool2d pool) {
            return pool.window();
        }
        return op instanceof Op.MaxPool2d pool ? Optional.of(pool.window()) : Optional.empty();
    }

    /** {@code 2^3 = 8}. */
    private static String power(long factor) {
        boolean ofTwo = Long.bitCount(factor) == 1 && factor > 2;
        return ofTwo ? "2^" + Long.numberOfTrailingZeros(factor) + " = " + factor : String.valueOf(factor);
    }
}
