package org.espalier.runtime;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.espalier.runtime.kernel.memory.Guard;
import org.espalier.runtime.storage.OffHeap;
import org.espalier.runtime.storage.Shared;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters of a network, in the order of its layers. They lie one after the other, without gaps, in one array of
 * values and one of gradients.
 */
public final class Parameters implements Iterable<Parameter> {
    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private final Guard guard;
    private final Shared values;
    private final Shared gradients;
    private final long count;
    private final OffHeap flatValues;
    private final OffHeap flatGradients;
    private final boolean own;
    private long declaredCount;

    /** Memory for parameters of a network, none of which is declared yet. */
    Parameters(Guard guard, DataType type, long count) {
        this(guard, OffHeap.allocate(type, count), OffHeap.zeros(type, count), true);
    }

    private Parameters(Guard guard, OffHeap flatValues, OffHeap flatGradients, boolean own) {
        this.guard = guard;
        this.count = flatValues.length();
        this.flatValues = flatValues;
        this.flatGradients = flatGradients;
        this.own = own;
        this.values = new Shared(flatValues, 0, count);
        this.gradients = new Shared(flatGradients, 0, count);
    }

    /** The same memory for parameters of a network that shares them, none of which is declared yet. */
    Parameters sharing(Guard other) {
        forEach(Parameter::givesGradientOut);
        return new Parameters(other, flatValues, flatGradients, false);
    }

    /**
     * Declares the next parameter.
     *
     * @param network for messages
     */
    Parameter declare(String network, String name, Initializer initializer, long... shape) {
        long length = 1;
        for (long size : shape) {
            length *= size;
        }
        if (declaredCount + length > count) {
            throw new IllegalStateException(
                    network + " has " + count + " learned numbers, and '" + name + "' goes past that");
        }
        Parameter parameter = new Parameter(guard, name, initializer, flatValues, flatGradients, declaredCount, shape);
        if (!own) {
            parameter.givesGradientOut();
        }
        add(parameter);
        declaredCount += length;
        return parameter;
    }

    /**
     * Says that all are declared.
     *
     * @param network for messages
     */
    void declared(String network) {
        if (declaredCount != count) {
            throw new IllegalStateException(
                    network + " has " + count + " learned numbers, but declared " + declaredCount);
        }
        forEach(Parameter::declared);
    }

    private void add(Parameter parameter) {
        if (byName.putIfAbsent(parameter.name(), parameter) != null) {
            throw new IllegalStateException("parameter '" + parameter.name() + "' is declared twice");
        }
    }

    /**
     * The parameter of a path.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Parameter get(String name) {
        Parameter parameter = byName.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("no parameter '" + name + "'; there are " + byName.keySet());
        }
        return parameter;
    }

    /** Returns the number of parameters. */
    public int size() {
        return byName.size();
    }

    /** Returns the number of learned numbers that they have together. */
    public long count() {
        return count;
    }

    /**
     * All values as one array {@code [count]}, a view into the network. An array that was asked for before the network
     * was closed keeps them.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    public INDArray values() {
        return guard.use(values::get);
    }

    /**
     * All gradients as one array {@code [count]}, a view into the network. An array that was asked for before the
     * network was closed keeps them.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    public INDArray gradients() {
        return guard.use(() -> {
            forEach(Parameter::givesGradientOut);
            return gradients.get();
        });
    }

    /**
     * Norms of each parameter, and how many of its numbers are 0 or near it; {@link Magnitudes#table} makes a table of
     * them.
     *
     * @param below greatest absolute value, exclusive, of what counts as small
     * @throws IllegalArgumentException if {@code below} is negative or NaN
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    public List<Magnitudes> magnitudes(double below) {
        return guard.use(
                () -> stream().map(parameter -> parameter.magnitudes(below)).toList());
    }

    /** Each by its path, for the network itself. */
    Map<String, INDArray> arrays() {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        forEach(parameter -> arrays.put(parameter.name(), parameter.numbers()));
        return arrays;
    }

    /** All values, for the network itself. */
    INDArray flatValues() {
        return flatValues.flat();
    }

    /** All gradients, for the network itself. */
    INDArray flatGradients() {
        return flatGradients.flat();
    }

    /** Tells whether an array that was given out begins in the gradients. */
    boolean isGradient(INDArray array) {
        return flatGradients.holds(array);
    }

    /** Sets all gradients to 0. */
    void zeroGradients() {
        if (count > 0) {
            flatGradients.flat().assign(0);
        }
    }

    /** Their size and that of their gradients, in bytes; 0 if they are another network's. */
    long bytes() {
        return !own ? 0 : flatValues.bytes() + flatGradients.bytes();
    }

    /** Keeps what was given out no longer than its users do. */
    void forgetShared() {
        values.forget();
        gradients.forget();
        forEach(Parameter::forgetShared);
    }

    void free() {
        if (own) {
            flatValues.free();
            flatGradients.free();
        }
    }

    /** In the order of the network's layers. */
    public Stream<Parameter> stream() {
        return StreamSupport.stream(spliterator(), false);
    }

    @Override
    public Iterator<Parameter> iterator() {
        return Collections.unmodifiableCollection(byName.values()).iterator();
    }
}
