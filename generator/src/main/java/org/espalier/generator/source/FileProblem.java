package org.espalier.generator.source;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.zip.ZipException;

/**
 * Reports in one line which file cannot be used, and why. The line is meant for the user, who needs no stack trace: a
 * file that cannot be read is a mistake outside of Espalier.
 */
public final class FileProblem extends IOException {
    private static final long serialVersionUID = 1L;

    /** Of file names. Without a UTF-8 locale it lacks most characters, and no option of the JVM changes it. */
    private static final String ENCODING = System.getProperty("sun.jnu.encoding", "UTF-8");

    /**
     * A problem in words of its own.
     *
     * @param message which file, what was expected and what was found
     */
    public FileProblem(String message) {
        super(message);
    }

    private FileProblem(String message, Exception cause) {
        super(message, cause);
    }

    /** {@code cannot read net/unet.net: permission denied}. */
    public static FileProblem reading(Path file, IOException cause) {
        return of("read", shown(file), file, cause);
    }

    /** The same for a file that messages call otherwise than by its path. */
    static FileProblem reading(String name, Path file, IOException cause) {
        return of("read", name, file, cause);
    }

    /** {@code cannot write gen/Unet.java: No space left on device}. */
    public static FileProblem writing(Path file, IOException cause) {
        return of("write", shown(file), file, cause);
    }

    /** A file name that Java cannot make a path of, mostly for its characters. */
    public static FileProblem naming(InvalidPathException cause) {
        String name = cause.getInput();
        String reason = isEncodable(name)
                ? cause.getReason()
                : "the encoding of file names here, " + ENCODING + ", lacks some of its characters; set the environment"
                        + " variable LC_ALL to a UTF-8 locale, such as C.UTF-8";
        return new FileProblem("cannot use the file name '" + name + "': " + reason, cause);
    }

    /**
     * Tells whether the operating system's encoding of file names, as the JVM sees it, has the characters of a name.
     */
    static boolean isEncodable(String name) {
        // The mark of what could not be decoded: the name came from the system, but does not lead back to it.
        return Charset.isSupported(ENCODING)
                && Charset.forName(ENCODING).newEncoder().canEncode(name)
                && name.indexOf('\uFFFD') < 0;
    }

    private static FileProblem of(String action, String name, Path file, IOException cause) {
        if (cause instanceof FileProblem known) {
            return known;
        }
        String reason = action.equals("write") && cause instanceof NoSuchFileException
                ? "its folder cannot be made"
                : reason(file, cause);
        return new FileProblem("cannot " + action + " " + name + ": " + reason, cause);
    }

    /** From the current folder, if it lies below that. */
    private static String shown(Path file) {
        Path here = Path.of("").toAbsolutePath();
        return (file.startsWith(here) && !file.equals(here) ? here.relativize(file) : file).toString();
    }

    private static String reason(Path file, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return Files.isSymbolicLink(file) ? "it is a link to a file that is not there" : "there is no such file";
        }
        if (cause instanceof AccessDeniedException || (cause instanceof FileNotFoundException && Files.exists(file))) {
            return "permission denied";
        }
        if (cause instanceof NotDirectoryException) {
            return "it is not a folder";
        }
        if (cause instanceof FileAlreadyExistsException taken) {
            return taken.getFile() + " is a file, not a folder";
        }
        if (cause instanceof FileSystemLoopException) {
            return "it is a link to a folder that it lies in";
        }
        if (cause instanceof ZipException) {
            return "it is not a jar, or not a whole one";
        }
        String system = cause instanceof FileSystemException failure ? failure.getReason() : cause.getMessage();
        return system == null ? cause.getClass().getSimpleName() : system;
    }
}
