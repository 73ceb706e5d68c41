package org.espalier.generator.ir;

/**
 * The memory that the compiler plans for a network while it is trained, in bytes. Kernels have a workspace besides, of
 * which the compiler knows nothing: it depends on the machine, and the network itself says how large it is.
 */
public final class Footprint {
    private final Program program;
    private final Graph graph;
    private final long bytes;

    /**
     * Of a program.
     *
     * @param program with its memory planned
     */
    public Footprint(Program program) {
        this.program = program;
        this.graph = program.graph();
        this.bytes = graph.precision().bytes();
    }

    /** Activations and their gradients, for each sample of a batch. */
    public long perSample() {
        return bytes * program.memory().perSample();
    }

    /** Activations without a batch axis, such as means over the batch. */
    public long besides() {
        return bytes * program.memory().fixed();
    }

    /** Parameters alone. */
    public long parameters() {
        return bytes * graph.parameterCount();
    }

    /** Counts the bytes of statistics, which are kept between steps, but not learned. */
    public long statistics() {
        return bytes
                * graph.statistics().stream()
                        .mapToLong(statistic -> statistic.value().shape().elements())
                        .sum();
    }

    /** Counts the bytes that the optimizer keeps for the parameters that are not frozen. */
    public long optimizer() {
        return graph.parameters().stream()
                .filter(parameter -> !parameter.frozen())
                .mapToLong(parameter -> graph.optimizer(parameter)
                        .map(optimizer -> bytes * parameter.value().shape().elements() * optimizer.states())
                        .orElse(0L))
                .sum();
    }

    /** All of it for a batch of a size: parameters and their gradients, and everything else. */
    public long total(long batch) {
        return perSample() * batch + besides() + 2 * parameters() + statistics() + optimizer();
    }
}
