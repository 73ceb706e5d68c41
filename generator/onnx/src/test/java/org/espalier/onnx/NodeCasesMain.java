package org.espalier.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.espalier.weights.TensorFile;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Imports ONNX's own cases of operators, which {@code node_cases.py} wrote into a folder, runs them, and writes the
 * page of operators: {@code NodeCasesMain FOLDER docs/onnx-operators.md}. A third argument is the operator to look at
 * alone.
 */
public final class NodeCasesMain {
    private static final double TOLERANCE = 1e-4;

    private NodeCasesMain() {}

    /** Passed and tried cases of an operator. */
    private static final class Tally {
        private int passed;
        private int computed;
        private int cases;
    }

    /** The folder, the page to write, and an operator if not all are meant. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        String only = arguments.length > 2 ? arguments[2] : "";
        Map<String, Tally> tallies = new TreeMap<>();
        for (String line : Files.readAllLines(folder.resolve("cases.txt"))) {
            List<String> words = List.of(line.split(" ", -1));
            if (!only.isEmpty() && !words.get(1).matches(only)) {
                continue;
            }
            Tally tally = tallies.computeIfAbsent(words.get(1), name -> new Tally());
            tally.cases++;
            List<String> reasons = new ArrayList<>();
            int count = Integer.parseInt(words.get(2));
            boolean passed = false;
            for (int i = 0; i < count && !passed; i++) {
                passed = passes(folder, words.get(0) + "." + i, reasons);
                if (passed) {
                    tally.passed++;
                    tally.computed += i == count - 1 ? 1 : 0;
                }
            }
            if (!passed) {
                System.out.println(line + "\n    " + String.join("\n    ", reasons));
            }
        }
        write(Path.of(arguments[1]), tallies, Files.readAllLines(folder.resolve("left_out.txt")));
    }

    private static boolean passes(Path folder, String name, List<String> reasons) {
        try (TensorFile numbers = TensorFile.open(folder.resolve(name + ".safetensors"))) {
            ImportOptions options = ImportOptions.named("Case");
            int batch = Integer.parseInt(numbers.metadata().getOrDefault("batch", "0"));
            ImportedNetwork imported = OnnxImport.read(folder.resolve(name + ".onnx"), options.batchedAlong(batch));
            try (RunnableNetwork network = RunnableNetwork.of(imported)) {
                List<INDArray> outputs = network.predict(ModelsMain.arrays(numbers, "input"));
                List<INDArray> expected = ModelsMain.arrays(numbers, "output");
                double error = outputs.size() == expected.size() ? 0 : Double.POSITIVE_INFINITY;
                for (int i = 0; i < Math.min(outputs.size(), expected.size()); i++) {
                    error = Math.max(error, ModelsMain.difference(outputs.get(i), expected.get(i)));
                }
                if (error > TOLERANCE) {
                    reasons.add("off by " + error);
                }
                return error <= TOLERANCE;
            }
        } catch (OnnxException problems) {
            reasons.add(String.join("; ", problems.problems()).lines().limit(3).reduce("", (a, b) -> a + " " + b));
        } catch (IOException | RuntimeException | AssertionError failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            cause = cause.getCause() == null ? cause : cause.getCause();
            reasons.add("FAILURE " + String.valueOf(cause).lines().limit(4).reduce("", (a, b) -> a + " " + b));
        }
        return false;
    }

    /** {@code 3 reason} becomes an entry of a list. */
    private static String entry(String line) {
        int space = line.indexOf(' ');
        return "- " + line.substring(space + 1) + ": " + line.substring(0, space) + "\n";
    }

    private static void write(Path page, Map<String, Tally> tallies, List<String> leftOut) throws IOException {
        StringBuilder table = new StringBuilder();
        int operators = 0;
        int passed = 0;
        int cases = 0;
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, Tally> entry : tallies.entrySet()) {
            Tally tally = entry.getValue();
            if (tally.passed == 0) {
                missing.add(entry.getKey());
                continue;
            }
            operators++;
            passed += tally.passed;
            cases += tally.cases;
            String note = tally.computed == tally.passed ? "by the import" : "";
            table.append("| ")
                    .append(entry.getKey())
                    .append(" | ")
                    .append(tally.passed)
                    .append(" of ");
            table.append(tally.cases).append(" | ").append(note).append(" |\n");
        }
        Files.writeString(
                page,
                "# Operators of ONNX\n\n"
                        + "ONNX has cases for each of its operators, `onnx.backend.test.case.node`, here of onnx 1.23. Of "
                        + operators
                        + " operators\nat least one case is imported, compiled and computes the same to 1e-4: " + passed
                        + " cases of " + cases
                        + ". \"By the\nimport\" are those that it computes itself, of constants and"
                        + " shapes. What the others need is said when a model with\nthem is [imported](onnx.md).\n\n"
                        + "`generator/onnx/src/test/python/node_cases.py` writes the cases, `NodeCasesMain` runs them and"
                        + " writes this page.\n\n| operator | cases | |\n|---|---|---|\n"
                        + table + "\nNot imported in any case: " + String.join(", ", missing) + ".\n"
                        + "\n## Cases that are left out\n\n"
                        + leftOut.stream().map(NodeCasesMain::entry).collect(Collectors.joining()));
    }
}
