package org.espalier.benchmarks.subject;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Native builds or Java version that subjects run on, for the record. */
public final class Natives {
    /** Nothing but Java. */
    public static final String JAVA = "Java " + System.getProperty("java.version");

    private static final Pattern PLATFORM = Pattern.compile("-(linux|macosx|windows)-");

    private Natives() {}

    /** ND4J and OpenBLAS. */
    public static String nd4j() {
        return jars("nd4j-native", "openblas");
    }

    /** The native builds on the class path, by the files that they lie in: {@code openblas-0.3.31-linux-x86_64}. */
    public static String jars(String... artifacts) {
        return Arrays.stream(System.getProperty("java.class.path")
                        .split(Pattern.quote(System.getProperty("path.separator"))))
                .map(path -> Path.of(path).getFileName().toString().replaceFirst("\\.jar$", ""))
                .filter(jar -> PLATFORM.matcher(jar).find())
                .filter(jar -> Arrays.stream(artifacts).anyMatch(artifact -> jar.startsWith(artifact + "-")))
                .collect(Collectors.joining(", "));
    }
}
