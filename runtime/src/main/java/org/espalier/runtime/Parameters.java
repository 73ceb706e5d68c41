package org.espalier.runtime;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.espalier.runtime.kernel.memory.Guard;
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

    Parameters(Guard guard, OffHeap values, OffHeap gradients) {
        this.guard = guard;
        this.values = new Shared(values, 0, values.length());
        this.gradients = new Shared(gradients, 0, gradients.length());
        this.count = values.length();
    }

    void add(Parameter parameter) {
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

    /** How many there are. */
    public int size() {
        return byName.size();
    }

    /** How many learned numbers they have together. */
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
        return guard.use(gradients::get);
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

    /** Keeps what was given out no longer than its users do. */
    void forgetShared() {
        values.forget();
        gradients.forget();
        forEach(Parameter::forgetShared);
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
