package org.espalier.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.espalier.weights.NameMapping;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a file's tensors in another format, or under other names. */
@Command(
        name = "convert",
        header = "Write tensors in another format of numbers, or under other names.",
        footer = {"", "Example: espalier weights convert --type F16 unet.safetensors small.safetensors"})
final class WeightsConvertCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "A safetensors file.")
    private Path from;

    @Parameters(index = "1", paramLabel = "OUTPUT", description = "The file to write.")
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
        try (TensorFile file = TensorFile.open(from)) {
            TensorFileWriter writer = new TensorFileWriter();
            file.metadata().forEach(writer::metadata);
            for (TensorInfo tensor : file.tensors()) {
                TensorType as = type == null || tensor.type().isWhole() ? tensor.type() : type;
                writer.add(
                        new TensorInfo(mapping.apply(tensor.name()), as, tensor.shape()),
                        sink -> file.copy(tensor.name(), as, sink));
            }
            try {
                writer.write(to);
            } catch (IllegalArgumentException twice) {
                throw new WeightsFileException(to, "is not written: " + twice.getMessage(), twice);
            }
            new Console(command).note(file.tensors().size() + " tensors written");
        }
        return ExitCode.OK;
    }
}
