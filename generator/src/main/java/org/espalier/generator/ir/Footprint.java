package org.espalier.generator.ir;

/**
 * What a network holds in memory while it is trained, in bytes. Only the activations depend on the batch in a simple
 * way; the {@link Workspace} also depends on how many threads kernels run on.
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

    /** What is kept between steps, but not learned. */
    public long statistics() {
        return bytes
                * graph.statistics().stream()
                        .mapToLong(statistic -> statistic.value().shape().elements())
                        .sum();
    }

    /** What the optimizer keeps for each parameter that is not frozen. */
    public long optimizer() {
        long trained = graph.parameters().stream()
                .filter(parameter -> !parameter.frozen())
                .mapToLong(parameter -> parameter.value().shape().elements())
                .sum();
        return graph.optimizer()
                .map(optimizer -> bytes * trained * optimizer.accept(Moments.INSTANCE))
                .orElse(0L);
    }

    /** What kernels compute in, one after the other: as much as the one that needs the most. */
    public long workspace(long batch, int threads) {
        if (graph.precision() != Precision.FLOAT32) {
            return 0;
        }
        Workspace workspace = new Workspace(batch, threads);
        return bytes
                * program.operations().stream()
                        .mapToLong(op -> op.accept(workspace))
                        .max()
                        .orElse(0);
    }

    /** All of it: parameters and their gradients, and everything else. */
    public long total(long batch, int threads) {
        return perSample() * batch
                + besides()
                + 2 * parameters()
                + statistics()
                + optimizer()
                + workspace(batch, threads);
    }
}
