package org.espalier.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Searches for inputs by Jazzer, which mutates those that reach new code, in a JVM of its own. Jazzer calls this class
 * by its name, so only the profile {@code fuzz} needs it on the class path.
 */
public final class Jazzer {
    private static final Path FOUND = Path.of("target", "fuzz");
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in .*");
    private static final int LINES_SHOWN = 200;

    private static FuzzTarget target;

    private Jazzer() {}

    /**
     * Searches for a while. Inputs that reach new code stay in {@code target/fuzz/NAME/corpus}, for the next search.
     *
     * @return the number of inputs
     * @throws AssertionError with Jazzer's output, for an input that is not answered as it should
     */
    static long search(Class<?> targets, FuzzTarget target, List<Path> corpora, int seconds)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectories(FOUND.resolve(target.name()));
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        Path seeds = Files.createDirectories(folder.resolve("seeds"));
        List<byte[]> whole = target.seeds().get();
        for (int i = 0; i < whole.size(); i++) {
            Files.write(seeds.resolve("seed" + i), whole.get(i));
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1500m",
                "-Xss1m",
                "-XX:+UseSerialGC",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:+EnableDynamicAgentLoading",
                "-Djava.io.tmpdir=" + temporary(),
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Jazzer.class.getName(),
                "--target_args=" + targets.getName() + " " + target.name(),
                "--instrumentation_includes=org.espalier.**",
                "--custom_hook_includes=org.espalier.**",
                "--reproducer_path=" + folder,
                "--keep_going=" + Integer.getInteger("espalier.fuzz.findings", 1),
                "-max_total_time=" + seconds,
                "-timeout=" + FuzzTarget.SECONDS,
                "-rss_limit_mb=6000",
                "-max_len=" + Integer.getInteger("espalier.fuzz.length", 4_096),
                "-print_final_stats=1",
                "-artifact_prefix=" + folder + "/",
                corpus.toString(),
                seeds.toString()));
        corpora.stream().filter(Files::isDirectory).map(Path::toString).forEach(command::add);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Deque<String> last = new ArrayDeque<>();
        long runs = 0;
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                Matcher done = DONE.matcher(line);
                runs = done.matches() ? Long.parseLong(done.group(1)) : runs;
                last.add(line);
                if (last.size() > LINES_SHOWN) {
                    last.remove();
                }
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.waitFor() != 0) {
            throw new AssertionError("an input in " + folder.toAbsolutePath()
                    + " is not answered as it should; when that is corrected, keep it in src/test/corpus/"
                    + target.name() + ":\n" + String.join("\n", last));
        }
        return runs;
    }

    /** A folder in memory, where there is one: many readers want a file. */
    private static String temporary() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory.toString() : System.getProperty("java.io.tmpdir");
    }

    /** For Jazzer: finds the target by the class of targets and its name. */
    public static void fuzzerInitialize(String[] args) throws ReflectiveOperationException {
        Constructor<?> constructor = Class.forName(args[0]).getDeclaredConstructor();
        constructor.setAccessible(true);
        FuzzTargets targets = (FuzzTargets) constructor.newInstance();
        target = targets.targets().stream()
                .filter(one -> one.name().equals(args[1]))
                .findFirst()
                .orElseThrow();
    }

    /** For Jazzer: one input. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        target.check(input);
    }
}
