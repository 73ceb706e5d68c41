package org.espalier.training.job;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.data.ImageFolder;
import org.espalier.runtime.data.npy.Npy;
import org.espalier.runtime.data.table.Table;
import org.espalier.runtime.data.table.TableReader;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads examples for a network from a folder with a folder of pictures for each class, a CSV file, or an NPZ file.
 *
 * @param dataset the examples, as the network takes them
 * @param classes names of the classes, in the order of their numbers; empty if the data has none
 */
record ExampleData(Dataset dataset, List<String> classes) {
    private static final int PICTURE_AXES = 3;
    private static final int COLOURS = 3;

    ExampleData {
        classes = List.copyOf(classes);
    }

    /**
     * Reads them.
     *
     * @param classes names that are known already, from the data that was trained on; empty if none are
     * @param floats FLOAT or DOUBLE, as the network has it
     * @throws DataException if the data is not what the network takes; it names file and row
     * @throws JobException if the network takes no data of that kind
     */
    static ExampleData read(Path path, Settings settings, List<String> classes, DataType floats) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        if (Files.isDirectory(path)) {
            return pictures(path, settings, classes);
        } else if (name.endsWith(".csv")) {
            return table(path, settings, classes, floats);
        } else if (name.endsWith(".npz")) {
            return new ExampleData(arrays(path, settings, floats), classes);
        }
        throw new DataException(
                path,
                "a folder with a folder of pictures for each class, a .csv or an .npz file",
                Files.exists(path) ? "another file" : "nothing there");
    }

    private static ExampleData pictures(Path path, Settings settings, List<String> classes) {
        TensorSpec input = settings.input();
        TensorSpec target = settings.target();
        boolean takesPictures = input.shape().size() == PICTURE_AXES
                && (input.shape().get(0) == 1 || input.shape().get(0) == COLOURS)
                && !input.isWhole();
        if (!takesPictures || target.classes() == 0 || target.count() != 1) {
            throw new JobException("folders of pictures are for networks from float[batch, 3, height, width], or 1 for"
                    + " grey ones, to scores of classes, and this one takes " + input.name() + " " + input.shapes()
                    + " and is told " + target.name() + " " + target.shapes()
                    + (target.classes() == 0 ? "" : " of classes") + "; give an .npz file");
        }
        int height = Math.toIntExact(input.shape().get(1));
        int width = Math.toIntExact(input.shape().get(2));
        ImageFolder folder = classes.isEmpty()
                ? ImageFolder.read(path, height, width)
                : ImageFolder.read(path, height, width, classes);
        requireClasses(path, folder.classes(), target);
        return new ExampleData(input.shape().get(0) == 1 ? new GreyPictures(folder) : folder, folder.classes());
    }

    private static void requireClasses(Path path, List<String> names, TensorSpec target) {
        if (names.size() > target.classes()) {
            throw new DataException(
                    path,
                    "at most the " + target.classes() + " classes that the network tells apart",
                    names.size() + ": " + names);
        }
    }

    private static ExampleData table(Path csv, Settings settings, List<String> classes, DataType floats) {
        TensorSpec input = settings.input();
        TensorSpec target = settings.target();
        List<String> wanted = settings.targetColumns();
        Table table = table(csv, wanted, target, classes);
        List<String> header = table.header();
        List<String> targets = wanted.isEmpty() ? header.subList(header.size() - 1, header.size()) : wanted;
        List<String> inputs =
                header.stream().filter(name -> !targets.contains(name)).toList();
        if (inputs.size() != input.count() || targets.size() != target.count()) {
            throw new DataException(
                    csv,
                    input.count() + " columns of inputs and " + target.count() + " of targets, as the network has them",
                    inputs.size() + " " + inputs + " and " + targets.size() + " " + targets
                            + "; --target names the columns of targets, and unless it does, the last one is");
        }
        List<String> words = target.classes() > 0 ? table.categories(targets.get(0)) : List.of();
        requireClasses(csv, words, target);
        INDArray given = table.columns(inputs, input.isWhole() ? DataType.INT32 : floats);
        INDArray answers = table.columns(targets, target.isWhole() ? DataType.INT32 : floats);
        requireLabels(csv, targets.get(0), answers, target);
        int rows = table.rows();
        return new ExampleData(
                Dataset.of(given.reshape(input.of(rows)), answers.reshape(target.of(rows))),
                words.isEmpty() ? classes : words);
    }

    /** A table whose target is a column of numbers, or for classes of words. */
    private static Table table(Path csv, List<String> wanted, TensorSpec target, List<String> classes) {
        try {
            return new TableReader().read(csv);
        } catch (DataException notAllNumbers) {
            if (target.classes() == 0) {
                throw notAllNumbers;
            }
            String column = wanted.isEmpty() ? TableHeader.last(csv) : wanted.get(0);
            return (classes.isEmpty()
                            ? new TableReader().categories(column)
                            : new TableReader().categories(column, classes))
                    .read(csv);
        }
    }

    private static Dataset arrays(Path npz, Settings settings, DataType floats) {
        Map<String, INDArray> arrays = Npy.readAll(npz);
        INDArray given = array(npz, arrays, settings.input(), "x", floats);
        INDArray answers = array(npz, arrays, settings.target(), "y", floats);
        if (given.size(0) != answers.size(0)) {
            throw new DataException(
                    npz,
                    "as many examples in '" + settings.input().name() + "' as in '"
                            + settings.target().name() + "'",
                    given.size(0) + " and " + answers.size(0));
        }
        requireLabels(npz, settings.target().name(), answers, settings.target());
        return Dataset.of(given, answers);
    }

    private static INDArray array(
            Path npz, Map<String, INDArray> arrays, TensorSpec wanted, String usual, DataType floats) {
        String name = arrays.containsKey(wanted.name()) ? wanted.name() : usual;
        INDArray found = arrays.get(name);
        if (found == null) {
            throw new DataException(
                    npz, "an array '" + wanted.name() + "', or '" + usual + "'", String.valueOf(arrays.keySet()));
        }
        boolean fits = found.rank() > 0 && Arrays.equals(found.shape(), wanted.of(found.size(0)));
        if (!fits || found.size(0) == 0) {
            throw new DataException(npz, "'" + name + "' " + wanted.shapes(), Arrays.toString(found.shape()));
        }
        INDArray array = found.castTo(wanted.isWhole() ? DataType.INT32 : floats);
        requireNumbers(npz, name, array);
        return array;
    }

    private static void requireNumbers(Path npz, String name, INDArray array) {
        if (!array.dataType().isFPType() || Double.isFinite(array.sumNumber().doubleValue())) {
            return;
        }
        INDArray rows = array.reshape(array.size(0), -1);
        for (long row = 0; row < rows.size(0); row++) {
            for (double number : rows.getRow(row).dup().data().asDouble()) {
                if (!Double.isFinite(number)) {
                    throw new DataException(npz, "numbers in row " + row + " of '" + name + "', from 0", "" + number);
                }
            }
        }
    }

    private static void requireLabels(Path file, String name, INDArray labels, TensorSpec target) {
        if (target.classes() == 0 || !target.isWhole()) {
            return;
        }
        INDArray flat = labels.reshape(-1);
        long inRow = target.count();
        for (long i = 0; i < flat.length(); i++) {
            int label = flat.getInt((int) i);
            if (label < 0 || label >= target.classes()) {
                throw new DataException(
                        file,
                        "a class from 0 to " + (target.classes() - 1) + " in row " + i / inRow + " of '" + name
                                + "', from 0",
                        String.valueOf(label));
            }
        }
    }
}
