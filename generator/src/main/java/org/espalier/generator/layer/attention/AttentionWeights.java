package org.espalier.generator.layer.attention;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * y = softmax(scale · x) along the last axis of products [batch, …, queries, keys] (Vaswani et al., arXiv:1706.03762).
 *
 * @param causal whether query i sees only the keys up to i; the weights of later ones are 0
 */
public record AttentionWeights(Origin origin, Value x, Value y, double scale, boolean causal) implements ForwardOp {
    private static final String SCALE = "scale";
    private static final String CAUSAL = "causal";

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "attention_weights",
            p -> new AttentionWeights(p.origin(), p.operand(), p.result(), p.real(SCALE), p.flag(CAUSAL)),
            "attention_weights_backward",
            p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.real(SCALE)));

    @Override
    public OpSignature signature() {
        return OpSignature.of("attention_weights")
                .from(x)
                .to(y)
                .attribute(SCALE, scale)
                .attribute(CAUSAL, causal)
                .build();
    }

    // Rows are read as a whole before they are written.
    @Override
    public Effect effect() {
        return Effect.elementwise(signature());
    }

    @Override
    public boolean isElementwise() {
        return false;
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(new Range(0, 1));
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        String scaled = scale == 1 ? nodes.of(x) : nodes.add("Mul", nodes.of(x), nodes.number(scale));
        if (causal) {
            int rank = x.shape().rank();
            List<Integer> matrix = List.of(x.shape().axis(rank - 2), x.shape().last());
            String hidden = nodes.add("Expand", nodes.number(-Float.MAX_VALUE), nodes.wholes(matrix));
            scaled = nodes.add("Add", scaled, nodes.add("Trilu", hidden, nodes.wholes(1)));
        }
        nodes.is(y, nodes.add(OnnxNode.of("Softmax", scaled).with("axis", -1)));
    }

    @Override
    public List<String> violations() {
        return matrices(x).sameShape(x, y).violations();
    }

    private static ShapeCheck matrices(Value value) {
        return new ShapeCheck()
                .that(
                        value.shape().batched() && value.shape().rank() > 2,
                        () -> value + " is " + value.shape() + " and should be a matrix for each sample");
    }

    // y = exp(scale x)/Σ exp(scale x): dX = scale y (dY − Σ dY y), and 0 where y is.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, y, dY, dX, scale));
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
    }

    /** dX = scale y (dY − Σ_k dY y). */
    public record Backward(Origin origin, Value y, Value dY, Value dX, double scale) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("attention_weights_backward")
                    .with(y)
                    .from(dY)
                    .to(dX)
                    .attribute(SCALE, scale)
                    .build();
        }

        @Override
        public Effect effect() {
            return Effect.elementwise(signature());
        }

        @Override
        public boolean isElementwise() {
            return false;
        }

        @Override
        public List<String> violations() {
            return matrices(y).sameShape(y, dY, dX).violations();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
        }
    }
}
