package org.espalier.generator.generated;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Holds a compiled network to what PyTorch computed: its result, and the gradients by inputs and parameters. */
final class PytorchCase {
    private PytorchCase() {}

    /** The name of an input by its place: {@code x}, {@code x2}, {@code x3}. */
    static String input(int place) {
        return place == 0 ? "x" : "x" + (place + 1);
    }

    /**
     * Fails if a number is not PyTorch's.
     *
     * @param prefix of the names of parameters and statistics, which the fixture does not have
     */
    static void check(
            Map<String, Object> fixture, Program program, CompiledNetwork network, String prefix, double tolerance) {
        Map<String, Object> tensors = PytorchNumbers.map(fixture.get("tensors"));
        List<Value> inputs = program.graph().inputs();
        INDArray y = forward(fixture, program, network, prefix, x -> {});
        Fixtures.assertSame(tensors, "y", y, tolerance);
        network.backward(Fixtures.array(tensors, "dY").castTo(y.dataType()));
        for (int i = 0; i < inputs.size(); i++) {
            if (program.inputGradients().contains(inputs.get(i).gradient())) {
                Fixtures.assertSame(
                        tensors,
                        "d" + input(i).toUpperCase(Locale.ROOT),
                        network.inputGradient(inputs.get(i)),
                        tolerance);
            }
        }
        network.network()
                .parameters()
                .forEach(parameter -> Fixtures.assertSame(
                        tensors, "gradient/" + relative(parameter.name(), prefix), parameter.gradient(), tolerance));
        network.network()
                .statistics()
                .forEach((name, value) ->
                        Fixtures.assertSame(tensors, "statistic/" + relative(name, prefix), value, tolerance));
    }

    /** Runs the network on the parameters and inputs of a fixture, of which the first input may be changed. */
    static INDArray forward(
            Map<String, Object> fixture,
            Program program,
            CompiledNetwork network,
            String prefix,
            Consumer<INDArray> change) {
        Map<String, Object> tensors = PytorchNumbers.map(fixture.get("tensors"));
        network.network()
                .parameters()
                .forEach(parameter -> parameter
                        .value()
                        .assign(Fixtures.array(tensors, "parameter/" + relative(parameter.name(), prefix))));
        for (int i = 0; i < program.graph().inputs().size(); i++) {
            network.input(i).assign(Fixtures.array(tensors, input(i)));
        }
        change.accept(network.input(0));
        if (fixture.get("mode").equals("eval")) {
            network.network().eval();
        }
        return network.output();
    }

    private static String relative(String path, String prefix) {
        return path.substring(prefix.length());
    }
}
