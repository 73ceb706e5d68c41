package org.espalier.runtime.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A CPU, as the operating system describes it.
 *
 * @param model its name, or the architecture if nothing says more
 * @param extensions its instructions for vectors, {@code AVX2}; empty where nothing tells
 */
record Processor(String model, List<String> extensions) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** Names that everybody knows, by those that Linux has. */
    private static final Map<String, String> NAMES = names();

    private static Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("sse4_2", "SSE4.2");
        names.put("avx", "AVX");
        names.put("fma", "FMA");
        names.put("avx2", "AVX2");
        names.put("avx512f", "AVX-512");
        names.put("avx512_bf16", "AVX-512 BF16");
        names.put("amx_tile", "AMX");
        names.put("asimd", "NEON");
        names.put("sve", "SVE");
        return names;
    }

    /** That of this machine. */
    static Processor here() {
        try {
            return of(Files.readAllLines(CPU_INFO));
        } catch (IOException elsewhere) {
            return new Processor(System.getProperty("os.arch", "unknown"), List.of());
        }
    }

    /** Reads the lines of Linux's {@code /proc/cpuinfo}. */
    static Processor of(List<String> lines) {
        String model = System.getProperty("os.arch", "unknown");
        List<String> extensions = new ArrayList<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            String key = colon < 0 ? "" : line.substring(0, colon).strip();
            String value = line.substring(colon + 1).strip();
            if (key.equals("model name")) {
                model = value;
            } else if (extensions.isEmpty() && (key.equals("flags") || key.equals("Features"))) {
                Set<String> flags = Set.of(value.split("\\s+"));
                NAMES.forEach((flag, name) -> {
                    if (flags.contains(flag)) {
                        extensions.add(name);
                    }
                });
            }
        }
        return new Processor(model, List.copyOf(extensions));
    }

    /** Tells whether it multiplies and adds at least eight floats in one instruction. */
    boolean hasWideVectors() {
        return extensions.contains("AVX2") || extensions.contains("AVX-512");
    }
}
