package org.espalier.cli.argument;

import java.io.PrintWriter;
import java.util.List;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.report.Findings;
import org.espalier.generator.source.Printable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Output of a command: results on standard output, findings on standard error, in colours if both are a terminal. Text
 * of specifications and names of files come out printable.
 */
public final class Console {
    private final PrintWriter out;
    private final PrintWriter err;
    private final Ansi ansi;

    public Console(CommandSpec command) {
        CommandLine commandLine = command.commandLine();
        this.out = commandLine.getOut();
        this.err = commandLine.getErr();
        this.ansi = commandLine.getColorScheme().ansi();
    }

    /** One line of a result. */
    public void print(String line) {
        out.println(Printable.line(line));
    }

    /** The heading of a section of a result. */
    public void heading(String text) {
        out.println(styled(Printable.line(text), Style.bold));
    }

    /** One line beside the result. */
    public void note(String line) {
        err.println(Printable.line(line));
    }

    /** Findings with their count, as a build shows them, errors first; nothing if there are none. */
    public void report(List<Diagnostic> unsorted) {
        List<Diagnostic> findings = Findings.sorted(unsorted);
        for (Diagnostic finding : findings) {
            err.println(
                    finding.render().lines().map(line -> painted(line, finding)).reduce("", (a, b) -> a + b + "\n"));
        }
        if (!findings.isEmpty()) {
            err.println(Findings.summary(findings));
        }
    }

    private String painted(String line, Diagnostic finding) {
        Style colour = finding.isError() ? Style.fg_red : Style.fg_yellow;
        if (line.equals(finding.headline())) {
            return styled(line, Style.bold);
        } else if (line.isBlank() || !line.strip().matches("\\^+")) {
            return line.startsWith("  help: ") ? styled(line, Style.fg_cyan) : line;
        }
        return styled(line, colour);
    }

    private String styled(String text, Style style) {
        return ansi.enabled() ? style.on() + text + Style.reset.on() : text;
    }
}
