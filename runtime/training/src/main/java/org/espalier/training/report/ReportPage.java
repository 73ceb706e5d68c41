package org.espalier.training.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.weights.AtomicFile;

/**
 * The page: text that is the same for all, the script of uPlot with its licence, and the run in JSON. It refers to
 * nothing outside of it. {@code espalier report} puts the JSON of several into one.
 */
final class ReportPage {
    /** Mark by which a report is known. */
    static final String MARK = "<meta name=\"generator\" content=\"Espalier training report\">";

    private static final Pattern RUN =
            Pattern.compile("(?s)<script type=\"application/json\" class=\"run\">(.*?)</script>");

    private static final String UPLOT = "/META-INF/resources/webjars/uplot/";

    private ReportPage() {}

    /**
     * Replaces a file by the page of a run; who reads it sees the old page or the new one, whole. A thread that is
     * interrupted writes it all the same, and is interrupted then: training stops where it says, not in here.
     */
    static void write(Path file, String title, RunRecord run) {
        byte[] page = page(title, run).getBytes(StandardCharsets.UTF_8);
        boolean interrupted = Thread.interrupted();
        try {
            AtomicFile.write(file, page);
        } catch (ClosedChannelException interruptedWhileWriting) {
            interrupted |= Thread.interrupted();
            again(file, page);
        } catch (IOException e) {
            throw unwritable(file, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void again(Path file, byte[] page) {
        try {
            AtomicFile.write(file, page);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static UncheckedIOException unwritable(Path file, IOException cause) {
        return new UncheckedIOException("cannot write the report " + file + ": " + cause, cause);
    }

    /** The JSON of the run in a file, if it is there and a report. */
    static Optional<String> json(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            Matcher run = RUN.matcher(Files.readString(file));
            return run.find() ? Optional.of(run.group(1).replace("<\\/", "</")) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the report " + file + ": " + e, e);
        }
    }

    /** Refuses to overwrite what is no report. */
    static void requireReplaceable(Path file) {
        try {
            AtomicFile.requireReplaceable(
                    file, "a report", start -> new String(start, StandardCharsets.UTF_8).contains("<!doctype html>"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the report " + file + ": " + e.getMessage(), e);
        }
    }

    private static String page(String title, RunRecord run) {
        String version = uplotVersion();
        // Within a script, nothing but its end may look like it.
        String json = run.json().replace("</", "<\\/");
        return text("report.html")
                .replace("@mark@", MARK)
                .replace("@refresh@", run.isRunning ? "<meta http-equiv=\"refresh\" content=\"20\">" : "")
                .replace("@title@", title.replace("&", "&amp;").replace("<", "&lt;"))
                .replace("@uplot-licence@", text(UPLOT + version + "/LICENSE").strip())
                .replace("@uplot-style@", text(UPLOT + version + "/dist/uPlot.min.css"))
                .replace("@style@", text("report.css"))
                .replace("@uplot@", text(UPLOT + version + "/dist/uPlot.iife.min.js"))
                .replace("@script@", text("report.js"))
                .replace("@run@", json);
    }

    private static String uplotVersion() {
        Properties properties = new Properties();
        try (InputStream file = open("/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
            properties.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    private static String text(String resource) {
        try (InputStream in = open(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String resource) throws IOException {
        InputStream in = ReportPage.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IOException("the class path lacks " + resource + " of org.webjars.npm:uplot");
        }
        return in;
    }
}
