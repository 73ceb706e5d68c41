package org.espalier.generator.layer.activation;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.FormulaParser;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.elementwise.Elementwise;

/**
 * y[c] = exp(x[c])/Σ_k exp(x[k]) along an axis, at each place of the others.
 *
 * @param axis which, counted with the batch, which it is not
 * @param log whether y is the logarithm of that
 */
public record Softmax(Origin origin, Value x, Value y, int axis, boolean log) implements ForwardOp {
    public static final LayerDefinition SOFTMAX = Rule.layer("Softmax")
            .example("Softmax(dim=1)", "[batch, 3, 4, 4]", "[batch, 3, 4, 4]", 0)
            .example("Softmax(dim=-1)", "[batch, 3, 4, 4]", "[batch, 3, 4, 4]", 0);

    public static final LayerDefinition LOG_SOFTMAX = Rule.layer(Rule.LOGARITHM)
            .example("LogSoftmax(dim=2)", "[batch, 7, 6]", "[batch, 7, 6]", 0)
            .example("LogSoftmax(dim=-1)", "[batch, 6]", "[batch, 6]", 0);

    public static final LayerDefinition SOFTMIN =
            Rule.layer(Rule.NEGATED).example("Softmin(dim=-1)", "[batch, 3, 4]", "[batch, 3, 4]", 0);

    public static final LayerDefinition SOFTMAX2D = LayerDefinition.layer(
                    Signature.of(Rule.OF_IMAGES).build(), arguments -> new Rule(Rule.OF_IMAGES, OptionalInt.of(1)))
            .example("Softmax2d()", "[batch, 3, 4, 4]", "[batch, 3, 4, 4]", 0);

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "softmax", p -> new Softmax(p.origin(), p.operand(), p.result(), p.whole("axis"), false),
            "softmax_backward",
                    p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.whole("axis"), false),
            "log_softmax", p -> new Softmax(p.origin(), p.operand(), p.result(), p.whole("axis"), true),
            "log_softmax_backward",
                    p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.whole("axis"), true));

    @Override
    public OpSignature signature() {
        return OpSignature.of(log ? "log_softmax" : "softmax")
                .from(x)
                .to(y)
                .attribute("axis", axis)
                .build();
    }

    @Override
    public Optional<Probabilities> probabilities() {
        return Optional.of(new Probabilities(axis, log));
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(log ? new Range(Double.NEGATIVE_INFINITY, 0) : new Range(0, 1));
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(
                y,
                nodes.add(
                        OnnxNode.of(log ? "LogSoftmax" : "Softmax", nodes.of(x)).with("axis", axis)));
    }

    @Override
    public List<String> violations() {
        return along(axis, x).sameShape(x, y).violations();
    }

    private static ShapeCheck along(int axis, Value value) {
        return new ShapeCheck().axis(value, axis);
    }

    // y = exp(x)/Σ exp(x): dX = y (dY − Σ dY y); y = log of that: dX = dY − exp(y) Σ dY.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, y, dY, dX, axis, log));
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
    }

    /** dX = y (dY − Σ_k dY y), and of the logarithm dX = dY − exp(y) Σ_k dY. */
    public record Backward(Origin origin, Value y, Value dY, Value dX, int axis, boolean log) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(log ? "log_softmax_backward" : "softmax_backward")
                    .with(y)
                    .from(dY)
                    .to(dX)
                    .attribute("axis", axis)
                    .build();
        }

        @Override
        public List<String> violations() {
            return along(axis, y).sameShape(y, dY, dX).violations();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
        }
    }

    /**
     * {@code Softmax}, {@code LogSoftmax} and {@code Softmin} along an axis, which of [batch, classes] and of images is
     * that of the channels; and {@code Softmax2d}, which takes images alone.
     */
    record Rule(String word, OptionalInt dim) implements UnaryRule {
        private static final String LOGARITHM = "LogSoftmax";
        private static final String NEGATED = "Softmin";
        private static final String OF_IMAGES = "Softmax2d";

        private static final Argument.Function NEGATION =
                new Argument.Function("negated", List.of("x"), FormulaParser.parse("-x"));

        private static LayerDefinition layer(String name) {
            return LayerDefinition.layer(
                    Signature.of(name).with("dim", Type.INT, new Datum.None()).build(),
                    arguments -> new Rule(
                            name,
                            arguments.isNone("dim")
                                    ? OptionalInt.empty()
                                    : OptionalInt.of(arguments.integer("dim", Integer.MIN_VALUE))));
        }

        @Override
        public String kind() {
            return word.toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean takesParameters() {
            return !word.equals(OF_IMAGES);
        }

        @Override
        public Fit fit(Shape x) {
            if (word.equals(OF_IMAGES) && x.rank() != 4) {
                return Fit.mismatch(word, "[batch, channels, height, width]", x);
            }
            if (dim.isEmpty() && (x.rank() == 3 || !x.batched())) {
                return Fit.mismatch(word, "a dim", x).withHelp("write " + word + "(dim=-1) for the last axis");
            }
            Axis axis = axis();
            return axis.isOf(x) ? new Fit.Fitting(x) : axis.misfit(word, x);
        }

        /** PyTorch takes axis 1 where none is given, except of tensors with three axes: of them, the batch. */
        private Axis axis() {
            return new Axis(dim.orElse(1));
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            Value from = x;
            if (word.equals(NEGATED)) {
                from = wiring.between("negated", x.shape());
                wiring.add(Elementwise.of(wiring.origin(), NEGATION, List.of(x), from));
            }
            int axis = axis().of(x.shape());
            wiring.add(new Softmax(wiring.origin(), from, y, axis, word.equals(LOGARITHM)));
        }
    }
}
