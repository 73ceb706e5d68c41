package org.espalier.generator.layer.recurrent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.generator.ir.ParameterDecl.Role;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.linear.Linear;

/**
 * A cell over time: p is [batch, length, gates · size], the products of a whole sequence with the input's weight, W
 * [gates · size, state] and b [gates · size] those of the state, y the states [batch, length, state]. A state is as
 * large as the cell unless it is projected.
 *
 * @param projection of an LSTM, [state, size], by which the state is a product
 * @param h0 the state before the first step, [batch, 1, state], if it is not zeros
 * @param c0 the c of an LSTM before the first step, [batch, 1, size], where there is an h0
 * @param kept the gates of each step, [batch, length, …], if the states do not say enough for backward
 * @param cells the c of each step of an LSTM, [batch, length, size]
 * @param reverse whether time runs from the end of the sequence to its beginning
 */
public record Recurrence(
        Origin origin,
        Cell cell,
        Value p,
        Value weight,
        Optional<Value> bias,
        Optional<Value> projection,
        Optional<Value> h0,
        Optional<Value> c0,
        Optional<Value> kept,
        Value y,
        Optional<Value> cells,
        boolean reverse)
        implements ForwardOp {
    static final String REVERSE = "reverse";

    /** Readers of printed ones, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>(RecurrenceBackward.READERS);
        for (Cell cell : Cell.values()) {
            for (boolean projected : cell.hasMemory() ? new boolean[] {false, true} : new boolean[] {false}) {
                readers.put(name(cell, projected, false), p -> read(p, cell, projected, false));
                readers.put(name(cell, projected, true), p -> read(p, cell, projected, true));
            }
        }
        return Map.copyOf(readers);
    }

    private static Recurrence read(PrintedOp p, Cell cell, boolean projected, boolean given) {
        return new Recurrence(
                p.origin(),
                cell,
                p.operand(),
                p.operand(),
                p.optionalOperand(Role.BIAS),
                projected ? Optional.of(p.operand()) : Optional.empty(),
                given ? Optional.of(p.operand()) : Optional.empty(),
                given && cell.hasMemory() ? Optional.of(p.operand()) : Optional.empty(),
                cell.keeps() ? Optional.of(p.saved()) : Optional.empty(),
                p.result(),
                cell.hasMemory() ? Optional.of(p.result()) : Optional.empty(),
                p.flag(REVERSE));
    }

    /** {@code lstm_projected_from}. */
    static String name(Cell cell, boolean projected, boolean given) {
        return cell.text() + (projected ? "_projected" : "") + (given ? "_from" : "");
    }

    /** Its call, which is one of the kernels of cells. */
    static KernelCall call(OpSignature signature) {
        return KernelCall.of(signature).by(KernelCall.Owner.RECURRENCES);
    }

    @Override
    public OpSignature signature() {
        OpSignature.Builder signature = OpSignature.of(name(cell, projection.isPresent(), h0.isPresent()))
                .from(p)
                .with(weight)
                .with(bias)
                .with(projection)
                .from(Stream.of(h0, c0).flatMap(Optional::stream).toList());
        kept.ifPresent(signature::saving);
        return signature.to(y).to(cells).attribute(REVERSE, reverse).build();
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        new RecurrentOnnx(this, nodes).write();
    }

    @Override
    public List<String> violations() {
        return check(cell, p, weight, projection, kept)
                .then(check -> {
                    Shape sequence = p.shape();
                    Shape states = sequence.withLast(weight.shape().last());
                    Shape memory = sequence.withLast(sequence.last() / cell.gates());
                    check.equal(bias, Shape.of(sequence.last()))
                            .equal(y, states)
                            .equal(cells, memory)
                            .equal(h0, states.with(1, 1))
                            .equal(c0, memory.with(1, 1))
                            .that(cells.isPresent() == cell.hasMemory(), () -> cell + " has other results")
                            .that(
                                    c0.isPresent() == (h0.isPresent() && cell.hasMemory()),
                                    () -> cell + " begins with something else");
                })
                .violations();
    }

    /** The shapes of what both passes have. */
    static ShapeCheck check(Cell cell, Value p, Value weight, Optional<Value> projection, Optional<Value> kept) {
        return new ShapeCheck().rank(p, 3).then(check -> {
            int gates = p.shape().last();
            int size = gates / cell.gates();
            int state = weight.shape().last();
            int rest = cell.kept() * size + (projection.isPresent() ? size : 0);
            check.equal(weight, Shape.of(gates, state))
                    .equal(projection, Shape.of(state, size))
                    .that(state == size || projection.isPresent(), () -> weight + " has states of another size")
                    .that(kept.isPresent() == cell.keeps(), () -> cell + " keeps something else for backward");
            kept.ifPresent(value -> check.equal(value, p.shape().withLast(rest)));
        });
    }

    @Override
    public long multiplyAdds() {
        long projected = projection.map(matrix -> matrix.shape().elements()).orElse(0L);
        return y.shape().axis(1) * (weight.shape().elements() + projected);
    }

    @Override
    public int biasAxis() {
        return 2;
    }

    // lstm(lstmProducts, weight, null, lstmKept, lstm, lstmCells, false);
    @Override
    public KernelCall call() {
        KernelCall call = call(signature());
        return bias.isPresent() ? call : call.withAbsent(weight);
    }

    // q = W h + b: dq is dp, but of GRU's n, where it is r dp; dW = Σ dqᵀ h over the steps, db = Σ dq.
    @Override
    public void backward(Tape tape) {
        Value dY = upstream(tape);
        List<Value> read =
                Stream.of(Optional.of(p), h0, c0).flatMap(Optional::stream).toList();
        Value[] dP = new Value[1];
        tape.write(read, gradients -> {
            dP[0] = gradients.get(0);
            return RecurrenceBackward.Input.of(
                    this, dY, cells.filter(tape::reaches).map(tape::gradient), gradients);
        });
        tape.contribute(
                weight,
                dW -> new RecurrenceBackward.Weight(
                        origin, kept.filter(gates -> cell == Cell.GRU), h0, y, dP[0], dW, reverse));
        tape.contribute(
                bias,
                db -> cell == Cell.GRU
                        ? new RecurrenceBackward.Bias(origin, kept.orElseThrow(), dP[0], db)
                        : new Linear.BackwardBias(origin, dP[0], db));
        tape.contribute(
                projection,
                dR -> new RecurrenceBackward.Projection(origin, weight, kept.orElseThrow(), dY, dP[0], dR, reverse));
    }

    /** The gradient by the states; zeros where something depends on the cells alone. */
    private Value upstream(Tape tape) {
        Value dY = tape.gradient(y);
        if (!tape.reaches(y)) {
            tape.add(Elementwise.zeros(origin, y, dY));
        }
        return dY;
    }
}
