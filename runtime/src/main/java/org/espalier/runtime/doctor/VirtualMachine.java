package org.espalier.runtime.doctor;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;

/** Asks the JVM how it was started. */
final class VirtualMachine {
    private static final int OPTIMIZING = 4;

    /** From this JDK on, code that loads natives without being allowed to is warned of. */
    private static final int WARNS_OF_NATIVES = 24;

    private VirtualMachine() {}

    /** Tells whether it compiles what runs often as well as it can. */
    static boolean hasOptimizingCompiler() {
        HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            return machine == null
                    || Integer.parseInt(machine.getVMOption("TieredStopAtLevel").getValue()) >= OPTIMIZING;
        } catch (IllegalArgumentException unknown) {
            // Another JVM, whose compilers have no levels.
            return true;
        }
    }

    /** Tells whether natives may be loaded without a warning. */
    static boolean allowsNativeAccess() {
        if (Runtime.version().feature() < WARNS_OF_NATIVES) {
            return true;
        }
        try {
            Object allowed = Module.class.getMethod("isNativeAccessEnabled").invoke(VirtualMachine.class.getModule());
            return Boolean.TRUE.equals(allowed);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException unknown) {
            return true;
        }
    }
}
