package org.espalier.runtime.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Pictures in a folder for each class, as torchvision's {@code ImageFolder} and Keras'
 * {@code image_dataset_from_directory} have them:
 *
 * <pre>
 *   train/cat/001.png
 *   train/cat/002.png
 *   train/dog/001.png
 * </pre>
 *
 * <p>Inputs are {@code [batch, 3, height, width]} with values in [-1, 1], targets the classes' numbers {@code [batch]}.
 * A picture is read when a batch needs it, so the folder may be larger than memory.
 */
public final class ImageFolder implements Dataset {
    private final List<String> classes;
    private final List<Path> files = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();
    private final int height;
    private final int width;

    private ImageFolder(List<String> classes, int height, int width) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "expected a height and width of at least 1, found " + height + " and " + width);
        }
        this.classes = List.copyOf(classes);
        this.height = height;
        this.width = width;
    }

    /**
     * Looks for PNGs and JPEGs in every folder of a folder; the files come in the order of their names. Hidden files
     * and folders are left alone.
     *
     * @param height of the inputs; pictures of another size are resized, see {@link Image#resized}
     * @param width of the inputs
     * @throws DataException if there is no such folder, no folder in it, or no picture in one of them
     * @throws IllegalArgumentException for a height or width below 1
     */
    public static ImageFolder read(Path folder, int height, int width) {
        List<Path> folders = folders(folder);
        return read(folder, height, width, folders.stream().map(DataFiles::name).toList());
    }

    /**
     * Looks for PNGs and JPEGs in the folders of these classes, which are numbered in this order: a folder to test with
     * is so read as the one that was trained on. Folders may be missing or empty.
     *
     * @param classes names of folders
     * @throws DataException if there is no such folder, a folder in it that is no class, or no picture in all of them
     * @throws IllegalArgumentException for a height or width below 1
     */
    public static ImageFolder read(Path folder, int height, int width, List<String> classes) {
        ImageFolder pictures = new ImageFolder(classes, height, width);
        for (Path inside : folders(folder)) {
            int label = classes.indexOf(DataFiles.name(inside));
            if (label < 0) {
                throw new DataException(folder, "folders of the classes " + classes, DataFiles.name(inside));
            }
            pictures.add(inside, label);
        }
        if (pictures.files.isEmpty()) {
            int beside = DataFiles.pictures(folder).size();
            throw new DataException(
                    folder,
                    "a folder of PNG or JPEG files for each class",
                    beside == 0 ? "none" : beside + " files and no folder; ImageFolder.ofOneClass reads them");
        }
        return pictures;
    }

    /**
     * Looks for PNGs and JPEGs in a folder itself, all of one class, whose number is 0: pictures without labels, such
     * as the two sides of {@link Batches#unaligned}.
     *
     * @param height of the inputs; pictures of another size are resized, see {@link Image#resized}
     * @param width of the inputs
     * @throws DataException if there is no such folder, or no picture in it
     * @throws IllegalArgumentException for a height or width below 1
     */
    public static ImageFolder ofOneClass(Path folder, int height, int width) {
        ImageFolder pictures = new ImageFolder(List.of(DataFiles.name(folder)), height, width);
        pictures.add(folder, 0);
        return pictures;
    }

    private void add(Path folder, int label) {
        List<Path> pictured = DataFiles.pictures(folder);
        if (pictured.isEmpty()) {
            throw new DataException(folder, "at least one PNG or JPEG file", DataFiles.otherFiles(folder));
        }
        for (Path file : pictured) {
            files.add(file);
            labels.add(label);
        }
    }

    private static List<Path> folders(Path folder) {
        String expected = "a folder with a folder of PNG or JPEG files for each class";
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder, expected, Files.exists(folder) ? "a file" : "nothing there");
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(Files::isDirectory)
                    .filter(path -> !DataFiles.name(path).startsWith("."))
                    .sorted(Comparator.comparing(DataFiles::name))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new DataException(folder, expected, "one that cannot be read (" + e + ")", e);
        }
    }

    /** Names of the classes; the place of each is its number. */
    public List<String> classes() {
        return classes;
    }

    /** The file of an example. */
    public Path file(int example) {
        return files.get(example);
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public Batch empty(int count) {
        return new Batch(
                NdArrays.detached(DataType.FLOAT, count, 3, height, width), NdArrays.detached(DataType.INT32, count));
    }

    @Override
    public void read(int example, Batch batch, int slot) {
        Image image = Image.read(files.get(example));
        Image sized = image.height() == height && image.width() == width ? image : image.resized(height, width);
        sized.copyTo(batch.input(), slot);
        batch.target().putScalar(slot, labels.get(example));
    }
}
