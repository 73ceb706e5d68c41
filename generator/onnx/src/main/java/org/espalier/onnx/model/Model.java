package org.espalier.onnx.model;

import java.util.List;
import java.util.Map;

/**
 * A model as it was read.
 *
 * @param name the name of its graph
 * @param inputs what it computes from, without those that initializers have numbers for
 * @param nodes the nodes, each behind those that it reads
 * @param constants its initializers by name
 * @param outputs the names of its results
 */
public record Model(
        String name, List<Input> inputs, List<Node> nodes, Map<String, Constant> constants, List<String> outputs) {
    /** Copies the lists. */
    public Model {
        inputs = List.copyOf(inputs);
        nodes = List.copyOf(nodes);
        constants = Map.copyOf(constants);
        outputs = List.copyOf(outputs);
    }

    /**
     * An input.
     *
     * @param name its name
     * @param kind the kind of its elements
     * @param sizes its sizes; one that the model does not fix is −1
     */
    public record Input(String name, ElementKind kind, List<Long> sizes) {
        /** Copies the list. */
        public Input {
            sizes = List.copyOf(sizes);
        }
    }
}
