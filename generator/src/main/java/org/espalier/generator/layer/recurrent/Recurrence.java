package org.espalier.generator.layer.recurrent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.ParameterDecl.Role;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.linear.Linear;

/**
 * A cell over time, from a state of zeros: p is [batch, length, gates · size], the products of a whole sequence with
 * the input's weight, W [gates · size, size] and b [gates · size] those of the state, y the states [batch, length,
 * size].
 *
 * @param kept what of each step is kept for backward, [batch, length, kept · size], if the states do not say enough
 * @param reverse whether time runs from the end of the sequence to its beginning
 */
public record Recurrence(
        Origin origin,
        Cell cell,
        Value p,
        Value weight,
        Optional<Value> bias,
        Optional<Value> kept,
        Value y,
        boolean reverse)
        implements ForwardOp {
    private static final String REVERSE = "reverse";
    private static final String INPUT = "_backward_input";
    private static final String WEIGHT = "_backward_weight";
    private static final String BIAS = "_backward_bias";

    /** Readers of printed ones, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (Cell cell : Cell.values()) {
            readers.put(
                    cell.text(),
                    p -> new Recurrence(
                            p.origin(),
                            cell,
                            p.operand(),
                            p.operand(),
                            p.optionalOperand(Role.BIAS),
                            cell.keeps() ? Optional.of(p.saved()) : Optional.empty(),
                            p.result(),
                            p.flag(REVERSE)));
            readers.put(
                    cell.text() + INPUT,
                    p -> new BackwardInput(
                            p.origin(),
                            cell,
                            p.operand(),
                            kept(cell, p),
                            p.operand(),
                            p.operand(),
                            p.result(),
                            p.flag(REVERSE)));
            readers.put(
                    cell.text() + WEIGHT,
                    p -> new BackwardWeight(
                            p.origin(), cell, kept(cell, p), p.operand(), p.operand(), p.result(), p.flag(REVERSE)));
        }
        readers.put(Cell.GRU.text() + BIAS, p -> new BackwardBias(p.origin(), p.operand(), p.operand(), p.result()));
        return Map.copyOf(readers);
    }

    private static Optional<Value> kept(Cell cell, PrintedOp printed) {
        return cell.keeps() ? Optional.of(printed.operand()) : Optional.empty();
    }

    @Override
    public OpSignature signature() {
        OpSignature.Builder signature =
                OpSignature.of(cell.text()).from(p).with(weight).with(bias).to(y);
        kept.ifPresent(signature::saving);
        return signature.attribute(REVERSE, reverse).build();
    }

    @Override
    public List<String> violations() {
        return check(cell, p, weight, kept, y)
                .then(check -> check.equal(bias, Shape.of(p.shape().last())))
                .violations();
    }

    @Override
    public long multiplyAdds() {
        return y.shape().axis(1) * weight.shape().elements();
    }

    @Override
    public int biasAxis() {
        return 2;
    }

    @Override
    public KernelCall call() {
        return recurrent(KernelCall.of(signature()));
    }

    // q = W h + b: dq is dp, but of GRU's n, where it is r dp; dW = Σ dqᵀ h over the steps, db = Σ dq.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        Value[] products = new Value[1];
        tape.write(p, dP -> {
            products[0] = dP;
            return new BackwardInput(origin, cell, weight, kept, y, dY, dP, reverse);
        });
        Value dP = products[0];
        tape.contribute(weight, dW -> new BackwardWeight(origin, cell, kept, y, dP, dW, reverse));
        tape.contribute(
                bias,
                db -> cell == Cell.GRU
                        ? new BackwardBias(origin, kept.orElseThrow(), dP, db)
                        : new Linear.BackwardBias(origin, dP, db));
    }

    private static KernelCall recurrent(KernelCall call) {
        return call.by(KernelCall.Owner.RECURRENCES);
    }

    private static ShapeCheck check(Cell cell, Value p, Value weight, Optional<Value> kept, Value y) {
        return new ShapeCheck().rank(p, 3).rank(y, 3).then(check -> {
            int size = y.shape().last();
            check.equal(p, y.shape().withLast(cell.gates() * size))
                    .equal(weight, Shape.of(cell.gates() * size, size))
                    .that(kept.isPresent() == cell.keeps(), () -> cell + " keeps something else for backward");
            kept.ifPresent(value -> check.equal(value, y.shape().withLast(cell.kept() * size)));
        });
    }

    /** dP, by the steps in the other order. */
    public record BackwardInput(
            Origin origin, Cell cell, Value weight, Optional<Value> kept, Value y, Value dY, Value dP, boolean reverse)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(cell.text() + INPUT)
                    .with(weight)
                    .with(kept)
                    .with(y)
                    .from(dY)
                    .to(dP)
                    .attribute(REVERSE, reverse)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return check(cell, dP, weight, kept, y).sameShape(y, dY).violations();
        }

        @Override
        public long multiplyAdds() {
            return y.shape().axis(1) * weight.shape().elements();
        }

        @Override
        public KernelCall call() {
            return recurrent(KernelCall.of(signature()));
        }
    }

    /** dW = Σ dqᵀ h over the steps, h being the state before. */
    public record BackwardWeight(
            Origin origin, Cell cell, Optional<Value> kept, Value y, Value dP, Value dWeight, boolean reverse)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(cell.text() + WEIGHT)
                    .with(kept)
                    .with(y)
                    .from(dP)
                    .to(dWeight)
                    .using(Argument.State.ACCUMULATE)
                    .attribute(REVERSE, reverse)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return check(cell, dP, dWeight, kept, y).violations();
        }

        @Override
        public long multiplyAdds() {
            return y.shape().axis(1) * dWeight.shape().elements();
        }

        @Override
        public KernelCall call() {
            return recurrent(KernelCall.of(signature()));
        }
    }

    /** db = Σ dq over batch and steps, of a GRU, whose n has r in between. */
    public record BackwardBias(Origin origin, Value kept, Value dP, Value dBias) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(Cell.GRU.text() + BIAS)
                    .with(kept)
                    .from(dP)
                    .to(dBias)
                    .using(Argument.State.ACCUMULATE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return new ShapeCheck()
                    .rank(dP, 3)
                    .then(check -> check.equal(dBias, Shape.of(dP.shape().last()))
                            .equal(kept, dP.shape().withLast(dP.shape().last() / Cell.GRU.gates() * Cell.GRU.kept())))
                    .violations();
        }

        @Override
        public KernelCall call() {
            return recurrent(KernelCall.of(signature()));
        }
    }
}
