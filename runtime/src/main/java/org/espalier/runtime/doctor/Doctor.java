package org.espalier.runtime.doctor;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.espalier.runtime.kernel.memory.NativeLibraries;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.product.Gemm;

/**
 * Looks at the machine, the JVM and the class path that networks run on, and says in a sentence each what is missing or
 * slow and what to change. On a server that has an application and nothing else,
 *
 * <pre>
 *   java -cp app.jar org.espalier.runtime.doctor.Doctor
 * </pre>
 *
 * <p>does so for that application's class path, with the options that follow {@code java}.
 */
public final class Doctor {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final int OPTIMIZING = 4;

    /** Of a thread that computes eight floats at once at 2 GHz, a third. */
    private static final double SLOW_GIGAFLOPS = 10;

    private Doctor() {}

    /** Prints the findings; the exit code is 1 if networks cannot be trained. */
    public static void main(String[] arguments) {
        List<Finding> findings = examine();
        lines(findings).forEach(System.out::println);
        System.exit(findings.stream().anyMatch(Finding::isMissing) ? 1 : 0);
    }

    /** Looks at everything. */
    public static List<Finding> examine() {
        // Before natives are loaded: with that, a JVM that warns of it takes it for allowed.
        Finding access = nativeAccess();
        Processor processor = Processor.here();
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.fine(
                "CPU",
                processor.model()
                        + (processor.extensions().isEmpty() ? "" : ": " + String.join(", ", processor.extensions()))));
        findings.add(java());
        Finding natives = natives();
        findings.add(natives);
        if (!natives.isMissing()) {
            findings.add(blas(processor));
        }
        findings.add(threads());
        findings.add(vectors(processor));
        findings.add(access);
        findings.add(MemoryLimits.here().finding());
        return List.copyOf(findings);
    }

    /** The findings in columns, the advice below what it is about. */
    public static List<String> lines(List<Finding> findings) {
        int width = findings.stream()
                .mapToInt(finding -> finding.subject().length())
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        for (Finding finding : findings) {
            lines.add(String.format(Locale.ROOT, "%-" + width + "s  %s", finding.subject(), finding.found()));
            finding.advice().ifPresent(advice -> lines.add(" ".repeat(width) + "  -> " + advice));
        }
        return lines;
    }

    private static Finding java() {
        String found = System.getProperty("java.version") + ", " + System.getProperty("java.vendor") + ", "
                + System.getProperty("java.vm.name");
        List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments();
        if (Runtime.version().feature() < 17) {
            return Finding.missing("JDK", found, "Espalier needs Java 17 or newer: run it with one.");
        }
        if (options.contains("-Xint")) {
            return Finding.slow("JDK", found, "-Xint interprets all Java: leave it out.");
        }
        if (!VirtualMachine.hasOptimizingCompiler()) {
            return Finding.slow(
                    "JDK",
                    found,
                    "this JVM was started without its optimizing compiler, by -XX:TieredStopAtLevel below " + OPTIMIZING
                            + " perhaps: leave that out, or kernels in Java take several times as long.");
        }
        return Finding.fine("JDK", found);
    }

    private static Finding natives() {
        try {
            NativeLibraries.load();
        } catch (IllegalStateException e) {
            return Finding.missing("ND4J", "not loaded", e.getMessage() + ".");
        }
        List<String> builds = NativeLibraries.builds();
        String fastest = NativeLibraries.fastestBuild();
        String found = "loaded, native build " + (builds.isEmpty() ? "unknown" : String.join(", ", builds));
        if (!builds.isEmpty() && !builds.contains(fastest)) {
            return Finding.slow(
                    "ND4J",
                    found,
                    "put org.nd4j:nd4j-native with the classifier " + fastest + " on the class path instead of "
                            + builds.get(0) + ", as org.espalier:espalier-runtime-cpu does.");
        }
        return Finding.fine("ND4J", found);
    }

    private static Finding blas(Processor processor) {
        double speed = ProductSpeed.gigaflops();
        String found = Gemm.CPU.description()
                + String.format(Locale.ROOT, ", %.0f Gflop/s by %d threads", speed, Parallel.THREADS);
        if (Gemm.CPU.isInJava()) {
            return Finding.slow(
                    "BLAS",
                    found,
                    "matrices are multiplied in Java, ten times slower than by OpenBLAS: add"
                            + " org.espalier:espalier-runtime-cpu to the class path.");
        }
        if (processor.hasWideVectors() && speed < SLOW_GIGAFLOPS) {
            String forced = System.getenv("OPENBLAS_CORETYPE");
            return Finding.slow(
                    "BLAS",
                    found,
                    forced != null
                            ? "the environment variable OPENBLAS_CORETYPE makes it use its kernel for " + forced
                                    + ": unset it."
                            : "that is slow for this CPU: either it is busy with something else, or"
                                    + " org.bytedeco:openblas on the class path does not know it; take the version of"
                                    + " espalier-runtime-cpu.");
        }
        return Finding.fine("BLAS", found);
    }

    private static Finding threads() {
        int processors = Runtime.getRuntime().availableProcessors();
        String found = Parallel.THREADS + " for kernels, " + processors + " processors for this JVM";
        if (Parallel.THREADS < processors) {
            return Finding.slow(
                    "Threads",
                    found,
                    "-Despalier.threads=" + Parallel.THREADS + " leaves processors idle: leave it out unless others"
                            + " need them.");
        }
        if (Parallel.THREADS > processors) {
            return Finding.slow(
                    "Threads",
                    found,
                    "more threads than processors wait for each other: start the JVM with -Despalier.threads="
                            + processors + " or without that option.");
        }
        return Finding.fine("Threads", found);
    }

    private static Finding vectors(Processor processor) {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()) {
            return VirtualMachine.hasOptimizingCompiler()
                    ? Finding.fine("Vector API", "present")
                    : Finding.slow(
                            "Vector API",
                            "present, not used",
                            "it needs the optimizing compiler: leave out -XX:TieredStopAtLevel.");
        }
        boolean helps = processor.hasWideVectors() || processor.extensions().isEmpty();
        return helps
                ? Finding.slow(
                        "Vector API",
                        "not present",
                        "start the JVM with --add-modules " + VECTOR_MODULE
                                + ": Adam's updates and small convolutions get faster.")
                : Finding.fine("Vector API", "not present, and of no use on this CPU");
    }

    private static Finding nativeAccess() {
        return VirtualMachine.allowsNativeAccess()
                ? Finding.fine("Native access", "allowed")
                : Finding.slow(
                        "Native access",
                        "not declared",
                        "start the JVM with --enable-native-access=ALL-UNNAMED: this one warns, and later ones refuse.");
    }
}
