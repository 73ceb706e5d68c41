package org.espalier.generator.analysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;

/** Remembers how each value came about, to tell the shapes that led to a mistake. */
final class Trail {
    /** As many lines as a message shows of a longer trail, from its beginning and from its end. */
    private static final int FIRST = 2;

    private static final int LAST = 6;

    private final Map<Value, Op> makers = new HashMap<>();

    void made(Op op) {
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
    Optional<Op> maker(Value value) {
        return Optional.ofNullable(makers.get(value));
    }

    private Optional<Value> before(Value value) {
        return maker(value).map(op -> {
            if (op instanceof Op.Concat concat) {
                return concat.parts().get(concat.parts().size() - 1);
            }
            return op instanceof Op.Add add ? add.b() : op.inputs().get(0);
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
            notes.add("  " + step.name() + " ".repeat(width - step.name().length() + 2) + step.shape() + "  ("
                    + step.span().citation() + ")");
        }
        return notes;
    }
}
