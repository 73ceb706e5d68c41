package org.espalier.generator.layer.dropout;

import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.shape.Reshape;

/**
 * Dropout that keeps mean and variance of what SELU makes (Klambauer and others, arXiv:1706.02515): an element becomes
 * α' = −1.758 with probability p, and a x + b brings mean and variance back; the identity when not training. The mask
 * is a or 0, like x, or [batch, channels] if whole channels are dropped.
 */
public record AlphaDropout(Origin origin, Value x, Value mask, Value y, double p) implements ForwardOp {
    public static final LayerDefinition ELEMENTS = Rule.layer("AlphaDropout", false)
            .example("AlphaDropout(0.3)", "[batch, 6]", "[batch, 6]", 0)
            .example("AlphaDropout()", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 0);

    public static final LayerDefinition CHANNELS = Rule.layer("FeatureAlphaDropout", true)
            .example("FeatureAlphaDropout(0.3)", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 0)
            .example("FeatureAlphaDropout()", "[batch, 6]", "[batch, 6]", 0);

    /** Readers of printed ones, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS =
            Map.of("alpha_dropout", p -> new AlphaDropout(p.origin(), p.operand(), p.saved(), p.result(), p.real("p")));

    @Override
    public OpSignature signature() {
        return OpSignature.of("alpha_dropout")
                .from(x)
                .to(y)
                .saving(mask)
                .attribute("p", p)
                .using(Argument.State.TRAINING, Argument.State.RANDOM)
                .build();
    }

    @Override
    public List<ForwardOp> evaluated() {
        return List.of(new Reshape(origin, x, y));
    }

    @Override
    public List<String> violations() {
        return new ShapeCheck()
                .sameShape(x, y)
                .that(
                        mask.shape().equals(x.shape()) || mask.shape().equals(ofChannels(x.shape())),
                        () -> mask + " is " + mask.shape() + " and should be like " + x + " or its channels")
                .violations();
    }

    // y = x m + b, m and b drawn: dX = dY m.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Dropout.Backward(origin, mask, dY, dX));
    }

    private static Shape ofChannels(Shape x) {
        return Shape.batch(x.axis(1));
    }

    /**
     * {@code AlphaDropout} and {@code FeatureAlphaDropout}.
     *
     * @param ofChannels whether whole channels are dropped
     */
    record Rule(String layer, boolean ofChannels, double p, boolean inPlace) implements UnaryRule {
        private static LayerDefinition layer(String name, boolean ofChannels) {
            return LayerDefinition.layer(
                    Signature.of(name).with("p", 0.5).with("inplace", false).build(),
                    arguments -> new Rule(
                            name,
                            ofChannels,
                            arguments.real("p", p -> p >= 0 && p < 1, "at least 0 and below 1"),
                            arguments.bool("inplace")));
        }

        @Override
        public String kind() {
            return "dropout";
        }

        @Override
        public Fit fit(Shape x) {
            return ofChannels && x.rank() < 2 ? Fit.mismatch(layer, "[batch, channels, …]", x) : new Fit.Fitting(x);
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            Shape mask = ofChannels ? AlphaDropout.ofChannels(x.shape()) : x.shape();
            wiring.add(new AlphaDropout(wiring.origin(), x, wiring.saved("mask", mask), y, p));
        }
    }
}
