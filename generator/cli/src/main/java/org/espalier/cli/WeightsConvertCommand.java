package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.espalier.cli.argument.Console;
import org.espalier.cli.file.WeightsFiles;
import org.espalier.weights.NameMapping;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorSource;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.espalier.weights.npy.NpzWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Converts a weights file to another format or other tensor names: {@code espalier weights convert}. */
@Command(
        name = "convert",
        header = "Write tensors in another format of numbers or of files, or under other names.",
        description = {"", "NPZ files have no metadata, and no numbers of BF16 and 8 bits, which become F32."},
        footer = {"", "Example: espalier weights convert --type F16 unet.safetensors small.safetensors"})
final class WeightsConvertCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "A safetensors or NPZ file.")
    private Path from;

    @Parameters(
            index = "1",
            paramLabel = "OUTPUT",
            description = "The file to write: NPZ if it ends in .npz, else safetensors.")
    private Path to;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "What floating-point numbers become: F64, F32, F16 or BF16. They stay unless it is given.")
    private @Nullable TensorType type;

    @Option(names = "--names", paramLabel = "MAPPING", description = "A mapping of names.")
    private @Nullable Path names;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        NameMapping mapping = names == null ? NameMapping.NONE : NameMapping.read(names);
        try (TensorSource file = WeightsFiles.open(from)) {
            List<TensorInfo> tensors = new ArrayList<>();
            List<TensorFileWriter.Body> bodies = new ArrayList<>();
            for (TensorInfo tensor : file.tensors()) {
                TensorType as = type == null || tensor.type().isWhole() ? tensor.type() : type;
                TensorType written = WeightsFiles.isArchive(to) ? NpzWriter.written(as) : as;
                tensors.add(new TensorInfo(mapping.apply(tensor.name()), written, tensor.shape()));
                bodies.add(sink -> file.copy(tensor.name(), written, sink));
            }
            try {
                WeightsFiles.write(to, file.metadata(), tensors, bodies);
            } catch (IllegalArgumentException twice) {
                throw new WeightsFileException(to, "is not written: " + twice.getMessage(), twice);
            }
            new Console(command).note(file.tensors().size() + " tensors written");
        }
        return ExitCode.OK;
    }
}
