package org.espalier.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Inspects, compares, converts and maps weights files: {@code espalier weights}. */
@Command(
        name = "weights",
        header = "Show, compare, convert and rename weights.",
        description = {
            "",
            "Weights are safetensors files, as PyTorch and Espalier write them, or NPZ files, as NumPy does."
        },
        subcommands = {
            WeightsInspectCommand.class,
            WeightsDiffCommand.class,
            WeightsMapCommand.class,
            WeightsConvertCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
final class WeightsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        throw new ParameterException(
                command.commandLine(), "expected one of inspect, diff, map and convert behind 'espalier weights'");
    }
}
