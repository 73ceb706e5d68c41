package org.espalier.runtime.kernel.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

/**
 * Loads ND4J with its native libraries. What is missing on the class path is named in one sentence; ND4J itself throws
 * errors of class loading that do not tell.
 */
public final class NativeLibraries {
    private static final Set<String> PLATFORMS =
            Set.of("linux-x86_64", "linux-arm64", "macosx-x86_64", "macosx-arm64", "windows-x86_64");

    private static final String SLF4J_VERBOSITY = "slf4j.internal.verbosity";

    private static boolean loaded;
    private static @Nullable String failure;

    private NativeLibraries() {}

    /**
     * Loads them, the first time.
     *
     * @throws IllegalStateException if that cannot be done; the message says what to add to the class path
     */
    public static synchronized void load() {
        if (loaded) {
            return;
        }
        keepSlf4jQuiet();
        try {
            // The first array loads what the factory does not.
            Nd4j.createUninitialized(DataType.FLOAT, 1).close();
        } catch (LinkageError e) {
            if (failure == null) {
                failure = problem(e);
            }
            throw new IllegalStateException(failure, e);
        }
        loaded = true;
    }

    /**
     * ND4J logs to SLF4J, which prints three lines about itself at the first use if the application has no logging
     * backend. It need not have one: then there is nothing to tell. If there is a backend, nothing is changed.
     */
    private static void keepSlf4jQuiet() {
        boolean hasBackend = isThere("META-INF/services/org.slf4j.spi.SLF4JServiceProvider")
                || isThere("org/slf4j/impl/StaticLoggerBinder.class");
        if (hasBackend || System.getProperty(SLF4J_VERBOSITY) != null) {
            return;
        }
        System.setProperty(SLF4J_VERBOSITY, "ERROR");
        try {
            LoggerFactory.getILoggerFactory();
        } finally {
            System.clearProperty(SLF4J_VERBOSITY);
        }
    }

    private static String problem(LinkageError failure) {
        if (!isThere("META-INF/services/org.nd4j.linalg.factory.Nd4jBackend")) {
            return "there is nothing to compute with on the class path: add org.espalier:espalier-runtime-cpu, which"
                    + " brings org.nd4j:nd4j-native and, for the platform that Maven runs on, its libraries with the"
                    + " classifier " + nd4jClassifier(Loader.getPlatform());
        }
        String platform = Loader.getPlatform();
        List<String> missing = missing(platform);
        if (missing.isEmpty()) {
            return "cannot load the native libraries of ND4J for " + platform + ": " + reason(failure);
        }
        if (!PLATFORMS.contains(platform)) {
            return "there are no native libraries of ND4J for " + platform + ", only for "
                    + String.join(", ", PLATFORMS.stream().sorted().toList());
        }
        return "native libraries for " + platform + " are missing on the class path: add " + String.join(", ", missing)
                + ", each in the version of the " + (missing.size() == 1 ? "jar" : "jars")
                + " of the same name without a classifier";
    }

    /** The classifiers of ND4J's native builds for this platform that are on the class path. */
    public static List<String> builds() {
        String platform = Loader.getPlatform();
        return Stream.of("", "-onednn", "-avx2", "-avx512", "-onednn-avx2", "-onednn-avx512")
                .map(extension -> platform + extension)
                .filter(build -> hasLibrary("org/nd4j/linalg/cpu/nativecpu/bindings/" + build, "nd4jcpu"))
                .toList();
    }

    /** The classifier of the fastest build for this platform. */
    public static String fastestBuild() {
        return nd4jClassifier(Loader.getPlatform());
    }

    /** The artifacts to add. */
    private static List<String> missing(String platform) {
        List<String> missing = new ArrayList<>();
        if (builds().isEmpty()) {
            missing.add("org.nd4j:nd4j-native with the classifier " + nd4jClassifier(platform));
        }
        if (!hasLibrary("org/bytedeco/javacpp/" + platform, "jnijavacpp")) {
            missing.add("org.bytedeco:javacpp with the classifier " + platform);
        }
        if (!hasLibrary("org/bytedeco/openblas/" + platform, "jniopenblas_nolapack")) {
            missing.add("org.bytedeco:openblas with the classifier " + platform);
        }
        return missing;
    }

    /** The builds with oneDNN are the fast ones; there are none for arm64. */
    private static String nd4jClassifier(String platform) {
        return platform.endsWith("arm64") ? platform : platform + "-onednn";
    }

    private static boolean hasLibrary(String folder, String name) {
        return isThere(folder + "/" + System.mapLibraryName(name));
    }

    private static boolean isThere(String resource) {
        ClassLoader loader = NativeLibraries.class.getClassLoader();
        return loader.getResource(resource) != null;
    }

    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        if (deepest instanceof IllegalCallerException) {
            return "start the JVM with --enable-native-access=ALL-UNNAMED";
        }
        if (deepest instanceof UnsupportedOperationException) {
            return "start the JVM with --sun-misc-unsafe-memory-access=allow";
        }
        return deepest.getMessage() == null ? deepest.toString() : deepest.getMessage();
    }
}
