package org.espalier.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.espalier.benchmarks.subject.Subject;

/**
 * The process of one subject. It reads orders, a line each, and answers with a line that begins with {@link #ANSWER};
 * whatever else a library prints is ignored.
 *
 * <pre>
 *   ready         amount of a step and what it runs on; said without being asked
 *   run N         does N steps                      nanoseconds that they took
 *   memory        nothing else                      bytes held at most, or -1 where that is not known
 *   quit          closes the subject and ends
 * </pre>
 */
public final class SubjectMain {
    static final String ANSWER = "@bench ";

    private SubjectMain() {}

    /**
     * Serves until it is told to quit, or whoever started it has gone.
     *
     * @param args the benchmark and the subject
     * @throws IOException if orders cannot be read
     */
    public static void main(String[] args) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Subject subject = Benchmarks.start(args[0], args[1])) {
            answer(String.format(Locale.ROOT, "%e %s", subject.amount(), subject.build()));
            String order = orders.readLine();
            while (order != null && !order.equals("quit")) {
                if (order.equals("memory")) {
                    answer(Long.toString(Machine.peakMemory().orElse(-1)));
                } else {
                    answer(Long.toString(subject.run(Integer.parseInt(order.substring("run ".length())))));
                }
                order = orders.readLine();
            }
        }
        // Libraries leave threads behind.
        System.exit(0);
    }

    private static void answer(String text) {
        System.out.println(ANSWER + text);
        System.out.flush();
    }
}
