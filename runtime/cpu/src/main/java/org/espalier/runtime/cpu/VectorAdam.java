package org.espalier.runtime.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.espalier.runtime.optim.InPlaceAdam;

/**
 * Adam's steps by the Vector API, which JVMs have that were started with {@code --add-modules jdk.incubator.vector}.
 * This class does not touch the API itself, so that it can be loaded without.
 */
public final class VectorAdam implements InPlaceAdam {
    private static final String MODULE = "jdk.incubator.vector";

    /** The compiler that turns the Vector API's calls into instructions is the one of the highest level. */
    private static final int OPTIMIZING = 4;

    private static final boolean AVAILABLE =
            ModuleLayer.boot().findModule(MODULE).isPresent() && hasOptimizingCompiler() && reachesMemory();

    /** For the service loader. */
    public VectorAdam() {}

    @Override
    public boolean isAvailable() {
        return AVAILABLE;
    }

    // Without that compiler, as in processes that development tools start, every call would make objects: some hundred
    // times slower than plain loops.
    private static boolean hasOptimizingCompiler() {
        HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return machine != null
                && Integer.parseInt(machine.getVMOption("TieredStopAtLevel").getValue()) >= OPTIMIZING;
    }

    private static boolean reachesMemory() {
        try {
            return VectorMemory.SPECIES.length() > 1;
        } catch (LinkageError error) {
            System.getLogger(VectorAdam.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "the Vector API of this JVM is not one that Espalier knows; updates do without it",
                            error);
            return false;
        }
    }

    @Override
    public Stretch over(ByteBuffer values, ByteBuffer gradients) {
        return new VectorAdamStretch(values, gradients);
    }
}
