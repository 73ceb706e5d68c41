package org.espalier.onnx.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Sorts nodes topologically and stably, in time linear in their number. */
final class NodeOrder {
    private enum Progress {
        NONE,
        /** Its inputs are on their way. */
        BEGUN,
        DONE
    }

    private final List<Node> nodes;
    private final Map<String, Integer> makers;
    private final Progress[] progress;
    private final List<Node> sorted = new ArrayList<>();

    /** With the place of the node that makes each value. */
    NodeOrder(List<Node> nodes, Map<String, Integer> makers) {
        this.nodes = nodes;
        this.makers = makers;
        this.progress = new Progress[nodes.size()];
        Arrays.fill(progress, Progress.NONE);
    }

    List<Node> sorted() throws MalformedModel {
        for (int i = 0; i < nodes.size(); i++) {
            add(i);
        }
        return sorted;
    }

    /** Adds a node behind everything that it needs; a chain may be too long for the stack of the JVM. */
    private void add(int first) throws MalformedModel {
        Deque<Integer> waiting = new ArrayDeque<>();
        waiting.push(first);
        while (!waiting.isEmpty()) {
            int place = waiting.peek();
            Node node = nodes.get(place);
            switch (progress[place]) {
                case DONE -> waiting.pop();
                case BEGUN -> {
                    progress[place] = Progress.DONE;
                    sorted.add(node);
                    waiting.pop();
                }
                case NONE -> {
                    progress[place] = Progress.BEGUN;
                    for (int input = node.inputs().size() - 1; input >= 0; input--) {
                        Integer maker = makers.get(node.inputs().get(input));
                        if (maker != null && progress[maker] == Progress.BEGUN) {
                            throw new MalformedModel(
                                    "its nodes read each other in a circle, '" + node.name() + "' among them");
                        }
                        if (maker != null) {
                            waiting.push(maker);
                        }
                    }
                }
            }
        }
    }
}
