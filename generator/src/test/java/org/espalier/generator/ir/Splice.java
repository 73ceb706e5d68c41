package org.espalier.generator.ir;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Value;

/** Operations of one graph with the values of another. Operations are records, so that none needs to know of it. */
record Splice(Map<Value, Value> values, Origin origin) {
    /** The same operation, of the other values and origin. */
    ForwardOp of(ForwardOp op) {
        RecordComponent[] components = op.getClass().getRecordComponents();
        try {
            Constructor<? extends ForwardOp> constructor = op.getClass()
                    .getDeclaredConstructor(Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new));
            Object[] parts = new Object[components.length];
            for (int i = 0; i < parts.length; i++) {
                parts[i] = part(components[i].getAccessor().invoke(op));
            }
            return constructor.newInstance(parts);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(op + " is no record that can be made again", e);
        }
    }

    private Object part(Object part) {
        if (part instanceof Value value) {
            return values.getOrDefault(value, value);
        } else if (part instanceof Optional<?> optional) {
            return optional.map(this::part);
        } else if (part instanceof List<?> list) {
            return list.stream().map(this::part).toList();
        }
        return part instanceof Origin ? origin : part;
    }
}
