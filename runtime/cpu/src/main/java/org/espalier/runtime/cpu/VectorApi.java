package org.espalier.runtime.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * Tells whether the Vector API can be used, which JVMs have that were started with {@code --add-modules
 * jdk.incubator.vector}. This class does not touch the API, so that it can be loaded without.
 */
final class VectorApi {
    private static final String MODULE = "jdk.incubator.vector";

    /** The compiler that turns the Vector API's calls into instructions is the one of the highest level. */
    private static final int OPTIMIZING = 4;

    /** Floats of a vector, 0 without the API. */
    static final int LANES = ModuleLayer.boot().findModule(MODULE).isPresent() && hasOptimizingCompiler() ? lanes() : 0;

    private VectorApi() {}

    // Without that compiler, as in processes that development tools start, every call would make objects: some hundred
    // times slower than plain loops.
    private static boolean hasOptimizingCompiler() {
        HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            return machine != null
                    && Integer.parseInt(machine.getVMOption("TieredStopAtLevel").getValue()) >= OPTIMIZING;
        } catch (IllegalArgumentException unknown) {
            // A JVM whose compilers have no levels: another one, or one without compilers.
            return false;
        }
    }

    private static int lanes() {
        try {
            return VectorMemory.SPECIES.length();
        } catch (LinkageError error) {
            System.getLogger(VectorApi.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "the Vector API of this JVM is not one that Espalier knows; kernels do without it",
                            error);
            return 0;
        }
    }
}
