package org.espalier.generator.layer.attention;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.ParameterDecl.Role;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.shape.Concat;
import org.espalier.generator.layer.shape.Slice;

/**
 * Keys and values of attention behind those that are given, which no mask hides.
 *
 * @param learned whether one is learned (PyTorch's {@code add_bias_kv})
 * @param zeros whether one is zeros (PyTorch's {@code add_zero_attn})
 */
record FurtherKeys(boolean learned, boolean zeros) {
    private static final Function IDENTITY = Elementwise.formula("expand", List.of("x"), "x", Map.of());
    private static final Function ZERO = Elementwise.formula("zeros", List.of("like"), "0", Map.of());

    int count() {
        return (learned ? 1 : 0) + (zeros ? 1 : 0);
    }

    /** Keys or values [batch, keys, size] with the further ones, of which the learned one is a parameter. */
    Value behind(Wiring wiring, Value x, String parameter) {
        List<Value> parts = new ArrayList<>(List.of(x));
        if (learned) {
            int size = x.shape().last();
            InitializerDecl normal = new InitializerDecl.Normal(0, 1 / Math.sqrt(size));
            Value bias = wiring.parameter(parameter, Role.BIAS, normal, 1, 1, size);
            parts.add(expanded(wiring, bias, x.shape().with(1, 1)));
        }
        if (zeros) {
            parts.add(zeros(wiring, x, 1));
        }
        return joined(wiring, parts, 1);
    }

    /** A mask of scores [batch, …, queries, keys] that adds 0 to those of the further keys. */
    Value unmasked(Wiring wiring, Value mask, int queries) {
        if (count() == 0) {
            return mask;
        }
        int keys = mask.shape().last();
        Value whole = mask.shape().batched() ? mask : expanded(wiring, mask, Shape.batch(1, queries, keys));
        List<Value> parts = new ArrayList<>(List.of(whole));
        for (int i = 0; i < count(); i++) {
            parts.add(zeros(wiring, whole, whole.shape().rank() - 1));
        }
        return joined(wiring, parts, whole.shape().rank() - 1);
    }

    private static Value expanded(Wiring wiring, Value parameter, Shape shape) {
        Value expanded = wiring.between("expanded", shape);
        int axis = shape.rank() - parameter.shape().rank();
        wiring.add(new Elementwise(wiring.origin(), IDENTITY, List.of(parameter), List.of(axis), expanded));
        return expanded;
    }

    /** Zeros that are as long as a tensor along all axes but one, where they are 1. */
    private static Value zeros(Wiring wiring, Value like, int axis) {
        Value first = wiring.between("first", like.shape().with(axis, 1));
        Value zeros = wiring.between("zeros", first.shape());
        wiring.add(new Slice(wiring.origin(), like, List.of(first), axis, List.of(0)));
        wiring.add(Elementwise.of(wiring.origin(), ZERO, List.of(first), zeros));
        return zeros;
    }

    private static Value joined(Wiring wiring, List<Value> parts, int axis) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        int length = parts.stream().mapToInt(part -> part.shape().axis(axis)).sum();
        Value joined = wiring.between("further", parts.get(0).shape().with(axis, length));
        wiring.add(new Concat(wiring.origin(), parts, joined, axis));
        return joined;
    }
}
