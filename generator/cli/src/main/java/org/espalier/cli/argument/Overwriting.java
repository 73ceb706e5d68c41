package org.espalier.cli.argument;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code --force}, and what commands may overwrite without it: what Espalier made and makes again, but nothing that
 * users may have edited since.
 */
public final class Overwriting {
    @Option(names = "--force", description = "Overwrite files that would be kept otherwise.")
    private boolean force;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /**
     * Refuses a place where there is something.
     *
     * @param otherwise what else the user can do
     * @throws ParameterException if there is
     */
    public void requireFree(Path file, String otherwise) {
        if (!force && Files.exists(file)) {
            throw mistake(file + " is there already; --force overwrites it" + otherwise);
        }
    }

    /** Tells whether a file is one that Espalier made. */
    public interface Mark {
        /** Reads what it takes to tell. */
        boolean isIn(Path file) throws IOException;
    }

    /**
     * Refuses a place where there is something that Espalier did not make; an empty file is nothing.
     *
     * @param made as in: was not {@code drawn} by Espalier
     * @throws ParameterException if there is
     * @throws IOException if it cannot be told
     */
    public void requireOwn(Path file, String made, Mark mark) throws IOException {
        if (!force && Files.exists(file) && !isOwn(file, mark)) {
            throw mistake(file + " is there already and was not " + made + " by Espalier; --force overwrites it");
        }
    }

    private static boolean isOwn(Path file, Mark mark) throws IOException {
        return Files.isRegularFile(file) && (Files.size(file) == 0 || mark.isIn(file));
    }

    private ParameterException mistake(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
