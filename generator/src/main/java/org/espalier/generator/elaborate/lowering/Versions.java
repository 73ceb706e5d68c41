package org.espalier.generator.elaborate.lowering;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.Value;

/**
 * Contents of PyTorch's tensors after layers have worked in place. {@code LeakyReLU(0.2, inplace=true)} overwrites its
 * input, so whoever reads that input later, as the skip of pix2pix does, reads the activated one. Values are never
 * really overwritten here: a later reader is only handed the later value.
 */
final class Versions {
    /** Value that another has become, or the layer that has overwritten it under another shape. */
    record Version(Value value, Optional<String> overwritten) {}

    private final Map<Value, List<Value>> sharing = new HashMap<>();
    private final Map<Value, Value> latest = new HashMap<>();
    private final Map<Value, String> overwritten = new HashMap<>();

    /** The version of a value that is read now. */
    Version of(Value value) {
        return new Version(latest.getOrDefault(value, value), Optional.ofNullable(overwritten.get(value)));
    }

    /** Takes note that {@code y} is the memory of {@code x} under its own shape. */
    void view(Value x, Value y) {
        List<Value> group = sharing.computeIfAbsent(x, Versions::alone);
        group.add(y);
        sharing.put(y, group);
    }

    /** Takes note that a layer wrote {@code y} over {@code x}. */
    void overwrite(Value x, Value y, String layer) {
        view(x, y);
        for (Value other : sharing.getOrDefault(x, List.of())) {
            if (other.equals(y)) {
                continue;
            }
            if (other.shape().equals(y.shape())) {
                latest.put(other, y);
            } else {
                overwritten.put(other, layer);
            }
        }
    }

    private static List<Value> alone(Value value) {
        List<Value> group = new ArrayList<>();
        group.add(value);
        return group;
    }
}
