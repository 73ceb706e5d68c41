package org.espalier.runtime.file;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The tensors and notes of a network that a file has, and what messages call the network. They are the network's own:
 * reading a file writes to them.
 *
 * @param name the network's class without its package
 * @param type the network's class
 * @param dataType FLOAT or DOUBLE, that of all tensors but those of whole numbers, which are INT
 * @param parameters by path, in the order of the layers
 * @param statistics by path
 * @param limits what the elements of statistics of whole numbers are below, by path
 * @param notes texts that go with them
 */
public record NetworkTensors(
        String name,
        String type,
        DataType dataType,
        Map<String, INDArray> parameters,
        Map<String, INDArray> statistics,
        Map<String, Integer> limits,
        Notes notes) {
    /** Copies the maps, keeping their order. */
    public NetworkTensors {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        statistics = Collections.unmodifiableMap(new LinkedHashMap<>(statistics));
        limits = Map.copyOf(limits);
    }

    /** Parameters, then statistics. */
    Map<String, INDArray> all() {
        Map<String, INDArray> all = new LinkedHashMap<>(parameters);
        all.putAll(statistics);
        return all;
    }
}
