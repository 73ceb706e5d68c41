package org.espalier.runtime.storage;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.runtime.kernel.elementwise.DoubleFormula;
import org.espalier.runtime.kernel.memory.Indices;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tensors that a network keeps between steps and saves, but does not learn, by path: running means and variances, and
 * buffers.
 */
public final class RunningStatistics {
    private final DataType type;

    /** The owner of the memory that they lie in, if it is not their own. */
    private final @Nullable RunningStatistics owner;

    private final Map<String, Statistic> byName = new LinkedHashMap<>();
    private final Map<String, Integer> limits = new LinkedHashMap<>();

    /** One tensor: for kernels, and to be given out. */
    private record Statistic(OffHeap memory, INDArray array, Shared shared) {}

    /** None yet, of this type. */
    public RunningStatistics(DataType type) {
        this(type, null);
    }

    private RunningStatistics(DataType type, @Nullable RunningStatistics owner) {
        this.type = type;
        this.owner = owner;
    }

    /** None yet; those that are added lie in the memory of these, and have their elements. */
    public RunningStatistics sharing() {
        return new RunningStatistics(type, owner == null ? this : owner);
    }

    /**
     * Adds a tensor.
     *
     * @param initial its every element, unless it lies in the memory of another network's
     * @throws IllegalStateException if there is one of that name
     */
    public INDArray add(String name, double initial, long... shape) {
        OffHeap memory = memory(name, type, count(shape));
        INDArray array = memory.view(0, shape.clone());
        if (owner == null) {
            array.assign(initial);
        }
        return keep(name, new Statistic(memory, array, new Shared(memory, 0, shape.clone())));
    }

    /**
     * Adds a tensor.
     *
     * @param values of the elements by their places along each axis
     * @throws IllegalStateException if there is one of that name
     */
    public INDArray add(String name, DoubleFormula values, long... shape) {
        OffHeap memory = memory(name, type, count(shape));
        INDArray array = memory.view(0, shape.clone());
        if (owner == null) {
            PlacedNumbers.compute(values, Numbers.of(array)::put, shape);
        }
        return keep(name, new Statistic(memory, array, new Shared(memory, 0, shape.clone())));
    }

    /**
     * Adds a tensor of whole numbers.
     *
     * @param values of the elements by their places along each axis
     * @param limit what each must be below, counted from 0, also if it is read from a file
     * @throws IllegalStateException if there is one of that name
     */
    public INDArray add(String name, DoubleFormula values, int limit, long... shape) {
        OffHeap memory = memory(name, DataType.INT32, count(shape));
        INDArray array = memory.view(0, shape.clone());
        if (owner == null) {
            long[] numbers = new long[Math.toIntExact(memory.length())];
            PlacedNumbers.compute(values, (index, value) -> numbers[(int) index] = Math.round(value), shape);
            Indices.write(numbers, array);
        }
        limits.put(name, limit);
        return keep(name, new Statistic(memory, array, new Shared(memory, 0, shape.clone())));
    }

    private static long count(long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        return count;
    }

    /** Memory for a tensor, or that which the owner's has. */
    private OffHeap memory(String name, DataType elements, long count) {
        if (owner == null) {
            return OffHeap.allocate(elements, count);
        }
        Statistic statistic = owner.byName.get(name);
        if (statistic == null) {
            throw new IllegalStateException("the network whose statistics are shared has no '" + name + "'");
        }
        return statistic.memory;
    }

    private INDArray keep(String name, Statistic statistic) {
        if (byName.putIfAbsent(name, statistic) != null) {
            if (owner == null) {
                statistic.memory.free();
            }
            throw new IllegalStateException("statistic '" + name + "' is declared twice");
        }
        return statistic.array;
    }

    /** The numbers that elements of tensors of whole numbers must be below, by path. */
    public Map<String, Integer> limits() {
        return Collections.unmodifiableMap(limits);
    }

    /** The tensors by path, for the network itself. */
    public Map<String, INDArray> arrays() {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        byName.forEach((name, statistic) -> arrays.put(name, statistic.array));
        return Collections.unmodifiableMap(arrays);
    }

    /** The tensors by path, to be given out. */
    public Map<String, INDArray> shared() {
        Map<String, INDArray> shared = new LinkedHashMap<>();
        byName.forEach((name, statistic) -> shared.put(name, statistic.shared.get()));
        return Collections.unmodifiableMap(shared);
    }

    /** Tells whether an array that was given out begins in one of them. */
    public boolean holds(INDArray array) {
        for (Statistic statistic : byName.values()) {
            if (statistic.memory.holds(array)) {
                return true;
            }
        }
        return false;
    }

    /** Size in bytes of those that lie in memory of their own. */
    public long bytes() {
        if (owner != null) {
            return 0;
        }
        return byName.values().stream()
                .mapToLong(statistic -> statistic.memory.bytes())
                .sum();
    }

    /** Frees them, or lets those that were given out be freed. */
    public void free() {
        byName.values().forEach(statistic -> {
            statistic.shared.forget();
            if (owner == null) {
                statistic.memory.free();
            }
        });
    }
}
