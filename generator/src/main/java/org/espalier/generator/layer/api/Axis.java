package org.espalier.generator.layer.api;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.ir.op.Shape;

/**
 * An axis as a layer is given one: counted with the batch, which it is not, or from behind if below 0.
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

    /** Reads the axes of an argument that is one or a tuple of several, and reports the batch. */
    public static List<Axis> readAll(Arguments arguments, String name) {
        List<Integer> dims = arguments.sizes(name, Integer.MIN_VALUE);
        if (dims.contains(0)) {
            arguments.unsupported(name, name + " of 1 and more, or below 0", Optional.of("axis 0 is the batch"));
        }
        return dims.stream().map(Axis::new).toList();
    }

    /** Its place in a shape; it may be none of its axes. */
    public int of(Shape x) {
        return dim < 0 ? dim + x.rank() : dim;
    }

    /** Tells whether a shape has it. */
    public boolean isOf(Shape x) {
        return of(x) >= 1 && of(x) < x.rank();
    }

    /** Makes the misfit for a shape that does not have it. */
    public Fit.Misfit misfit(String layer, Shape x) {
        Fit.Misfit misfit = Fit.mismatch(layer, "a tensor with an axis " + dim, x);
        return of(x) == 0
                ? misfit.withHelp("axis 0 is the batch, whose samples have nothing to do with each other")
                : misfit;
    }
}
