package org.espalier.generator.layer.embedding;

import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/** y = x, whole numbers as floating-point ones: what comparisons and arithmetic make of {@code token == 0}. */
public record ToFloat(Origin origin, Value x, Value y) implements ForwardOp {
    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS =
            Map.of("to_float", p -> new ToFloat(p.origin(), p.operand(), p.result()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("to_float").from(x).to(y).build();
    }

    @Override
    public List<Value> wholeInputs() {
        return List.of(x);
    }

    @Override
    public List<Value> differentiable() {
        return List.of();
    }

    /** Whole numbers have no gradient. */
    @Override
    public void backward(Tape tape) {}

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(y, nodes.add(OnnxNode.of("Cast", nodes.of(x)).with("to", ElementType.FLOAT.onnx())));
    }

    @Override
    public List<String> violations() {
        return new ShapeCheck().sameShape(x, y).violations();
    }

    // int[batch, 10] -> [batch, 10]
    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).remarked(x.type() + " -> " + y.shape());
    }
}
