package org.espalier.cli.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.espalier.generator.source.FileProblem;

/** A jar with classes and what they are to be used for, for the time of one process. */
public final class JobJar implements AutoCloseable {
    private final Path file;

    private JobJar(Path file) {
        this.file = file;
    }

    /**
     * Writes one in the folder of temporary files.
     *
     * @param classes by their names
     * @param settings what is to be done
     * @throws FileProblem if that cannot be done
     */
    public static JobJar of(Map<String, byte[]> classes, Properties settings) throws FileProblem {
        Path file = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            file = Files.createTempFile("espalier", ".jar");
            file.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(file);
                    ZipOutputStream jar = new ZipOutputStream(out)) {
                for (Map.Entry<String, byte[]> type : classes.entrySet()) {
                    jar.putNextEntry(new ZipEntry(type.getKey().replace('.', '/') + ".class"));
                    jar.write(type.getValue());
                }
                jar.putNextEntry(new ZipEntry("job.properties"));
                settings.store(jar, null);
            }
            return new JobJar(file);
        } catch (IOException e) {
            throw FileProblem.writing(file, e);
        }
    }

    /** Its place. */
    public Path file() {
        return file;
    }

    @Override
    public void close() throws FileProblem {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw FileProblem.writing(file, e);
        }
    }
}
