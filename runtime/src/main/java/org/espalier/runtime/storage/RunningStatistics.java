package org.espalier.runtime.storage;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tensors that a network keeps between steps and saves, but does not learn: running means and variances, by path. */
public final class RunningStatistics {
    private final DataType type;
    private final Map<String, Statistic> byName = new LinkedHashMap<>();

    /** One tensor: for kernels, and to be given out. */
    private record Statistic(OffHeap memory, INDArray array, Shared shared) {}

    /** None yet, of this type. */
    public RunningStatistics(DataType type) {
        this.type = type;
    }

    /**
     * Adds a tensor.
     *
     * @param initial its every element
     * @throws IllegalStateException if there is one of that name
     */
    public INDArray add(String name, double initial, long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        OffHeap memory = OffHeap.allocate(type, count);
        INDArray array = memory.view(0, count).assign(initial);
        if (byName.putIfAbsent(name, new Statistic(memory, array, new Shared(memory, 0, count))) != null) {
            memory.free();
            throw new IllegalStateException("statistic '" + name + "' is declared twice");
        }
        return array;
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

    /** Their size in bytes. */
    public long bytes() {
        return byName.values().stream()
                .mapToLong(statistic -> statistic.memory.bytes())
                .sum();
    }

    /** Frees them, or lets those that were given out be freed. */
    public void free() {
        byName.values().forEach(statistic -> {
            statistic.shared.forget();
            statistic.memory.free();
        });
    }
}
