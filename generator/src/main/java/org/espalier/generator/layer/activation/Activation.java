package org.espalier.generator.layer.activation;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.activation.ActivationFunction.Kind;
import org.espalier.generator.layer.api.LayerDefinition;

/** y = f(x) for each element. */
public record Activation(Origin origin, Value x, Value y, ActivationFunction function) implements ForwardOp {
    public static final List<LayerDefinition> ALL = List.of(
            Rule.overwriting(Signature.of("ReLU"), arguments -> ActivationFunction.of(Kind.RELU))
                    .example("ReLU()", "[batch, 6]", "[batch, 6]", 0),
            Rule.overwriting(Signature.of("LeakyReLU").with("negative_slope", 0.01), Rule::leakyRelu)
                    .example("LeakyReLU(0.2)", "[batch, 6]", "[batch, 6]", 0)
                    .example("LeakyReLU(0.0)", "[batch, 6]", "[batch, 6]", 0),
            Rule.overwriting(Signature.of("ReLU6"), arguments -> ActivationFunction.of(Kind.RELU6))
                    .example("ReLU6()", "[batch, 6]", "[batch, 6]", 0),
            Rule.overwriting(
                            Signature.of("ELU").with("alpha", 1.0),
                            // Below 0, alpha would lose the sign of x.
                            arguments -> ActivationFunction.of(
                                    Kind.ELU, arguments.real("alpha", alpha -> alpha >= 0, "at least 0")))
                    .example("ELU(0.5, inplace=true)", "[batch, 6]", "[batch, 6]", 0),
            Rule.overwriting(Signature.of("SiLU"), arguments -> ActivationFunction.of(Kind.SILU))
                    .example("SiLU()", "[batch, 6]", "[batch, 6]", 0),
            Rule.plain(Signature.of("GELU").with("approximate", Type.STRING, new Datum.Text("none")), Rule::gelu)
                    .example("GELU()", "[batch, 6]", "[batch, 6]", 0)
                    .example("GELU(approximate='tanh')", "[batch, 6]", "[batch, 6]", 0),
            Rule.plain(
                            Signature.of("Softplus").with("beta", 1.0).with("threshold", Rule.SOFTPLUS_THRESHOLD),
                            arguments -> ActivationFunction.of(
                                    Kind.SOFTPLUS,
                                    arguments.real("beta", beta -> beta > 0, "above 0"),
                                    arguments.real("threshold")))
                    .example("Softplus(2, threshold=10)", "[batch, 6]", "[batch, 6]", 0),
            Rule.overwriting(Signature.of("Hardtanh").with("min_val", -1.0).with("max_val", 1.0), Rule::hardtanh)
                    .example("Hardtanh(-2, 2)", "[batch, 6]", "[batch, 6]", 0),
            Rule.plain(Signature.of("Tanh"), arguments -> ActivationFunction.of(Kind.TANH))
                    .example("Tanh()", "[batch, 6]", "[batch, 6]", 0),
            Rule.plain(Signature.of("Sigmoid"), arguments -> ActivationFunction.of(Kind.SIGMOID))
                    .example("Sigmoid()", "[batch, 6]", "[batch, 6]", 0));

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (ActivationFunction.Kind kind : ActivationFunction.Kind.values()) {
            readers.put(
                    kind.text(),
                    p -> new Activation(p.origin(), p.operand(), p.result(), ActivationFunction.read(kind, p)));
            readers.put(
                    kind.text() + "_backward",
                    p -> new Backward(
                            p.origin(), p.operand(), p.operand(), p.result(), ActivationFunction.read(kind, p)));
        }
        return Map.copyOf(readers);
    }

    @Override
    public OpSignature signature() {
        return function.signature("").from(x).to(y).build();
    }

    @Override
    public Effect effect() {
        return Effect.elementwise(signature());
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(function.range());
    }

    @Override
    public double constant(List<Double> operands) {
        double x = operands.get(0);
        return Double.isNaN(x) ? x : function.at(x);
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(y, function.onnx(nodes, nodes.of(x)));
    }

    @Override
    public List<String> violations() {
        return new ShapeCheck().sameShape(x, y).violations();
    }

    // y = f(x): dX = dY f′(x), with f′(x) from x or from y. The formulas stand with each function.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        Value known = function.isDerivedFromResult() ? y : x;
        tape.contribute(x, dX -> new Backward(origin, known, dY, dX, function));
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
    }

    /**
     * dX = dY f′(x).
     *
     * @param known x or y, whichever tells f′(x): see {@link ActivationFunction#isDerivedFromResult}
     */
    public record Backward(Origin origin, Value known, Value dY, Value dX, ActivationFunction function)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return function.signature("_backward").with(known).from(dY).to(dX).build();
        }

        @Override
        public Effect effect() {
            return Effect.elementwise(signature());
        }

        @Override
        public List<String> violations() {
            return new ShapeCheck().sameShape(known, dY, dX).violations();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
        }
    }

    /** Layers that treat every element alike: {@code ReLU}, {@code GELU}, {@code Tanh} and their like. */
    record Rule(ActivationFunction function, boolean inPlace) implements UnaryRule {
        private static final double SOFTPLUS_THRESHOLD = 20;

        private static LayerDefinition overwriting(
                Signature.Builder signature, Function<Arguments, ActivationFunction> function) {
            return LayerDefinition.layer(
                    signature.with("inplace", false).build(),
                    arguments -> new Rule(function.apply(arguments), arguments.bool("inplace")));
        }

        private static LayerDefinition plain(
                Signature.Builder signature, Function<Arguments, ActivationFunction> function) {
            return LayerDefinition.layer(signature.build(), arguments -> new Rule(function.apply(arguments), false));
        }

        /** A slope below 0 would lose the sign of x, which the backward pass takes from the result. */
        private static ActivationFunction leakyRelu(Arguments arguments) {
            double slope = arguments.real("negative_slope", value -> value >= 0, "at least 0");
            return slope == 0 ? ActivationFunction.of(Kind.RELU) : ActivationFunction.of(Kind.LEAKY_RELU, slope);
        }

        private static ActivationFunction gelu(Arguments arguments) {
            boolean tanh = arguments.text("approximate").equals("tanh");
            if (!tanh && !arguments.text("approximate").equals("none")) {
                arguments.outOfRange("approximate", "'none' or 'tanh'");
            }
            return ActivationFunction.of(tanh ? Kind.TANH_GELU : Kind.GELU);
        }

        private static ActivationFunction hardtanh(Arguments arguments) {
            double min = arguments.real("min_val");
            double max = arguments.real("max_val", value -> value > min, "above min_val");
            return ActivationFunction.of(Kind.HARDTANH, min, max);
        }

        @Override
        public String kind() {
            return function.kind().word().toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean takesParameters() {
            return true;
        }

        @Override
        public Fit fit(Shape x) {
            return new Fit.Fitting(x);
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new Activation(wiring.origin(), x, y, function));
        }
    }
}
