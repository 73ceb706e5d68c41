package org.espalier.inference.product;

/**
 * Tells whether kernels can use the Vector API, which JVMs have that were started with {@code --add-modules
 * jdk.incubator.vector}. This class does not touch the API, so that it can be loaded without.
 */
public final class VectorSupport {
    /** Floats of a vector, 0 without the API. */
    public static final int LANES =
            ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() && hasOptimizingCompiler() ? lanes() : 0;

    private VectorSupport() {}

    // Without the compiler of the highest level, as in processes that development tools start, every call would make
    // objects: some hundred times slower than plain loops. Options of the command line are read by the management
    // bean of the JDK where that is present; this one is told by the name of the compiler alone.
    private static boolean hasOptimizingCompiler() {
        return !System.getProperty("java.vm.info", "").contains("emulated-client")
                && !System.getProperty("java.vm.info", "").contains("interpreted");
    }

    private static int lanes() {
        try {
            return VectorTileProduct.LANES;
        } catch (LinkageError unknown) {
            // The incubating API of another JDK than it was compiled for: loops do without it.
            return 0;
        }
    }
}
