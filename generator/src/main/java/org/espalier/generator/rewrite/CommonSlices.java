package org.espalier.generator.rewrite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.shape.Slice;

/**
 * Makes the parts that are taken of one tensor along one axis parts of one slice, as of {@code qkv[:, 0]},
 * {@code qkv[:, 1]} and {@code qkv[:, 2]}: backward then puts their gradients side by side instead of adding tensors up
 * that are zero elsewhere.
 */
final class CommonSlices {
    private record Source(Value x, int axis) {}

    private record Part(Value value, int from) {}

    private CommonSlices() {}

    static List<ForwardOp> merge(List<ForwardOp> operations) {
        Map<Source, List<Slice>> slices = new LinkedHashMap<>();
        for (ForwardOp op : operations) {
            if (op instanceof Slice slice) {
                slices.computeIfAbsent(source(slice), key -> new ArrayList<>()).add(slice);
            }
        }
        slices.entrySet()
                .removeIf(several -> several.getValue().size() < 2
                        || overlap(parts(several.getValue()), several.getKey().axis()));
        List<ForwardOp> merged = new ArrayList<>();
        for (ForwardOp op : operations) {
            List<Slice> several = op instanceof Slice slice ? slices.get(source(slice)) : null;
            if (several == null) {
                merged.add(op);
            } else if (several.get(0).equals(op)) {
                merged.add(merged(several));
            }
        }
        return merged;
    }

    private static Source source(Slice slice) {
        return new Source(slice.x(), slice.axis());
    }

    private static List<Part> parts(List<Slice> slices) {
        List<Part> parts = new ArrayList<>();
        for (Slice slice : slices) {
            for (int i = 0; i < slice.parts().size(); i++) {
                parts.add(new Part(slice.parts().get(i), slice.from().get(i)));
            }
        }
        parts.sort(Comparator.comparing(Part::from));
        return parts;
    }

    private static boolean overlap(List<Part> parts, int axis) {
        int free = 0;
        for (Part part : parts) {
            if (part.from() < free) {
                return true;
            }
            free = part.from() + part.value().shape().axis(axis);
        }
        return false;
    }

    private static Slice merged(List<Slice> slices) {
        Slice first = slices.get(0);
        List<Part> parts = parts(slices);
        return new Slice(
                first.origin(),
                first.x(),
                parts.stream().map(Part::value).toList(),
                first.axis(),
                parts.stream().map(Part::from).toList());
    }
}
