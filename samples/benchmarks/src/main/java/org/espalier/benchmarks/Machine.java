package org.espalier.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Description of the machine that the figures were measured on, and the peak memory of this process. */
final class Machine {
    private Machine() {}

    /** {@code 2 cores, AMD EPYC, Linux amd64, Java 17.0.15}. */
    static String describe() {
        return Runtime.getRuntime().availableProcessors() + " cores, " + processor() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", Java "
                + System.getProperty("java.version");
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("processor unknown");
        } catch (IOException e) {
            // Not Linux. Windows tells it in the environment, others not at all.
            String identifier = System.getenv("PROCESSOR_IDENTIFIER");
            return identifier == null ? "processor unknown" : identifier;
        }
    }

    /** The most memory that this process ever held, in bytes; empty where the system does not tell. */
    static OptionalLong peakMemory() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
