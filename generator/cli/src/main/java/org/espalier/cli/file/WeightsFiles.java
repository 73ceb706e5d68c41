package org.espalier.cli.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorSource;
import org.espalier.weights.WeightsFileException;
import org.espalier.weights.npy.NpzFile;
import org.espalier.weights.npy.NpzWriter;

/** Reads and writes weights files, safetensors or NPZ. */
public final class WeightsFiles {
    private WeightsFiles() {}

    /**
     * Opens a file, as NPZ if it begins as one does, else as safetensors.
     *
     * @throws WeightsFileException if it cannot be read, or is neither
     */
    public static TensorSource open(Path file) {
        return isZip(file) ? NpzFile.open(file) : TensorFile.open(file);
    }

    /** Tells by its beginning if a file is a zip, as NPZ files are. */
    public static boolean isZip(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return NpzFile.isBeginning(in.readNBytes(4));
        } catch (IOException unreadable) {
            throw WeightsFileException.of(file, "cannot be opened", unreadable);
        }
    }

    /** Tells by its name if a file that is to be written is NPZ. */
    public static boolean isArchive(Path file) {
        return file.toString().endsWith(".npz");
    }

    /**
     * Writes tensors, as NPZ if the file is called so, else as safetensors.
     *
     * @throws WeightsFileException if that fails; the file is then as it was
     * @throws IllegalArgumentException if two tensors have one name
     */
    public static void write(
            Path file, Map<String, String> metadata, List<TensorInfo> tensors, List<TensorFileWriter.Body> bodies) {
        NpzWriter archive = new NpzWriter();
        TensorFileWriter writer = new TensorFileWriter();
        metadata.forEach(writer::metadata);
        for (int i = 0; i < tensors.size(); i++) {
            if (isArchive(file)) {
                archive.add(tensors.get(i), bodies.get(i));
            } else {
                writer.add(tensors.get(i), bodies.get(i));
            }
        }
        if (isArchive(file)) {
            archive.write(file);
        } else {
            writer.write(file);
        }
    }
}
