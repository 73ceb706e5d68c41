package org.espalier.generator.layer.elementwise;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/** sum = a + b, of one shape: a residual connection, or two gradients of a value that was read twice. */
public record Add(Origin origin, Value a, Value b, Value sum) implements FormulaOp {
    private static final Function PLUS = Elementwise.formula("add", List.of("a", "b"), "a + b", Map.of());

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "add", p -> new Add(p.origin(), p.operand(), p.operand(), p.result()),
            "add_backward", p -> new Backward(p.origin(), p.operand(), p.result()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("add").from(a, b).to(sum).build();
    }

    @Override
    public Effect effect() {
        return Effect.elementwise(signature());
    }

    @Override
    public Optional<Elementwise> asFormula() {
        return a.equals(b) ? Optional.empty() : Optional.of(Elementwise.of(origin, PLUS, List.of(a, b), sum));
    }

    @Override
    public double constant(List<Double> operands) {
        return operands.get(0) + operands.get(1);
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(sum, nodes.add("Add", nodes.of(a), nodes.of(b)));
    }

    @Override
    public List<String> violations() {
        return new ShapeCheck().sameShape(a, b, sum).violations();
    }

    // y = a + b: da = db = dY.
    @Override
    public void backward(Tape tape) {
        Value dSum = tape.gradient(sum);
        tape.contribute(a, dA -> new Backward(origin, dSum, dA));
        tape.contribute(b, dB -> new Backward(origin, dSum, dB));
    }

    /** dPart = dSum: a sum passes its gradient on to each part as it is. */
    public record Backward(Origin origin, Value dSum, Value dPart) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("add_backward").from(dSum).to(dPart).build();
        }

        @Override
        public Effect effect() {
            return new Effect.Reshapes(dSum, dPart);
        }

        @Override
        public List<String> violations() {
            return new ShapeCheck().sameShape(dSum, dPart).violations();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of("copy", new Argument.Operand(dSum), new Argument.Operand(dPart));
        }
    }
}
