package org.espalier.runtime.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/**
 * The bounds on what the process may allocate, in bytes.
 *
 * @param heap greatest size of the Java heap
 * @param offHeap greatest size of ND4J's arrays, which networks lie in; 0 if JavaCPP does not count them
 * @param process greatest size of the whole process for which JavaCPP still allocates; 0 if it does not look
 * @param machine memory of the machine
 * @param container what its control group leaves the process, if there is one
 */
record MemoryLimits(long heap, long offHeap, long process, long machine, OptionalLong container) {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");

    /** A limit above this is none: version 1 has a number near the greatest for it. */
    private static final long NONE = 1L << 60;

    /** Those of this process. */
    static MemoryLimits here() {
        return new MemoryLimits(
                Runtime.getRuntime().maxMemory(),
                Pointer.maxBytes(),
                Pointer.maxPhysicalBytes(),
                ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize(),
                container(GROUPS, Path.of("/proc/self/cgroup")));
    }

    /** The smallest limit of control groups, of version 2 or 1, from the root to that of the process. */
    static OptionalLong container(Path groups, Path ofProcess) {
        try {
            List<String> lines = Files.exists(ofProcess) ? Files.readAllLines(ofProcess) : List.of();
            return lines.stream()
                    .map(line -> line.split(":", 3))
                    .filter(parts -> parts.length == 3 && (parts[1].isEmpty() || parts[1].equals("memory")))
                    .flatMap(parts -> limits(groups, parts[1], parts[2]))
                    .mapToLong(Long::longValue)
                    .filter(limit -> limit < NONE)
                    .min();
        } catch (IOException unreadable) {
            return OptionalLong.empty();
        }
    }

    private static Stream<Long> limits(Path groups, String controller, String group) {
        Path root = controller.isEmpty() ? groups : groups.resolve(controller);
        String name = controller.isEmpty() ? "memory.max" : "memory.limit_in_bytes";
        Path inner = root.resolve(group.replaceFirst("^/+", ""));
        // In a container the group's path may be that outside of it; then the root is the group.
        return Stream.iterate(inner, folder -> folder != null && folder.startsWith(root), Path::getParent)
                .map(folder -> folder.resolve(name))
                .filter(Files::isReadable)
                .flatMap(MemoryLimits::number);
    }

    private static Stream<Long> number(Path file) {
        try {
            String text = Files.readString(file).strip();
            return text.matches("[0-9]{1,18}") ? Stream.of(Long.parseLong(text)) : Stream.empty();
        } catch (IOException unreadable) {
            return Stream.empty();
        }
    }

    /** Memory that there is: the machine's, or the container's share. */
    long available() {
        return Math.min(machine, container.orElse(machine));
    }

    /** Says what to change, if something is. */
    Finding finding() {
        String found = "heap " + size(heap) + ", arrays off the heap " + size(offHeap) + ", both "
                + size(process) + "; machine " + size(machine)
                + (container.isPresent() ? ", container " + size(container.getAsLong()) : "");
        if (heap + offHeap > available() && process > available()) {
            long half = Math.max(1, (available() / 2) >> 20);
            return Finding.slow(
                    "Memory",
                    found,
                    "heap and arrays together may outgrow the " + size(available())
                            + " that there are, and the system would kill the process: start the JVM with -Xmx"
                            + half / 2 + "m -Dorg.bytedeco.javacpp.maxBytes=" + half
                            + "m -Dorg.bytedeco.javacpp.maxPhysicalBytes=" + (available() >> 20) * 9 / 10 + "m");
        }
        if (offHeap > 0 && offHeap < available() / 5) {
            long most = (available() >> 20) * 7 / 10;
            return Finding.slow(
                    "Memory",
                    found,
                    "networks and batches lie off the heap, where they may take only " + size(offHeap) + " of "
                            + size(available()) + ": if they do not fit, start the JVM with"
                            + " -Dorg.bytedeco.javacpp.maxBytes=" + most + "m -Dorg.bytedeco.javacpp.maxPhysicalBytes="
                            + (available() >> 20) * 9 / 10 + "m");
        }
        return Finding.fine("Memory", found);
    }

    private static String size(long bytes) {
        return bytes <= 0
                ? "unlimited"
                : bytes < 1L << 30
                        ? (bytes >> 20) + " MiB"
                        : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }
}
