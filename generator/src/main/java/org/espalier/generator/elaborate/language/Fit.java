package org.espalier.generator.elaborate.language;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.source.SourceSpan;

/** Result of a shape rule: the shape of the layer's result, or why there is none. */
public sealed interface Fit {
    /** It fits; there is a shape for each result. */
    record Fitting(List<Shape> shapes) implements Fit {
        /** Copies the list. */
        public Fitting {
            shapes = List.copyOf(shapes);
        }

        /** It fits, with one result. */
        public Fitting(Shape shape) {
            this(List.of(shape));
        }

        /** The shape of the first result. */
        public Shape shape() {
            return shapes.get(0);
        }
    }

    /** It does not; the gaps are those of the code's template. */
    record Misfit(DiagnosticCode code, List<Object> gaps, Optional<String> help) implements Fit {
        public Diagnostic at(SourceSpan span) {
            Diagnostic diagnostic = code.at(span, gaps.toArray());
            return help.map(diagnostic::withHelp).orElse(diagnostic);
        }

        public Misfit withHelp(String text) {
            return new Misfit(code, gaps, Optional.of(text));
        }
    }

    /** {@code [batch, sizes…]}, if that is no more than Java's arrays hold. */
    static Fit of(String layer, long... sizes) {
        if (Limits.elements(sizes) > Limits.TENSOR_ELEMENTS) {
            return tooLarge("the output of " + layer, sizes);
        }
        return new Fitting(new Shape(
                true, Arrays.stream(sizes).mapToObj(size -> (int) size).toList()));
    }

    /** A shape with a batch or without, if that is no more than Java's arrays hold. */
    static Fit of(String layer, boolean batched, List<Integer> sizes) {
        long[] all = sizes.stream().mapToLong(Integer::longValue).toArray();
        return Limits.elements(all) > Limits.TENSOR_ELEMENTS
                ? tooLarge("the output of " + layer, all)
                : new Fitting(new Shape(batched, sizes));
    }

    /** {@code the output of Conv2d of shape [batch, 3, 100000, 100000] has more than … elements}. */
    static Misfit tooLarge(String what, long... sizes) {
        String shape =
                Arrays.stream(sizes).mapToObj(String::valueOf).collect(Collectors.joining(", ", "[batch, ", "]"));
        return new Misfit(
                DiagnosticCode.TENSOR_TOO_LARGE, List.of(what, shape, Limits.TENSOR_ELEMENTS), Optional.empty());
    }

    /** The same, if no result has more axes than there may be. */
    static Fit ofFewAxes(String layer, Fit fit) {
        int most = fit instanceof Fitting fitting
                ? fitting.shapes().stream().mapToInt(Shape::rank).max().orElse(0)
                : 0;
        return most > Limits.AXES
                ? new Misfit(
                        DiagnosticCode.TOO_MANY_AXES,
                        List.of("the output of " + layer, most, Limits.AXES),
                        Optional.empty())
                : fit;
    }

    /** {@code Conv2d expects [batch, 3, height, width] but gets [batch, 784]}. */
    static Misfit mismatch(String layer, String wanted, Shape gets) {
        return new Misfit(DiagnosticCode.SHAPE_MISMATCH, List.of(layer, wanted, gets), Optional.empty());
    }

    /** {@code GroupNorm normalizes each element of [batch, 4] by itself}. */
    static Misfit oneElement(String layer, Shape gets) {
        return new Misfit(DiagnosticCode.ONE_ELEMENT, List.of(layer, gets), Optional.empty());
    }

    /** {@code the window of MaxPool2d leaves nothing of [batch, 3, 2, 2]}. */
    static Misfit nothingLeft(String layer, Shape gets) {
        return new Misfit(DiagnosticCode.WINDOW_TOO_LARGE, List.of("the window of " + layer, gets), Optional.empty());
    }
}
