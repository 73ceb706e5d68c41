package org.espalier.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.ProcessArguments;
import org.espalier.cli.process.ChildProcess;
import org.espalier.cli.process.RuntimeClassPath;
import org.espalier.generator.source.FileProblem;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what is missing or slow. */
@Command(
        name = "doctor",
        header = "Tell what networks run on here, and what would make them faster.",
        description = {
            "",
            "Looks at the CPU, the JDK, the native libraries, the kernel of the BLAS, threads, the Vector API and the"
                    + " limits of memory; for each thing that is missing or slow a sentence says what to change. In a"
                    + " folder with a pom.xml it looks at the class path of that project, otherwise at that of"
                    + " Espalier's own artifacts, which Maven finds.",
            "",
            "On a server without this command, 'java -cp app.jar org.espalier.runtime.doctor.Doctor' does the same."
        },
        footer = {
            "",
            "Examples:",
            "  espalier doctor",
            "  espalier doctor -J=-Xmx2g -J=--add-modules=jdk.incubator.vector    as an application is started"
        })
final class DoctorCommand implements Callable<Integer> {
    private static final String CORE = "Core: ";

    /** OpenBLAS's kernels for x86-64 that know vectors of eight floats at least. */
    private static final Set<String> WIDE =
            Set.of("Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids", "Excavator", "Steamroller");

    @Mixin
    private ProcessArguments process;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws FileProblem {
        Map<String, String> environment = new HashMap<>(System.getenv());
        String found = new RuntimeClassPath(Espalier.version(), environment, "espalier-runtime-cpu")
                .find(process.classPath(), Path.of("").toAbsolutePath());
        requireRuntime(found);
        // OpenBLAS then says which of its kernels it has chosen for this CPU.
        environment.put("OPENBLAS_VERBOSE", "2");
        List<String> java = new ArrayList<>(List.of(ChildProcess.java()));
        java.addAll(process.options());
        java.addAll(List.of("-classpath", found, "org.espalier.runtime.doctor.Doctor"));
        try {
            ChildProcess.Result result = ChildProcess.run(java, environment);
            Console console = new Console(command);
            result.output()
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith(CORE))
                    .forEach(console::print);
            result.output()
                    .lines()
                    .filter(line -> line.startsWith(CORE))
                    .findFirst()
                    .ifPresent(line -> showKernel(line.substring(CORE.length()).strip(), result.output(), console));
            return result.code() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
        } catch (IOException e) {
            throw FileProblem.reading(Path.of(ChildProcess.java()), e);
        }
    }

    private static void requireRuntime(String classPath) throws FileProblem {
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (entry.contains("espalier-runtime") || Files.exists(path.resolve("org/espalier/runtime"))) {
                return;
            }
        }
        throw new FileProblem("there is no espalier-runtime on the class path: a project that runs networks depends on"
                + " org.espalier:espalier-runtime-cpu");
    }

    private static void showKernel(String core, String output, Console console) {
        console.print("OpenBLAS runs its kernel for " + core);
        if (output.contains("AVX2") && !WIDE.contains(core)) {
            console.print("  -> this CPU has AVX2, for which that kernel is too old: unset OPENBLAS_CORETYPE, or take"
                    + " org.bytedeco:openblas in the version of espalier-runtime-cpu.");
        }
    }
}
