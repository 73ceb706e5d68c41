package org.espalier.generator.rewrite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.Effect.Slices.Part;
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

    private CommonSlices() {}

    static List<ForwardOp> merge(List<ForwardOp> operations) {
        Map<Source, List<ForwardOp>> sources = new LinkedHashMap<>();
        for (ForwardOp op : operations) {
            op.slices()
                    .ifPresent(slices -> sources.computeIfAbsent(source(slices), key -> new ArrayList<>())
                            .add(op));
        }
        sources.entrySet()
                .removeIf(several -> several.getValue().size() < 2
                        || overlap(parts(several.getValue()), several.getKey().axis()));
        List<ForwardOp> merged = new ArrayList<>();
        for (ForwardOp op : operations) {
            List<ForwardOp> several =
                    op.slices().map(slices -> sources.get(source(slices))).orElse(List.of());
            if (several.isEmpty()) {
                merged.add(op);
            } else if (several.get(0).equals(op)) {
                merged.add(merged(several));
            }
        }
        return merged;
    }

    private static Source source(Effect.Slices slices) {
        return new Source(slices.in(), slices.axis());
    }

    private static List<Part> parts(List<ForwardOp> operations) {
        return operations.stream()
                .flatMap(op -> op.slices().stream())
                .flatMap(slices -> slices.parts().stream())
                .sorted(Comparator.comparing(Part::from))
                .toList();
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

    private static Slice merged(List<ForwardOp> operations) {
        ForwardOp first = operations.get(0);
        Source source = source(first.slices().orElseThrow());
        List<Part> parts = parts(operations);
        return new Slice(
                first.origin(),
                source.x(),
                parts.stream().map(Part::value).toList(),
                source.axis(),
                parts.stream().map(Part::from).toList());
    }
}
