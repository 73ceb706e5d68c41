package org.espalier.generator.layer.shape;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.LayerDefinition;

/** The same numbers under another shape. */
public record Flatten(Origin origin, Value x, Value y) implements ForwardOp {
    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("Flatten")
                            .with("start_dim", 1)
                            .with("end_dim", -1)
                            .build(),
                    Rule::of)
            .example("Flatten()", "[batch, 3, 4, 5]", "[batch, 60]", 0)
            .example("Flatten(2)", "[batch, 3, 4, 5]", "[batch, 3, 20]", 0);

    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "flatten", p -> new Flatten(p.origin(), p.operand(), p.result()),
            "flatten_backward", p -> new Backward(p.origin(), p.operand(), p.result()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("flatten").from(x).to(y).build();
    }

    @Override
    public Effect effect() {
        return new Effect.Reshapes(x, y);
    }

    @Override
    public List<String> violations() {
        return sameElements(x, y).violations();
    }

    // y = x: dX = dY.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, dX));
    }

    @Override
    public KernelCall call() {
        return KernelCall.of("copy", new Argument.Operand(x), new Argument.Operand(y));
    }

    private static ShapeCheck sameElements(Value in, Value out) {
        return new ShapeCheck()
                .that(
                        in.shape().batched() == out.shape().batched()
                                && in.shape().elements() == out.shape().elements(),
                        () -> in.shape() + " cannot become " + out.shape());
    }

    /** The same numbers under the first shape. */
    public record Backward(Origin origin, Value dY, Value dX) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("flatten_backward").from(dY).to(dX).build();
        }

        @Override
        public Effect effect() {
            return new Effect.Reshapes(dY, dX);
        }

        @Override
        public List<String> violations() {
            return sameElements(dY, dX).violations();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of("copy", new Argument.Operand(dY), new Argument.Operand(dX));
        }
    }

    /** {@code Flatten}: the axes from start to end become one; the batch axis stays. */
    record Rule(int startDim, int endDim) implements UnaryRule {

        private static Rule of(Arguments arguments) {
            if (((Datum.Int) arguments.get("start_dim")).value() == 0) {
                arguments.unsupported("start_dim", "start_dim of 1 and more", Optional.of("axis 0 is the batch"));
            }
            return new Rule(arguments.integer("start_dim", -3), arguments.integer("end_dim", -3));
        }

        @Override
        public String kind() {
            return "flatten";
        }

        @Override
        public boolean isView() {
            return true;
        }

        @Override
        public Fit fit(Shape x) {
            int start = startDim < 0 ? startDim + x.rank() : startDim;
            int end = endDim < 0 ? endDim + x.rank() : endDim;
            if (start < 1 || end < start || end >= x.rank()) {
                return Fit.mismatch("Flatten(" + startDim + ", " + endDim + ")", "a tensor with these axes", x);
            }
            LongStream.Builder sizes = LongStream.builder();
            long flat = 1;
            for (int axis = 1; axis < x.rank(); axis++) {
                flat *= x.axis(axis);
                if (axis < start || axis >= end) {
                    sizes.add(flat);
                    flat = 1;
                }
            }
            return Fit.of("Flatten", sizes.build().toArray());
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new Flatten(wiring.origin(), x, y));
        }
    }
}
