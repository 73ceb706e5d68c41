package org.espalier.generator.layer.shape;

import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument;
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
import org.espalier.generator.layer.api.TensorFunction;

/** {@code detach}: y = x, and no gradient goes on from there. */
public record Detach(Origin origin, Value x, Value y) implements ForwardOp {
    public static final Builtin DETACH = TensorFunction.of(
            Signature.of("detach").required("input", Type.TENSOR).build(), arguments -> new Rule());

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS =
            Map.of("detach", p -> new Detach(p.origin(), p.operand(), p.result()));

    /** The rule that the function applies. */
    public static UnaryRule rule() {
        return new Rule();
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of("detach").from(x).to(y).build();
    }

    @Override
    public List<ForwardOp> evaluated() {
        return List.of(new Reshape(origin, x, y));
    }

    @Override
    public Effect effect() {
        return new Effect.Reshapes(x, y);
    }

    @Override
    public List<String> violations() {
        return new ShapeCheck().sameShape(x, y).violations();
    }

    @Override
    public List<Value> differentiable() {
        return List.of();
    }

    /** There is nothing to go on with. */
    @Override
    public void backward(Tape tape) {}

    @Override
    public KernelCall call() {
        return KernelCall.of("copy", new Argument.Operand(x), new Argument.Operand(y));
    }

    /** The rule of {@code detach}. */
    record Rule() implements UnaryRule {
        @Override
        public String kind() {
            return "detach";
        }

        @Override
        public boolean takesParameters() {
            return true;
        }

        @Override
        public boolean isView() {
            return true;
        }

        @Override
        public Fit fit(Shape x) {
            return new Fit.Fitting(x);
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new Detach(wiring.origin(), x, y));
        }
    }
}
