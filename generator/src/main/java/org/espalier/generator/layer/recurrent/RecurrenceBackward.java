package org.espalier.generator.layer.recurrent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/** The gradients of a {@link Recurrence}, one operation for what goes through time and one for each parameter. */
public final class RecurrenceBackward {
    private static final String INPUT = "_backward_input";
    private static final String RECURRENT_WEIGHT = "recurrent_backward_weight";
    private static final String GRU_WEIGHT = "gru_backward_weight";
    private static final String GRU_BIAS = "gru_backward_bias";
    private static final String PROJECTION = "lstm_backward_projection";

    /** Readers of printed ones, by their names. */
    static final Map<String, PrintedOp.Reader> READERS = readers();

    private RecurrenceBackward() {}

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (Cell cell : Cell.values()) {
            for (boolean projected : cell.hasMemory() ? new boolean[] {false, true} : new boolean[] {false}) {
                readers.put(
                        Recurrence.name(cell, projected, false) + INPUT, p -> Input.read(p, cell, projected, false));
                readers.put(Recurrence.name(cell, projected, true) + INPUT, p -> Input.read(p, cell, projected, true));
            }
        }
        readers.put(RECURRENT_WEIGHT, p -> Weight.read(p, false));
        readers.put(GRU_WEIGHT, p -> Weight.read(p, true));
        readers.put(GRU_BIAS, p -> new Bias(p.origin(), p.operand(), p.operand(), p.result()));
        readers.put(
                PROJECTION,
                p -> new Projection(
                        p.origin(),
                        p.operand(),
                        p.operand(),
                        p.operand(),
                        p.operand(),
                        p.result(),
                        p.flag(Recurrence.REVERSE)));
        return readers;
    }

    /**
     * dP, and the gradients by the initial states if there are some, by the steps in the other order.
     *
     * @param initial the state before the first step of a GRU, the c of an LSTM
     * @param sequence the states of the steps, the cells of an LSTM
     * @param dCells the gradient by the cells of an LSTM, where something reads them
     */
    public record Input(
            Origin origin,
            Cell cell,
            Value weight,
            Optional<Value> projection,
            Optional<Value> initial,
            Optional<Value> kept,
            Value sequence,
            Value dY,
            Optional<Value> dCells,
            Value dP,
            Optional<Value> dH0,
            Optional<Value> dC0,
            boolean reverse)
            implements BackwardOp {
        /** That of a recurrence, which writes gradients by p, h0 and c0, as far as there are such. */
        static Input of(Recurrence forward, Value dY, Optional<Value> dCells, List<Value> gradients) {
            Cell cell = forward.cell();
            return new Input(
                    forward.origin(),
                    cell,
                    forward.weight(),
                    forward.projection(),
                    cell == Cell.GRU ? forward.h0() : forward.c0(),
                    forward.kept(),
                    forward.cells().orElse(forward.y()),
                    dY,
                    dCells,
                    gradients.get(0),
                    gradients.stream().skip(1).findFirst(),
                    gradients.stream().skip(2).findFirst(),
                    forward.reverse());
        }

        private static Input read(PrintedOp p, Cell cell, boolean projected, boolean given) {
            return new Input(
                    p.origin(),
                    cell,
                    p.operand(),
                    projected ? Optional.of(p.operand()) : Optional.empty(),
                    given && cell.keeps() ? Optional.of(p.operand()) : Optional.empty(),
                    cell.keeps() ? Optional.of(p.operand()) : Optional.empty(),
                    p.operand(),
                    p.operand(),
                    p.optionalOperand(),
                    p.result(),
                    given ? Optional.of(p.result()) : Optional.empty(),
                    given && cell.hasMemory() ? Optional.of(p.result()) : Optional.empty(),
                    p.flag(Recurrence.REVERSE));
        }

        @Override
        public OpSignature signature() {
            return OpSignature.of(Recurrence.name(cell, projection.isPresent(), dH0.isPresent()) + INPUT)
                    .with(weight)
                    .with(projection)
                    .with(initial)
                    .with(kept)
                    .with(sequence)
                    .from(dY)
                    .with(dCells)
                    .to(dP)
                    .to(dH0)
                    .to(dC0)
                    .attribute(Recurrence.REVERSE, reverse)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Recurrence.check(cell, dP, weight, projection, kept)
                    .then(check -> {
                        Shape gates = dP.shape();
                        Shape states = gates.withLast(weight.shape().last());
                        Shape memory = gates.withLast(gates.last() / cell.gates());
                        check.equal(dY, states)
                                .equal(sequence, memory)
                                .equal(dCells, memory)
                                .equal(initial, memory.with(1, 1))
                                .equal(dH0, states.with(1, 1))
                                .equal(dC0, memory.with(1, 1));
                    })
                    .violations();
        }

        @Override
        public long multiplyAdds() {
            long projected = projection.map(matrix -> matrix.shape().elements()).orElse(0L);
            return dY.shape().axis(1) * (weight.shape().elements() + projected);
        }

        @Override
        public KernelCall call() {
            return Recurrence.call(signature());
        }
    }

    /**
     * dW = Σ dqᵀ h over the steps, h being the state before.
     *
     * @param kept the gates of a GRU, whose n has r between p and q
     */
    public record Weight(
            Origin origin, Optional<Value> kept, Optional<Value> h0, Value y, Value dP, Value dWeight, boolean reverse)
            implements BackwardOp {
        private static Weight read(PrintedOp p, boolean gated) {
            List<Value> operands = p.operands();
            int last = operands.size() - 1;
            boolean given = operands.size() > (gated ? 3 : 2);
            return new Weight(
                    p.origin(),
                    gated ? Optional.of(operands.get(last - 2)) : Optional.empty(),
                    given ? Optional.of(operands.get(0)) : Optional.empty(),
                    operands.get(last - 1),
                    operands.get(last),
                    p.result(),
                    p.flag(Recurrence.REVERSE));
        }

        @Override
        public OpSignature signature() {
            return OpSignature.of(kept.isPresent() ? GRU_WEIGHT : RECURRENT_WEIGHT)
                    .with(h0)
                    .with(kept)
                    .with(y)
                    .from(dP)
                    .to(dWeight)
                    .using(Argument.State.ACCUMULATE)
                    .attribute(Recurrence.REVERSE, reverse)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return new ShapeCheck()
                    .rank(dP, 3)
                    .then(check -> {
                        int state = dWeight.shape().last();
                        check.equal(dWeight, Shape.of(dP.shape().last(), state))
                                .equal(y, dP.shape().withLast(state))
                                .equal(h0, y.shape().with(1, 1))
                                .equal(kept, dP.shape().withLast(Cell.GRU.kept() * state));
                    })
                    .violations();
        }

        @Override
        public long multiplyAdds() {
            return y.shape().axis(1) * dWeight.shape().elements();
        }

        @Override
        public KernelCall call() {
            return Recurrence.call(signature());
        }
    }

    /** db = Σ dq over batch and steps, of a GRU, whose n has r in between. */
    public record Bias(Origin origin, Value kept, Value dP, Value dBias) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(GRU_BIAS)
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
            return Recurrence.call(signature());
        }
    }

    /** dWᵣ = Σ dhᵀ (o tanh c) over the steps of an LSTM, dh being dY and what dP of the step after makes of W. */
    public record Projection(
            Origin origin, Value weight, Value kept, Value dY, Value dP, Value dProjection, boolean reverse)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(PROJECTION)
                    .with(weight)
                    .with(kept)
                    .from(dY)
                    .with(dP)
                    .to(dProjection)
                    .using(Argument.State.ACCUMULATE)
                    .attribute(Recurrence.REVERSE, reverse)
                    .using(Argument.State.WORKSPACE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Recurrence.check(Cell.LSTM, dP, weight, Optional.of(dProjection), Optional.of(kept))
                    .then(check ->
                            check.equal(dY, dP.shape().withLast(weight.shape().last())))
                    .violations();
        }

        @Override
        public long multiplyAdds() {
            return dY.shape().axis(1)
                    * (weight.shape().elements() + dProjection.shape().elements());
        }

        @Override
        public KernelCall call() {
            return Recurrence.call(signature());
        }
    }
}
