package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.cli.argument.Console;
import org.espalier.cli.argument.TextColumns;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.op.Value;
import org.espalier.weights.MappingProposal;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Proposes a mapping of a file's tensor names to a network's: {@code espalier weights map}. */
@Command(
        name = "map",
        header = "Propose what a file's tensors are called in a network.",
        description = {
            "",
            "Names that differ are matched by shapes and by the order of layers. Look at the proposal: layers of one"
                    + " shape can be confused. With -o it becomes a file of rules for NameMapping.read, which can be"
                    + " edited."
        },
        footer = {"", "Example: espalier weights map --weights unet.safetensors -o names.map unet.net"})
final class WeightsMapCommand extends NetworkCommand {
    @Option(names = "--weights", paramLabel = "FILE", required = true, description = "A safetensors file.")
    private Path weights;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "MAPPING",
            description = "Where to write the mapping.")
    private @Nullable Path output;

    @Override
    void show(Program program, Console console) {
        MappingProposal proposal;
        try (TensorFile file = TensorFile.open(weights)) {
            proposal = MappingProposal.of(file.tensors(), tensors(program));
        }
        console.heading(program.graph().name());
        List<List<String>> rows = new ArrayList<>();
        proposal.names().forEach((theirs, ours) -> {
            if (!theirs.equals(ours)) {
                rows.add(List.of(theirs, "->", ours));
            }
        });
        if (!rows.isEmpty()) {
            TextColumns.lines(rows).forEach(console::print);
        }
        proposal.rest().forEach(tensor -> console.print("nothing in the network for " + tensor));
        proposal.missing().forEach(tensor -> console.print("nothing in the file for " + tensor));
        console.note((proposal.names().size() - rows.size()) + " names are the same, " + rows.size() + " are mapped, "
                + proposal.rest().size() + " of the file and "
                + proposal.missing().size()
                + " of the network are left over");
        if (output != null) {
            proposal.mapping()
                    .write(
                            output,
                            "Names of " + weights.getFileName() + " in "
                                    + program.graph().name() + ": a proposal by shapes and order.");
        }
    }

    private static List<TensorInfo> tensors(Program program) {
        return Stream.concat(
                        program.graph().parameters().stream().map(parameter -> parameter.value()),
                        program.graph().statistics().stream().map(Statistic::value))
                .map(WeightsMapCommand::tensor)
                .toList();
    }

    private static TensorInfo tensor(Value value) {
        return new TensorInfo(
                value.name(),
                TensorType.F32,
                value.shape().dimensions().stream().map(Integer::longValue).toList());
    }
}
