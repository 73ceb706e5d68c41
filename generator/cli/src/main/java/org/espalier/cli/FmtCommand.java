package org.espalier.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.FileArguments;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.format.FormattedFile;
import org.espalier.generator.format.NetFormatter;
import org.espalier.generator.output.AtomicWrite;
import org.espalier.generator.report.Findings;
import org.espalier.generator.source.FileProblem;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourcePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Formats specifications: {@code espalier fmt}. */
@Command(
        name = "fmt",
        header = "Format specifications: spaces and line ends, nothing else.",
        description = {
            "",
            "Files are written only if they change, and the names of those that do are printed. Line ends follow a"
                    + " file's first one. Comments, empty lines and line breaks within brackets are kept; lines have at"
                    + " most 120 columns where possible. A file with a syntax error is reported and left untouched."
        },
        footer = {
            "",
            "Examples:",
            "  espalier fmt src/main/net           format every specification",
            "  espalier fmt --check src/main/net   fail if one is not formatted"
        })
final class FmtCommand implements Callable<Integer> {
    @Mixin
    private FileArguments files;

    @Option(
            names = "--check",
            description =
                    "Write nothing. Print the names of the files that would change, and exit with 1 if there are any.")
    private boolean check;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws FileProblem {
        Console console = new Console(command);
        SourcePath sourcePath = new SourcePath(List.of(), List.of(), files.encoding(), Path.of(""));
        List<Path> specifications = files.specifications();
        List<Diagnostic> mistakes = new ArrayList<>();
        Map<Path, String> changed = new LinkedHashMap<>();
        for (Path file : specifications) {
            SourceFile source = sourcePath.read(file);
            FormattedFile formatted = NetFormatter.format(source);
            mistakes.addAll(formatted.diagnostics());
            if (!formatted.text().equals(source.text())) {
                changed.put(file, source.withMark(formatted.text()));
            }
        }
        if (!check) {
            AtomicWrite.deleteLeftovers(specifications);
        }
        for (Map.Entry<Path, String> file : changed.entrySet()) {
            if (!check) {
                write(file.getKey(), file.getValue());
            }
            console.print(file.getKey().toString());
        }
        console.report(mistakes);
        console.note(Findings.count(changed.size(), "file") + (check ? " would change" : " changed"));
        return mistakes.isEmpty() && (changed.isEmpty() || !check) ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void write(Path file, String text) throws FileProblem {
        try {
            Path target = file.toRealPath();
            if (!Files.isWritable(target)) {
                throw new AccessDeniedException(target.toString());
            }
            AtomicWrite.replace(target, text.getBytes(files.encoding()));
        } catch (IOException e) {
            throw FileProblem.writing(file, e);
        }
    }
}
