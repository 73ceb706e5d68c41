package org.espalier.generator.layer.api;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.ir.op.Shape;

/**
 * An axis as a layer or function is given one: counted with the batch, which it is not, or from behind if below 0.
 *
 * @param dim what was given
 */
public record Axis(int dim) {
    /** Reads the axis of an argument, and reports the batch. */
    public static Axis read(Arguments arguments, String name) {
        int dim = arguments.integer(name, Integer.MIN_VALUE);
        if (dim == 0) {
            arguments.unsupported(name, name + " of 1 and more, or below 0", Optional.of("axis 0 is the batch"));
        }
        return new Axis(dim);
    }

    /** Reads the axis of an argument of a function, whose tensor may have no batch. */
    public static Axis any(Arguments arguments, String name) {
        return new Axis(arguments.integer(name, Integer.MIN_VALUE));
    }

    /** Reads the axes of such an argument that is one or a tuple of several. */
    public static List<Axis> all(Arguments arguments, String name) {
        return arguments.sizes(name, Integer.MIN_VALUE).stream().map(Axis::new).toList();
    }

    /** Its place in a shape; it may be none of its axes. */
    public int of(Shape x) {
        return dim < 0 ? dim + x.rank() : dim;
    }

    /** Tells whether a shape has it. */
    public boolean isOf(Shape x) {
        return of(x) >= x.firstAxis() && of(x) < x.rank();
    }

    /** Makes the misfit for a shape that does not have it. */
    public Fit.Misfit misfit(String layer, Shape x) {
        Fit.Misfit misfit = Fit.mismatch(layer, "a tensor with an axis " + dim, x);
        return of(x) == 0 && x.batched()
                ? misfit.withHelp("axis 0 is the batch, whose samples have nothing to do with each other")
                : misfit;
    }
}
