package org.espalier.generator.layer.activation;

import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.LayerDefinition;

/**
 * y = x where x > 0, else a x, with a slope a that is drawn for each element from [lower, upper) while training, and is
 * the middle of them afterwards (Xu and others, arXiv:1505.00853). {@code slope} is kept for backward.
 */
public record RReLU(Origin origin, Value x, Value slope, Value y, double lower, double upper) implements ForwardOp {
    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("RReLU")
                            .with("lower", 1.0 / 8)
                            .with("upper", 1.0 / 3)
                            .with("inplace", false)
                            .build(),
                    Rule::of)
            .example("RReLU()", "[batch, 6]", "[batch, 6]", 0)
            .example("RReLU(-0.2, 0.7)", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 0);

    /** Readers of printed ones, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "rrelu", p -> new RReLU(p.origin(), p.operand(), p.saved(), p.result(), p.real("lower"), p.real("upper")),
            "rrelu_backward", p -> new Backward(p.origin(), p.operand(), p.operand(), p.result()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("rrelu")
                .from(x)
                .to(y)
                .saving(slope)
                .attribute("lower", lower)
                .attribute("upper", upper)
                .using(Argument.State.TRAINING, Argument.State.RANDOM)
                .build();
    }

    /** In evaluation mode all slopes are their mean. */
    @Override
    public List<ForwardOp> evaluated() {
        ActivationFunction mean = ActivationFunction.of(ActivationFunction.Kind.LEAKY_RELU, (lower + upper) / 2);
        return List.of(new Activation(origin, x, y, mean));
    }

    @Override
    public List<String> violations() {
        return new ShapeCheck().sameShape(x, slope, y).violations();
    }

    // y = x s: dX = dY s.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, slope, dY, dX));
    }

    /** dX = dY · slope. */
    public record Backward(Origin origin, Value slope, Value dY, Value dX) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("rrelu_backward").with(slope).from(dY).to(dX).build();
        }

        @Override
        public List<String> violations() {
            return new ShapeCheck().sameShape(slope, dY, dX).violations();
        }
    }

    /** {@code RReLU}, of any shape. */
    record Rule(double lower, double upper, boolean inPlace) implements UnaryRule {
        private static Rule of(Arguments arguments) {
            double lower = arguments.real("lower");
            return new Rule(
                    lower,
                    arguments.real("upper", upper -> upper >= lower, "at least lower"),
                    arguments.bool("inplace"));
        }

        @Override
        public String kind() {
            return "rrelu";
        }

        @Override
        public Fit fit(Shape x) {
            return new Fit.Fitting(x);
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new RReLU(wiring.origin(), x, wiring.saved("slope", x.shape()), y, lower, upper));
        }
    }
}
