package org.espalier.generator.layer.dropout;

import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.shape.Reshape;

/**
 * y = x · mask, mask 0 with probability p and 1/(1 − p) otherwise; the identity when not training. The mask is like x,
 * or [batch, channels] if whole channels are dropped.
 */
public record Dropout(Origin origin, Value x, Value mask, Value y, double p) implements ForwardOp {
    public static final LayerDefinition ELEMENTS =
            Rule.layer("Dropout", 0).example("Dropout(0.5)", "[batch, 6]", "[batch, 6]", 0);

    public static final LayerDefinition OF_SEQUENCES =
            Rule.layer("Dropout1d", 1).example("Dropout1d()", "[batch, 3, 7]", "[batch, 3, 7]", 0);

    public static final LayerDefinition OF_VOLUMES =
            Rule.layer("Dropout3d", 3).example("Dropout3d()", "[batch, 3, 2, 3, 4]", "[batch, 3, 2, 3, 4]", 0);

    public static final LayerDefinition OF_IMAGES =
            Rule.layer("Dropout2d", 2).example("Dropout2d()", "[batch, 3, 8, 9]", "[batch, 3, 8, 9]", 0);

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "dropout", p -> new Dropout(p.origin(), p.operand(), p.saved(), p.result(), p.real("p")),
            "dropout2d", p -> new Dropout(p.origin(), p.operand(), p.saved(), p.result(), p.real("p")),
            "dropout_backward", p -> new Backward(p.origin(), p.operand(), p.operand(), p.result()),
            "dropout2d_backward", p -> new Backward(p.origin(), p.operand(), p.operand(), p.result()));

    /** Tells whether whole channels are dropped. */
    public boolean ofChannels() {
        return !mask.shape().equals(x.shape());
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of(ofChannels() ? "dropout2d" : "dropout")
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
    public Effect effect() {
        return Effect.elementwise(signature());
    }

    @Override
    public List<String> violations() {
        return dropout(mask, x, y).violations();
    }

    // y = x m: dX = dY m.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, mask, dY, dX));
    }

    private static ShapeCheck dropout(Value mask, Value x, Value y) {
        boolean ofChannels = mask.shape().rank() == 2 && x.shape().rank() > 2;
        return new ShapeCheck()
                .equal(mask, ofChannels ? Shape.batch(x.shape().axis(1)) : x.shape())
                .equal(y, x.shape());
    }

    /** dX = dY · mask. */
    public record Backward(Origin origin, Value mask, Value dY, Value dX) implements BackwardOp {
        private boolean ofChannels() {
            return !mask.shape().equals(dY.shape());
        }

        @Override
        public OpSignature signature() {
            return OpSignature.of(ofChannels() ? "dropout2d_backward" : "dropout_backward")
                    .with(mask)
                    .from(dY)
                    .to(dX)
                    .using(Argument.State.TRAINING)
                    .build();
        }

        @Override
        public Effect effect() {
            return Effect.elementwise(signature());
        }

        @Override
        public List<String> violations() {
            return dropout(mask, dY, dX).violations();
        }
    }

    /**
     * {@code Dropout}, of any shape, and {@code Dropout2d} and its like, which drop whole channels.
     *
     * @param axes how many are behind the channels; 0 if single elements are dropped, of any shape
     */
    record Rule(int axes, double p, boolean inPlace) implements UnaryRule {

        private static LayerDefinition layer(String name, int axes) {
            return LayerDefinition.layer(
                    Signature.of(name).with("p", 0.5).with("inplace", false).build(),
                    arguments -> new Rule(
                            axes,
                            arguments.real("p", p -> p >= 0 && p < 1, "at least 0 and below 1"),
                            arguments.bool("inplace")));
        }

        @Override
        public String kind() {
            return "dropout";
        }

        /** Tells that nothing is dropped, which needs no operation. */
        @Override
        public boolean isIdentity() {
            return p == 0;
        }

        @Override
        public Fit fit(Shape x) {
            Fit fits = new Fit.Fitting(x);
            return axes > 0
                    ? Extents.misfit("Dropout" + axes + "d", x, axes, 0, "").orElse(fits)
                    : fits;
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new Dropout(
                    wiring.origin(),
                    x,
                    wiring.saved("mask", axes > 0 ? Shape.batch(x.shape().axis(1)) : x.shape()),
                    y,
                    p));
        }
    }
}
