package org.espalier.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.SemanticTokensParams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Edits of a file of 10,000 lines. The bound is far above what an idle machine takes, since builds run on busy ones;
 * -Despalier.edits=50 prints times, and the processor time of the server's threads, which is worth something on a busy
 * machine too.
 */
class LargeFileTest {
    private static final int EDITS = Integer.getInteger("espalier.edits", 3);

    /** Milliseconds. */
    private static final long BOUND = 10_000;

    @TempDir
    private Path folder;

    /** Networks of 24 lines that share a block. */
    static String networks(int count) {
        StringBuilder net = new StringBuilder("""
            regularizer elastic = l1(1e-6)

            block Stage(inside: int, outside: int) {
                conv = Conv2d(inside, outside, kernel_size=3, padding=1, bias=false, weight_regularizer=elastic)
                norm = BatchNorm2d(outside)
                return [conv, norm]
            }

            """);
        for (int i = 0; i < count; i++) {
            net.append("""
                /** Number %1$d. */
                network Net%1$d(width: int = 16) {
                    input image: float[batch, 3, 32, 32]
                    target label: int[batch]

                    // The stem.
                    stem = Stage(3, width)
                    down = MaxPool2d(2)

                    x = down(stem(image))
                    head = sequential(
                        Flatten(),
                        Linear(width * 16 * 16, 64, weight_regularizer=l2(1e-4)),
                        // The classes.
                        Linear(64, 10))
                    output scores = head(x)

                    regularize weights of head.** by l1(1e-6)
                    initialize weights of head.** by normal(0, 0.02)
                    loss CrossEntropyLoss()(scores, label)
                    optimizer Adam(lr=1e-3)
                }

                """.formatted(i));
        }
        return net.toString();
    }

    @Test
    void answersSoon() {
        String text = networks(435);
        assertThat(text.lines().count()).isGreaterThan(10_000);
        try (Editor editor = Editor.of(folder)) {
            editor.open("large.net", text);
            assertThat(editor.messages("large.net")).isEmpty();
            List<Long> findings = new ArrayList<>();
            List<Long> checks = new ArrayList<>();
            List<Long> completions = new ArrayList<>();
            List<Long> hovers = new ArrayList<>();
            List<Long> colours = new ArrayList<>();
            int at = text.indexOf("down = ", text.indexOf("network Net217("));
            for (int i = 0; i < EDITS; i++) {
                boolean broken = i % 2 == 0;
                long worked = processorTime();
                long start = System.nanoTime();
                editor.replace(
                        "large.net", at, at + (broken ? 0 : "q = (\n    ".length()), broken ? "q = (\n    " : "");
                assertThat(editor.findings("large.net").isEmpty()).isNotEqualTo(broken);
                findings.add(since(start));
                checks.add(processorTime() - worked);
                editor.replace("large.net", at, at, "y");
                var service = editor.server().getTextDocumentService();
                start = System.nanoTime();
                assertThat(Editor.await(service.completion(new CompletionParams(
                                        editor.id("large.net"), editor.at("large.net", "head = "))))
                                .getLeft())
                        .isNotNull();
                completions.add(since(start));
                start = System.nanoTime();
                assertThat(Editor.await(service.hover(
                                new HoverParams(editor.id("large.net"), editor.at("large.net", "stem = ")))))
                        .isNotNull();
                hovers.add(since(start));
                start = System.nanoTime();
                assertThat(Editor.await(service.semanticTokensFull(new SemanticTokensParams(editor.id("large.net"))))
                                .getData())
                        .hasSizeGreaterThan(50_000);
                colours.add(since(start));
                editor.replace("large.net", at, at + 1, "");
            }
            print("findings", findings);
            print("processor time of those", checks);
            print("completion", completions);
            print("hover", hovers);
            print("colours", colours);
            assertThat(findings).allMatch(time -> time < BOUND);
            assertThat(completions).allMatch(time -> time < BOUND);
        }
    }

    /** Milliseconds that the server's threads have worked. */
    private static long processorTime() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("espalier-")) {
                nanos += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private static long since(long start) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    private static void print(String what, List<Long> times) {
        if (Integer.getInteger("espalier.edits") != null) {
            List<Long> sorted = new ArrayList<>(times.subList(times.size() / 2, times.size()));
            Collections.sort(sorted);
            System.out.printf(
                    "%s: median %d ms, 90%% within %d ms%n",
                    what, sorted.get(sorted.size() / 2), sorted.get(sorted.size() * 9 / 10));
        }
    }
}
