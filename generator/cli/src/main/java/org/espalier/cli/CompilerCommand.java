package org.espalier.cli;

import java.util.concurrent.Callable;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.Sources;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.FileProblem;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Base class of commands that compile specifications first: every finding is reported, and errors end it. */
abstract class CompilerCommand implements Callable<Integer> {
    @Mixin
    private Sources sources;

    @Option(names = "--fail-on-warning", description = "Treat warnings as errors.")
    private boolean failOnWarning;

    @Spec
    private CommandSpec command;

    @Override
    public final Integer call() throws FileProblem {
        Console console = new Console(command);
        Compilation compilation = NetCompiler.compile(prepared(sources.request()));
        console.report(compilation.diagnostics());
        if (compilation.diagnostics().stream().anyMatch(this::isFailure)) {
            return ExitCode.SOFTWARE;
        }
        use(compilation, sources, console);
        return ExitCode.OK;
    }

    /** The request with what else the command was told. */
    CompilationRequest prepared(CompilationRequest request) {
        return request;
    }

    private boolean isFailure(Diagnostic finding) {
        return failOnWarning || finding.isError();
    }

    /** Does the work of the command with specifications that are right. */
    abstract void use(Compilation compilation, Sources of, Console console) throws FileProblem;
}
