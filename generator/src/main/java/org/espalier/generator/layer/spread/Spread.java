package org.espalier.generator.layer.spread;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Extents;

/**
 * Upsampling or padding: a sequence, image or volume becomes a larger one whose elements are each an element of it, or
 * a constant.
 *
 * @param kind where elements come from
 * @param before for {@link Kind#NEAREST} how often each row and column is repeated, else how many come before the
 *     image's: above and to the left
 * @param after how many come after the image's: below and to the right; of {@link Kind#NEAREST} none
 * @param value the constant of {@link Kind#CONSTANT}
 */
public record Spread(Kind kind, Sizes before, Sizes after, double value) {
    /** Kind of upsampling or padding: where elements come from. */
    public enum Kind {
        /** Each row and column several times. */
        NEAREST("Upsample", "upsample"),
        /** Zeros around the image. */
        ZEROS("ZeroPad", "zero_pad"),
        /** A number around the image. */
        CONSTANT("ConstantPad", "constant_pad"),
        /** The image mirrored at its edges, which are not repeated. */
        REFLECT("ReflectionPad", "reflection_pad"),
        /** Its edges repeated. */
        REPLICATE("ReplicationPad", "replication_pad"),
        /** The image itself repeated. */
        CIRCULAR("CircularPad", "circular_pad");

        private final String word;
        private final String text;

        Kind(String word, String text) {
            this.word = word;
            this.text = text;
        }

        /** The layer in the {@code .net}. */
        public String word(int axes) {
            return named(word, axes);
        }

        /** The name in printed programs. */
        public String text(int axes) {
            return named(text, axes);
        }

        private String named(String name, int axes) {
            return this == NEAREST ? name : name + axes + "d";
        }
    }

    /** A spread without a constant. */
    public Spread(Kind kind, Sizes before, Sizes after) {
        this(kind, before, after, 0);
    }

    /** Each element of each axis so many times. */
    public static Spread nearest(Sizes times) {
        return new Spread(Kind.NEAREST, times, Sizes.all(times.axes(), 0));
    }

    /** Reads the attributes of an operation that spreads. */
    static Spread read(Kind kind, int axes, PrintedOp printed) {
        return kind == Kind.NEAREST
                ? nearest(printed.sizes("scale", axes))
                : new Spread(
                        kind,
                        printed.sizes("before", axes),
                        printed.sizes("after", axes),
                        kind == Kind.CONSTANT ? printed.real("value") : 0);
    }

    /** Tells whether some elements are the constant. */
    boolean fills() {
        return kind == Kind.ZEROS || kind == Kind.CONSTANT;
    }

    /** Counts the axes that it is along. */
    public int axes() {
        return before.axes();
    }

    /** The layer that is just this. */
    String word() {
        return kind.word(axes());
    }

    /** Name and attributes of an operation that spreads, or with a suffix of its backward. */
    OpSignature.Builder signature(String suffix) {
        OpSignature.Builder named = OpSignature.of(kind.text(axes()) + suffix);
        if (kind == Kind.NEAREST) {
            return named.attribute("scale", before);
        }
        OpSignature.Builder padding = named.attribute("before", before).attribute("after", after);
        return kind == Kind.CONSTANT ? padding.attribute("value", value) : padding;
    }

    /**
     * The call of an operation's kernel.
     *
     * <pre>{@code
     * upsample(relu, up, 2, 2);
     * reflectionPad2d(image, pad, 3, 3, 3, 3);
     * }</pre>
     *
     * the latter with what comes above, below, to the left and to the right.
     */
    KernelCall call(OpSignature signature) {
        if (kind == Kind.NEAREST) {
            return KernelCall.of(signature);
        }
        List<Argument> constants = new ArrayList<>();
        for (int axis = 0; axis < axes(); axis++) {
            constants.add(new Argument.Whole(before.at(axis)));
            constants.add(new Argument.Whole(after.at(axis)));
        }
        if (kind == Kind.CONSTANT) {
            constants.add(new Argument.Real(value));
        }
        return KernelCall.of(signature, constants.toArray(Argument[]::new)).by(KernelCall.Owner.ofAxes(axes()));
    }

    /** The size along an axis of what becomes of an image. */
    public long size(Shape x, int axis) {
        long size = x.axis(WindowGeometry.FIRST + axis);
        return kind == Kind.NEAREST ? size * before.at(axis) : size + before.at(axis) + after.at(axis);
    }

    /**
     * The shape rule, of images of the right rank.
     *
     * @param layer what says so
     */
    public Fit fit(String layer, Shape x) {
        int margin = along(x, (padding, size) -> padding - size);
        String noun = Extents.noun(axes());
        String article = axes() == 2 ? "an " : "a ";
        if (kind == Kind.REFLECT && margin >= 0) {
            return Fit.mismatch(layer, article + noun + " larger than the padding", x);
        }
        if (kind == Kind.CIRCULAR && margin > 0) {
            return Fit.mismatch(layer, article + noun + " no smaller than the padding", x);
        }
        long[] sizes =
                IntStream.range(0, axes()).mapToLong(axis -> size(x, axis)).toArray();
        return Fit.of(layer, Extents.behind(x.axis(1), sizes));
    }

    /** The largest of something about the padding and the size along each axis. */
    private int along(Shape x, IntBinaryOperator difference) {
        return IntStream.range(0, axes())
                .map(axis -> difference.applyAsInt(
                        Math.max(before.at(axis), after.at(axis)), x.axis(WindowGeometry.FIRST + axis)))
                .max()
                .orElseThrow();
    }

    /** Adds the operation that spreads {@code x}, in front of another of the same layer, and returns its result. */
    public Value lower(Wiring wiring, Value x) {
        Integer[] sizes = IntStream.range(0, axes())
                .mapToObj(axis -> (int) size(x.shape(), axis))
                .toArray(Integer[]::new);
        Value padded = wiring.between(
                "padded", Shape.batch(Sizes.of(sizes).behind(x.shape().axis(1))));
        wiring.add(new Spreading(wiring.origin(), x, padded, this));
        return padded;
    }

    /** Writes its nodes of ONNX. */
    String onnx(OnnxNodes nodes, String x, Shape shape) {
        if (kind == Kind.NEAREST) {
            return Resize.repeated(nodes, x, before);
        }
        if (kind == Kind.CIRCULAR) {
            String result = x;
            for (int i = 0; i < axes(); i++) {
                int axis = WindowGeometry.FIRST + i;
                int size = shape.axis(axis);
                result = nodes.joined(
                        axis,
                        List.of(
                                nodes.part(result, axis, size - before.at(i), size),
                                result,
                                nodes.part(result, axis, 0, after.at(i))));
            }
            return result;
        }
        List<Integer> pads = new ArrayList<>(List.of(before.behind(0, 0)));
        pads.addAll(List.of(after.behind(0, 0)));
        String mode = switch (kind) {
            case REFLECT -> "reflect";
            case REPLICATE -> "edge";
            default -> "constant";
        };
        OnnxNode node = kind == Kind.CONSTANT
                ? OnnxNode.of("Pad", x, nodes.wholes(pads), nodes.number(value))
                : OnnxNode.of("Pad", x, nodes.wholes(pads));
        return nodes.add(node.with("mode", mode));
    }
}
