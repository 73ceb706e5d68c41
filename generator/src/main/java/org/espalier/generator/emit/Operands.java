package org.espalier.generator.emit;

import com.palantir.javapoet.ClassName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;
import org.espalier.generator.ir.Window;

/** What the emitters share: how operands are written, and what is said about them. */
final class Operands {
    /** How many shapes a remark lists. */
    private static final int MOST_SHAPES = 12;

    /** The grow-only scratch memory of {@code Network}. */
    static final String WORKSPACE = "workspace";

    /** Whether {@code Network} is in training mode. */
    static final String TRAINING = "training";

    /** The random numbers of {@code Network}. */
    static final String RANDOM = "random";

    /** Whether {@code Network} has gradients that wait for an update. */
    static final String ACCUMULATE = "accumulate";

    /** Stands for {@code accumulate} where a gradient written earlier in the same pass must stay. */
    static final String ADD = "true";

    private final Parts parts;
    private final Part here;
    private final Windows windows;
    private final Storage storage;
    private final Set<Value> written;

    private Operands(Parts parts, Part here, Windows windows, Storage storage, Set<Value> written) {
        this.parts = parts;
        this.here = here;
        this.windows = windows;
        this.storage = storage;
        this.written = written;
    }

    /** Operands in the generated class itself. */
    Operands(Parts parts, Windows windows, Storage storage) {
        this(parts, parts.main(), windows, storage, new HashSet<>());
    }

    /** The same, as they are written in a part. */
    Operands in(Part part) {
        return new Operands(parts, part, windows, storage, written);
    }

    Storage storage() {
        return storage;
    }

    /** A value as it is written here. */
    String field(Value value) {
        return parts.field(value, here);
    }

    /**
     * A call of a kernel.
     *
     * @param operands values and windows, written by their names, numbers, and what is to stand as it is; an empty
     *     {@link Optional} is left out
     */
    Emission.Call call(String kernel, Object... operands) {
        return call(RuntimeTypes.KERNELS, kernel, operands);
    }

    /** A call of an element-wise function or of softmax. */
    Emission.Call activation(String kernel, Object... operands) {
        return call(RuntimeTypes.ACTIVATIONS, kernel, operands);
    }

    private Emission.Call call(ClassName owner, String kernel, Object... operands) {
        List<String> arguments = new ArrayList<>();
        for (Object operand : operands) {
            if (operand instanceof Optional<?> optional) {
                optional.ifPresent(present -> arguments.add(written(present)));
            } else {
                arguments.add(written(operand));
            }
        }
        return new Emission.Call(owner, kernel, arguments);
    }

    /** What of {@code Network} changes, so that nested classes ask for it each time. */
    private static final Set<String> ASKED_FOR = Set.of(ACCUMULATE, RANDOM, TRAINING);

    private String written(Object operand) {
        if (operand instanceof Value value) {
            return field(value);
        }
        if (operand instanceof Window window) {
            return windows.constant(window);
        }
        if (operand instanceof Double number) {
            return Literals.number(number);
        }
        String text = operand.toString();
        return here.isNested() && ASKED_FOR.contains(text) ? text + "()" : text;
    }

    /**
     * How the gradient of a parameter is written: the first time in a backward pass as {@code Network.accumulate} says,
     * after that always by adding, since the layers that share the parameter add up.
     */
    String accumulate(Value parameterGradient) {
        return written.add(parameterGradient) ? ACCUMULATE : ADD;
    }

    /** {@code in place}, if that is how it is. */
    String inPlace(Value from, Value to) {
        return storage.same(from, to) ? "in place" : "";
    }

    /** {@code [batch, 3, 64, 64] -> [batch, 64, 32, 32]}, or nothing if the shape stays. */
    static String shapes(Value from, Value to) {
        return from.shape().equals(to.shape()) ? "" : shapes(List.of(from), to);
    }

    /** {@code [batch, 3, 64, 64], [batch, 64, 32, 32] -> [64, 3, 4, 4]}; of many, how many they are. */
    static String shapes(List<Value> from, Value to) {
        String given = from.size() > MOST_SHAPES
                ? from.size() + " parts"
                : from.stream().map(Value::shape).map(Shape::toString).collect(Collectors.joining(", "));
        return given + " -> " + to.shape();
    }
}
