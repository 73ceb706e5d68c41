package org.espalier.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.format.FormattedFile;
import org.espalier.generator.format.NetFormatter;
import org.espalier.generator.source.SourceFile;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.lower.GraphLowering;
import org.espalier.onnx.lower.GraphLowering.Lowered;
import org.espalier.onnx.model.ElementKind;
import org.espalier.onnx.model.MalformedModel;
import org.espalier.onnx.model.Model;
import org.espalier.onnx.model.OnnxReader;
import org.espalier.onnx.recognize.Recognizer;
import org.espalier.onnx.structure.Structure;
import org.espalier.onnx.text.NetText;
import org.jspecify.annotations.Nullable;

/** Imports ONNX models. */
public final class OnnxImport {
    /** As large as a model may be; protobuf itself allows no more. */
    private static final long LARGEST = Integer.MAX_VALUE - 16L;

    private OnnxImport() {}

    /**
     * Imports a model. External data is read from files beside it.
     *
     * @throws OnnxException if it is malformed, or something in it is not supported: all of it
     * @throws IOException if the file cannot be read
     */
    public static ImportedNetwork read(Path file, ImportOptions options) throws IOException, OnnxException {
        if (Files.size(file) > LARGEST) {
            throw new OnnxException(List.of(
                    "it has " + Files.size(file) + " bytes; models of more than 2 GB keep their weights beside them"));
        }
        return read(Files.readAllBytes(file), file.toAbsolutePath().getParent(), options);
    }

    /**
     * Imports a model from the content of its file.
     *
     * @param folder where external data is, or null if there must be none
     * @throws OnnxException if it is malformed, or something in it is not supported: all of it
     */
    public static ImportedNetwork read(byte[] bytes, @Nullable Path folder, ImportOptions options)
            throws OnnxException {
        ImportedNetwork network = written(bytes, folder, options);
        requireCompiled(network.text(), options.name() + ".net");
        return network;
    }

    /** As {@link #read(byte[], Path, ImportOptions)}, without compiling what comes of it. */
    static ImportedNetwork written(byte[] bytes, @Nullable Path folder, ImportOptions options) throws OnnxException {
        Model model;
        try {
            model = OnnxReader.read(bytes, folder);
        } catch (MalformedModel problem) {
            throw new OnnxException(List.of(String.valueOf(problem.getMessage())));
        }
        Lowered lowered = GraphLowering.lower(model, options.batchAxis());
        if (!lowered.problems().isEmpty()) {
            throw new OnnxException(lowered.problems());
        }
        List<ImportedOp> operations =
                Recognizer.recognize(lowered.operations(), lowered.outputs().values());
        NetText.Written written = NetText.write(
                Structure.of(operations, lowered.outputs().values()),
                new NetText.Frame(
                        options.name(),
                        options.packageName(),
                        "Imported from the ONNX model '" + printable(model.name()) + "'.",
                        lowered.inputs(),
                        lowered.names(),
                        wholeInputs(lowered, operations),
                        lowered.outputs(),
                        clauses(options)));
        String file = options.name() + ".net";
        FormattedFile formatted = NetFormatter.format(new SourceFile(file, written.text()));
        return new ImportedNetwork(formatted.text(), written.weights());
    }

    private static String printable(String name) {
        return name.replaceAll("[^A-Za-z0-9_. -]", "_");
    }

    private static List<String> clauses(ImportOptions options) {
        List<String> clauses = new ArrayList<>();
        if (options.loss() != null) {
            clauses.add("loss " + options.loss());
            clauses.add("optimizer Adam(lr=1e-3)");
        }
        return clauses;
    }

    /** Inputs that are looked up by, and computed with nowhere. */
    private static Set<Ref> wholeInputs(Lowered lowered, List<ImportedOp> operations) {
        Set<Ref> computed = new HashSet<>(lowered.outputs().values());
        Set<Ref> lookedUp = new HashSet<>();
        for (ImportedOp op : operations) {
            for (int i = 0; i < op.operands().size(); i++) {
                OpOperand operand = op.operands().get(i);
                if (operand instanceof Ref ref) {
                    boolean looksUp = op.is("Embedding") || (op.is("gather") && i == 1);
                    (looksUp ? lookedUp : computed).add(ref);
                }
            }
        }
        Set<Ref> whole = new HashSet<>();
        for (int i = 0; i < lowered.inputs().size(); i++) {
            Ref input = lowered.inputs().get(i);
            if (lowered.kinds().get(i) != ElementKind.REAL && lookedUp.contains(input) && !computed.contains(input)) {
                whole.add(input);
            }
        }
        return whole;
    }

    /**
     * A network that the compiler refuses would be of no use, and says something about the model or about the import.
     */
    private static void requireCompiled(String text, String file) throws OnnxException {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile(file, text)));
        List<String> errors = compilation.diagnostics().stream()
                .filter(Diagnostic::isError)
                .map(Diagnostic::render)
                .toList();
        if (!errors.isEmpty()) {
            List<String> problems = new ArrayList<>();
            problems.add("the network that it becomes does not compile:");
            problems.addAll(errors);
            throw new OnnxException(problems);
        }
    }
}
