package org.espalier.onnx;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Imports the models of a folder, runs and trains them, exports them again and prints how far they are from the numbers
 * beside them. {@code models.py} makes such a folder: {@code name.onnx}, and {@code name.safetensors} with
 * {@code input0}, …, {@code output0}, ….
 */
public final class ModelsMain {
    /** Steps of training, of which the last must have a smaller loss than the first. */
    private static final int STEPS = 3;

    private ModelsMain() {}

    /** The folder, and names of models if not all of it is meant. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        List<String> names = List.of(arguments).subList(1, arguments.length);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString().replace(".onnx", "");
                if (file.toString().endsWith(".onnx") && (names.isEmpty() || names.contains(name))) {
                    System.out.println(result(folder, name));
                }
            }
        }
    }

    private static String result(Path folder, String name) {
        try {
            long start = System.nanoTime();
            ImportedNetwork imported =
                    OnnxImport.read(folder.resolve(name + ".onnx"), ImportOptions.named(ImportOptions.className(name)));
            Files.writeString(folder.resolve(name + ".net"), imported.text());
            long lines = imported.text().lines().count();
            long made = System.nanoTime();
            Path numbers = folder.resolve(name + ".safetensors");
            double error = error(imported, numbers);
            double exported = exportedError(imported, numbers);
            String losses = losses(folder.resolve(name + ".onnx"), numbers);
            return String.format(
                    Locale.ROOT,
                    "| %s | %d | %.1e | %.1e | %s | %.1f s |",
                    name,
                    lines,
                    error,
                    exported,
                    losses,
                    (made - start) / 1e9);
        } catch (OnnxException problems) {
            return "| " + name + " | " + String.join("\n    ", problems.problems());
        } catch (IOException | OrtException | RuntimeException | AssertionError e) {
            java.io.StringWriter trace = new java.io.StringWriter();
            e.printStackTrace(new java.io.PrintWriter(trace));
            return "| " + name + " | " + trace.toString().lines().limit(40).reduce("", (a, b) -> a + "\n" + b);
        }
    }

    /** The largest difference of any output, relative to the largest number of the output if that is more than 1. */
    static double error(ImportedNetwork imported, Path numbers) {
        try (TensorFile file = TensorFile.open(numbers);
                RunnableNetwork network = RunnableNetwork.of(imported)) {
            List<INDArray> outputs = network.predict(arrays(file, "input"));
            List<INDArray> expected = arrays(file, "output");
            double error = outputs.size() == expected.size() ? 0 : Double.POSITIVE_INFINITY;
            for (int i = 0; i < Math.min(outputs.size(), expected.size()); i++) {
                error = Math.max(error, difference(outputs.get(i), expected.get(i)));
            }
            return error;
        }
    }

    /**
     * The losses of the steps that train a network's only output towards random numbers; "several" if it has several.
     */
    static String losses(Path model, Path numbers) throws IOException, OnnxException {
        try (TensorFile file = TensorFile.open(numbers)) {
            return file.tensor("output1") != null ? "several outputs" : losses(model, file);
        }
    }

    private static String losses(Path model, TensorFile file) throws IOException, OnnxException {
        ImportedNetwork imported =
                OnnxImport.read(model, ImportOptions.named("Trained").with("MSELoss()"));
        try (RunnableNetwork network = RunnableNetwork.of(imported)) {
            network.network().optimizer(new Adam(1e-4));
            List<Object> arguments = new ArrayList<>(arrays(file, "input"));
            arguments.add(Nd4j.rand(array(file, "output0").shape()));
            List<String> losses = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                StepReport report = (StepReport)
                        network.method("trainStep", arguments.size()).invoke(network.network(), arguments.toArray());
                losses.add(String.format(Locale.ROOT, "%.4f", report.dataLoss()));
            }
            return String.join(" → ", losses);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** The same for what ONNX Runtime computes with the network exported again. */
    static double exportedError(ImportedNetwork imported, Path numbers)
            throws IOException, OnnxException, OrtException {
        ExportedNetwork network = ExportedNetwork.of("Exported", imported.text());
        Path weights = Files.createTempFile("exported", ".safetensors");
        try (TensorFile file = TensorFile.open(numbers)) {
            imported.writeWeights(weights);
            List<INDArray> expected = arrays(file, "output");
            List<Object> inputs = new ArrayList<>();
            for (INDArray input : arrays(file, "input")) {
                INDArray flat = input.dup('c').ravel();
                boolean whole = network.isWhole(inputs.size());
                inputs.add(whole ? flat.toIntVector() : flat.toFloatVector());
            }
            List<float[]> outputs = network.run(network.export(weights, OnnxExport.OLDEST), inputs);
            double error = 0;
            for (int i = 0; i < expected.size(); i++) {
                error = Math.max(error, difference(Nd4j.createFromArray(outputs.get(i)), expected.get(i)));
            }
            return error;
        } finally {
            Files.delete(weights);
        }
    }

    static double difference(INDArray found, INDArray wanted) {
        if (found.length() != wanted.length()) {
            return Double.POSITIVE_INFINITY;
        }
        float[] a = found.dup('c').ravel().toFloatVector();
        float[] b = wanted.dup('c').ravel().toFloatVector();
        double error = 0;
        double largest = 1;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(b[i]));
            boolean same = a[i] == b[i] || (Float.isNaN(a[i]) && Float.isNaN(b[i]));
            double difference = same ? 0 : Math.abs(a[i] - b[i]);
            error = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(error, difference);
        }
        return error / largest;
    }

    static List<INDArray> arrays(TensorFile file, String prefix) {
        List<INDArray> arrays = new ArrayList<>();
        while (file.tensor(prefix + arrays.size()) != null) {
            arrays.add(array(file, prefix + arrays.size()));
        }
        return arrays;
    }

    static INDArray array(TensorFile file, String name) {
        TensorInfo info = file.tensor(name);
        if (info == null) {
            throw new IllegalArgumentException("no " + name + " in " + file.path());
        }
        long[] shape = info.shape().stream().mapToLong(x -> x).toArray();
        ByteBuffer bytes = file.read(name).order(ByteOrder.LITTLE_ENDIAN);
        if (info.type() == TensorType.I64) {
            long[] numbers = new long[bytes.remaining() / Long.BYTES];
            bytes.asLongBuffer().get(numbers);
            return Nd4j.createFromArray(numbers).reshape('c', shape);
        }
        float[] numbers = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(numbers);
        return Nd4j.createFromArray(numbers).reshape('c', shape);
    }
}
