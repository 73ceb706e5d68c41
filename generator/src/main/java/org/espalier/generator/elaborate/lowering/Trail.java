package org.espalier.generator.elaborate.lowering;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;

/** Remembers how each value came about, to tell the shapes that led to a mistake. */
final class Trail {
    /** As many lines as a message shows of a longer trail, from its beginning and from its end. */
    private static final int FIRST = 2;

    private static final int LAST = 6;

    private final Map<Value, ForwardOp> makers = new HashMap<>();

    void made(ForwardOp op) {
        op.outputs().forEach(value -> makers.put(value, op));
    }

    /** The values from the network's input to this one; where tensors were joined, along the last of them. */
    List<Value> to(Value value) {
        Deque<Value> trail = new ArrayDeque<>();
        Optional<Value> at = Optional.of(value);
        while (at.isPresent()) {
            trail.addFirst(at.get());
            at = before(at.get());
        }
        return new ArrayList<>(trail);
    }

    /** The operation that made a value; empty for an input. */
    Optional<ForwardOp> maker(Value value) {
        return Optional.ofNullable(makers.get(value));
    }

    private Optional<Value> before(Value value) {
        return maker(value).map(op -> {
            List<Value> sources = op.signature().sources();
            List<Value> read = sources.isEmpty() ? op.inputs() : sources;
            return read.get(read.size() - 1);
        });
    }

    /** The trail as lines of a message. */
    List<String> notes(Value value) {
        List<Value> trail = to(value);
        int width = 0;
        for (Value step : trail) {
            width = Math.max(width, step.name().length());
        }
        List<String> notes = new ArrayList<>();
        notes.add("the shapes that led here:");
        for (int i = 0; i < trail.size(); i++) {
            if (i == FIRST && trail.size() > FIRST + LAST + 1) {
                i = trail.size() - LAST;
                notes.add("  … " + (i - FIRST) + " more …");
            }
            Value step = trail.get(i);
            notes.add("  " + step.name() + " ".repeat(width - step.name().length() + 2) + step.type() + "  ("
                    + step.span().citation() + ")");
        }
        return notes;
    }
}
