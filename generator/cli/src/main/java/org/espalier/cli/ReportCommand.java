package org.espalier.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.Overwriting;
import org.espalier.generator.output.AtomicWrite;
import org.espalier.generator.source.FileProblem;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts several training reports side by side. */
@Command(
        name = "report",
        header = "Put training reports side by side.",
        description = {
            "",
            "Reports are the HTML files that 'espalier train' and TrainingReport write. The result is one of the same"
                    + " kind, with a colour for each run, and is about the runs as they are now."
        },
        footer = {"", "Example: espalier report -o runs.html training/a/report.html training/b/report.html"})
final class ReportCommand implements Callable<Integer> {
    private static final String MARK = "<meta name=\"generator\" content=\"Espalier training report\">";
    private static final String PLACE = "<!-- the runs -->";

    private static final Pattern RUN =
            Pattern.compile("(?s)<script type=\"application/json\" class=\"run\">\\{(.*?)</script>");
    private static final Pattern TITLE = Pattern.compile("<(title|h1)>[^<]*</");
    private static final Pattern REFRESH = Pattern.compile("<meta http-equiv=\"refresh\"[^>]*>");

    @Parameters(arity = "1..*", paramLabel = "REPORT", description = "Reports, or folders with a report.html.")
    private List<Path> reports = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where the result goes. runs.html unless given.")
    private Path output = Path.of("runs.html");

    @Mixin
    private Overwriting overwriting;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws FileProblem {
        try {
            overwriting.requireOwn(
                    output, "written", file -> Files.readString(file).contains(MARK));
        } catch (IOException e) {
            throw FileProblem.reading(output, e);
        }
        List<String> runs = new ArrayList<>();
        String page = "";
        for (Path given : reports) {
            Path report = Files.isDirectory(given) ? given.resolve("report.html") : given;
            if (!Files.isRegularFile(report)) {
                throw mistake("no such report: " + report);
            }
            String text = read(report);
            List<String> found = RUN.matcher(text)
                    .results()
                    .map(run -> run.group(1))
                    .map(run -> named(run, name(report)))
                    .toList();
            if (!text.contains(MARK) || found.isEmpty()) {
                throw mistake(report + " is no training report; 'espalier train' and TrainingReport write such files");
            }
            page = page.isEmpty() ? text : page;
            runs.addAll(found);
        }
        AtomicWrite.replace(output, joined(page, runs).getBytes(StandardCharsets.UTF_8));
        new Console(command).print(output.toString());
        return ExitCode.OK;
    }

    /** The page of one run with all of them in the place of its own. */
    private static String joined(String page, List<String> runs) {
        String all = runs.stream()
                .map(run -> "<script type=\"application/json\" class=\"run\">{" + run + "</script>")
                .collect(Collectors.joining("\n"));
        String once = RUN.matcher(page).replaceFirst(Matcher.quoteReplacement(PLACE));
        String empty = RUN.matcher(once).replaceAll("").replace(PLACE, all);
        return REFRESH.matcher(TITLE.matcher(empty).replaceAll("<$1>Runs</")).replaceAll("");
    }

    /** The JSON of a run with a name, unless it has one. */
    private static String named(String run, String name) {
        String text = name.replaceAll("[^\\p{L}\\p{N} ._()+-]", "_");
        return run.startsWith("\"name\":") ? run : "\"name\":\"" + text + "\"," + run;
    }

    /** The folder of a report.html, or else the file's own name. */
    private static String name(Path report) {
        Path absolute = report.toAbsolutePath().normalize();
        Path folder = absolute.getParent();
        String file = String.valueOf(absolute.getFileName());
        return file.equals("report.html") && folder != null && folder.getFileName() != null
                ? folder.getFileName().toString()
                : file.replaceFirst("\\.html$", "");
    }

    private static String read(Path file) throws FileProblem {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
    }

    private ParameterException mistake(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
