package org.espalier.generator.ir.text;

import java.util.List;
import java.util.stream.Collectors;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;

/** The right-hand side of a printed operation: {@code conv2d(%x, %w; kernel=3, stride=1, padding=1)}. */
final class OpText {
    private OpText() {}

    /** The text of a signature. */
    static String of(OpSignature signature) {
        String operands = signature.operands().stream().map(Value::toString).collect(Collectors.joining(", "));
        List<OpSignature.Attribute> attributes = signature.attributes();
        return signature.name() + "(" + operands
                + attributes.stream()
                        .map(OpText::of)
                        .collect(Collectors.joining(", ", attributes.isEmpty() ? "" : "; ", ")"));
    }

    /** Axes, as {@link PrintedOp#axesOf} reads them. */
    static String axes(List<Integer> axes) {
        return IrLine.quoted(axes.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }

    private static String of(OpSignature.Attribute attribute) {
        return attribute.value() instanceof Argument.Geometry geometry
                ? of(geometry.window())
                : attribute.name() + "=" + of(attribute.value());
    }

    private static Object of(Argument value) {
        if (value instanceof Argument.Real real) {
            return real.number();
        } else if (value instanceof Argument.Whole whole) {
            return whole.number();
        } else if (value instanceof Argument.Flag flag) {
            return flag.set();
        } else if (value instanceof Argument.Sizes sizes) {
            return sizes.sizes();
        } else if (value instanceof Argument.Regularizer regularizer) {
            return IrLine.name(regularizer.name());
        } else if (value instanceof Argument.Function function) {
            return of(function);
        } else if (value instanceof Argument.Axes axes) {
            return axes(axes.axes());
        } else if (value instanceof Argument.Word word) {
            return word.text();
        }
        throw new IllegalArgumentException(value + " is no attribute");
    }

    /** {@code "mish(x) = x * tanh(log1p(exp(x)))"}. */
    static String of(Argument.Function function) {
        return IrLine.quoted(function(function));
    }

    /** {@code mish(x) = x * tanh(log1p(exp(x)))}. */
    static String function(Argument.Function function) {
        return function.name() + "(" + String.join(", ", function.variables()) + ") = "
                + FormulaText.of(function.value());
    }

    private static String of(WindowGeometry window) {
        StringBuilder text = new StringBuilder(
                "kernel=" + window.kernel() + ", stride=" + window.stride() + ", padding=" + window.padding());
        if (!window.dilation().isAll(1)) {
            text.append(", dilation=").append(window.dilation());
        }
        if (!window.outputPadding().isAll(0)) {
            text.append(", output_padding=").append(window.outputPadding());
        }
        return text.toString();
    }
}
