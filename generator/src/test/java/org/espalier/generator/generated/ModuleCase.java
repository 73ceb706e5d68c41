package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Value;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One of PyTorch's samples: a constructor call of a module, tensors that the module is given, and what came of it.
 *
 * @param call as written in a {@code .net}
 * @param samples how many samples are this one
 * @param mode {@code train} or {@code eval}
 * @param inputs of the module; those of a loss are predictions, then what they are compared with
 * @param masks inputs that are masks, by what they are called in the application
 * @param results sums of each tensor that came out
 */
record ModuleCase(
        String call,
        int samples,
        String mode,
        List<Input> inputs,
        Map<String, Object> masks,
        Map<String, Object> results) {
    private static final String LAYER = "layer.";

    /**
     * A tensor that a module is given.
     *
     * @param fill of which numbers it is
     */
    record Input(String name, String fill, long[] shape) {
        static Input of(String name, Map<String, Object> fixture) {
            return new Input(name, String.valueOf(fixture.get("fill")), ModuleNumbers.sizes(fixture.get("shape")));
        }

        /** {@code float[batch, 3, 4]}. */
        String type() {
            String sizes = LongStream.of(shape)
                    .skip(1)
                    .mapToObj(size -> ", " + size)
                    .collect(Collectors.joining("", "[batch", "]"));
            return (isWhole() ? "int" : "float") + sizes;
        }

        boolean isWhole() {
            return fill.equals("labels") || fill.startsWith("lengths ") || fill.matches("below \\d+( from 1)?");
        }

        INDArray numbers() {
            return ModuleNumbers.fill(fill, name, shape);
        }
    }

    static ModuleCase of(Map<String, Object> fixture) {
        List<Object> inputs = PytorchNumbers.list(fixture.get("inputs"));
        return new ModuleCase(
                String.valueOf(fixture.get("call")),
                Integer.parseInt(String.valueOf(fixture.get("samples"))),
                String.valueOf(fixture.get("mode")),
                IntStream.range(0, inputs.size())
                        .mapToObj(place -> Input.of(PytorchCase.input(place), PytorchNumbers.map(inputs.get(place))))
                        .toList(),
                PytorchNumbers.map(fixture.getOrDefault("masks", Map.of())),
                PytorchNumbers.map(fixture.get("results")));
    }

    private boolean isLoss() {
        return call.substring(0, call.indexOf('(')).endsWith("Loss");
    }

    private boolean hasGradient(Input input) {
        return results.containsKey(gradient(input));
    }

    private static String gradient(Input input) {
        return "d" + input.name().toUpperCase(Locale.ROOT);
    }

    /** A network that is the module and nothing else; a loss compares what it is given, times 1. */
    String specification(String name, String precision) {
        String clauses = inputs.stream().map(this::declaration).collect(Collectors.joining("\n    "));
        return """
                network %s {
                    %s
                    %s
                    precision %s
                }
                """.formatted(name, clauses, isLoss() ? comparison() : application(), precision);
    }

    /** The tensors that are inputs of the network, or its targets. */
    private List<Input> given(boolean asInputs) {
        return inputs.stream()
                .filter(input -> asInputs == (!isLoss() || hasGradient(input)))
                .toList();
    }

    private String declaration(Input input) {
        if (isLoss() && !hasGradient(input)) {
            return "target " + input.name() + ": " + input.type();
        }
        return "input " + input.name() + ": " + input.type() + (hasGradient(input) ? " with gradient" : "");
    }

    private String application() {
        String arguments = grouped(inputs.stream()
                        .map(Input::name)
                        .filter(name -> !masks.containsValue(name))
                        .toList())
                + masks.entrySet().stream()
                        .map(mask -> ", " + mask.getKey() + "=" + mask.getValue() + " > 0.5")
                        .collect(Collectors.joining());
        List<String> outputs = outputs();
        return "layer = " + call + "\n    " + grouped(outputs) + " = layer(" + arguments + ")\n    "
                + outputs.stream().map(output -> "output " + output).collect(Collectors.joining("\n    "));
    }

    /** Names in a row, of which those of an LSTM's two states are taken together: {@code x, (x2, x3)}. */
    private String grouped(List<String> names) {
        return call.startsWith("LSTM") && names.size() == 3
                ? names.get(0) + ", (" + names.get(1) + ", " + names.get(2) + ")"
                : String.join(", ", names);
    }

    /** The tensors that come out, {@code y}, {@code y2} and {@code y3}. */
    private List<String> outputs() {
        return results.keySet().stream().filter(name -> name.matches("y\\d*")).toList();
    }

    private String comparison() {
        String outputs = inputs.stream()
                .filter(this::hasGradient)
                .map(input -> "output " + output(input) + " = 1 * " + input.name() + "\n    ")
                .collect(Collectors.joining());
        String arguments = inputs.stream()
                .map(input -> hasGradient(input) ? output(input) : input.name())
                .collect(Collectors.joining(", "));
        return outputs + "loss " + call + "(" + arguments + ")";
    }

    private static String output(Input input) {
        return input.name().replace('x', 'y');
    }

    /** The size of the batch. */
    int batch() {
        return (int) inputs.get(0).shape()[0];
    }

    /** Fails if a number is not PyTorch's, or if one side has a tensor that the other does not have. */
    void check(Program program, CompiledNetwork network, double tolerance) {
        fill(program, network);
        Map<String, INDArray> found = new LinkedHashMap<>();
        if (isLoss()) {
            for (int i = 0; i < given(false).size(); i++) {
                network.target(i).assign(given(false).get(i).numbers());
            }
            found.put("y", Nd4j.scalar(network.forward()));
            network.backward();
        } else {
            List<INDArray> ys = network.outputs(
                    IntStream.range(0, inputs.size()).mapToObj(network::input).toArray(INDArray[]::new));
            IntStream.range(0, ys.size()).forEach(place -> found.put(outputs().get(place), ys.get(place)));
            // Places and other outputs that have no gradient are given none.
            List<Value> differentiated =
                    program.seeds().stream().map(Seed::output).toList();
            network.backward(IntStream.range(0, ys.size())
                    .filter(place ->
                            differentiated.contains(program.graph().outputs().get(place)))
                    .mapToObj(place -> ModuleNumbers.fill(
                                    "weight",
                                    "d" + outputs().get(place).toUpperCase(Locale.ROOT),
                                    ys.get(place).shape())
                            .castTo(ys.get(place).dataType()))
                    .toArray(INDArray[]::new));
        }
        List<Value> values = program.graph().inputs();
        for (int i = 0; i < values.size(); i++) {
            if (program.inputGradients().contains(values.get(i).gradient())) {
                found.put(gradient(given(true).get(i)), network.inputGradient(values.get(i)));
            }
        }
        network.network()
                .parameters()
                .forEach(parameter -> found.put("gradient/" + relative(parameter.name()), parameter.gradient()));
        network.network().statistics().forEach((path, value) -> found.put("statistic/" + relative(path), value));

        assertThat(found).containsOnlyKeys(results.keySet());
        results.forEach((name, right) -> ModuleNumbers.assertSame(name, right, found.get(name), tolerance));
    }

    private void fill(Program program, CompiledNetwork network) {
        network.network().parameters().forEach(parameter -> assign(parameter.value(), "weight", parameter.name()));
        network.network().statistics().forEach((path, value) -> {
            // The count of batches stays as it begins.
            if (path.contains("running")) {
                assign(value, path.endsWith("var") ? "positive" : "weight", path);
            }
        });
        for (int i = 0; i < program.graph().inputs().size(); i++) {
            network.input(i).assign(given(true).get(i).numbers());
        }
        if (mode.equals("eval")) {
            network.network().eval();
        }
    }

    private static void assign(INDArray array, String kind, String path) {
        array.assign(ModuleNumbers.fill(kind, relative(path), array.shape()));
    }

    /** A path within the layer; that of a layer that a loss brings with it has a number, as it has no name. */
    private static String relative(String path) {
        return path.startsWith(LAYER) ? path.substring(LAYER.length()) : path.replaceFirst("^(\\D+)1\\.", "$1.");
    }

    /** The call, the types it is called on, and the mode. */
    @Override
    public String toString() {
        String types = inputs.stream().map(Input::type).collect(Collectors.joining(", "));
        String masked = masks.isEmpty() ? "" : " with " + String.join(", ", masks.keySet());
        return call + " of " + types + masked + ", " + mode;
    }
}
