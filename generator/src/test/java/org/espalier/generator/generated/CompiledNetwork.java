package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.WholeNumbers;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A generated class at work on random numbers. Knows the program it was made from, so as to call its methods. */
final class CompiledNetwork implements AutoCloseable {
    private static final long DROPOUT_SEED = 7;

    private final Program program;
    private final Network network;
    private final INDArray[] inputs;
    private final INDArray[] outputGradients;
    private final INDArray[] targets;

    CompiledNetwork(Program program, Class<?> type, int batch, long seed) {
        this.program = program;
        this.network = (Network) call(method(type, "create"), null, Init.seed(seed));
        Random random = new Random(seed);
        Graph graph = program.graph();
        this.inputs = graph.inputs().stream()
                .map(input -> input.isWhole() ? indices(input, batch, random) : numbers(input.shape(), batch, random))
                .toArray(INDArray[]::new);
        this.outputGradients = program.seeds().stream()
                .map(output -> numbers(output.gradient().shape(), batch, random))
                .toArray(INDArray[]::new);
        this.targets = graph.targets().stream()
                .map(target ->
                        target.isWhole() ? indices(target, batch, random) : numbers(target.shape(), batch, random))
                .toArray(INDArray[]::new);
    }

    /** A view of a network, for the same numbers. */
    private CompiledNetwork(CompiledNetwork shared) {
        this.program = shared.program;
        this.network = (Network) call(method(shared.network.getClass(), "create"), null, Init.sharing(shared.network));
        this.inputs = shared.inputs;
        this.outputGradients = shared.outputGradients;
        this.targets = shared.targets;
    }

    /** Whole numbers, LONG as PyTorch has them, of which some occur several times. */
    private INDArray indices(Value value, int batch, Random random) {
        IntSupplier element = WholeNumbers.of(program.graph(), value, random);
        long[] numbers = LongStream.generate(element::getAsInt)
                .limit(batch * value.shape().elements())
                .toArray();
        return Nd4j.createFromArray(numbers).reshape(sizes(value.shape(), batch));
    }

    private static long[] sizes(Shape shape, int batch) {
        return LongStream.concat(
                        LongStream.of(batch), shape.dimensions().stream().mapToLong(Integer::longValue))
                .toArray();
    }

    private INDArray numbers(Shape shape, int batch, Random random) {
        double[] numbers = random.doubles(batch * shape.elements(), -1, 1).toArray();
        DataType type = program.graph().precision() == Precision.FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
        return Nd4j.createFromArray(numbers).castTo(type).reshape(sizes(shape, batch));
    }

    Network network() {
        return network;
    }

    INDArray input(int index) {
        return inputs[index];
    }

    INDArray target() {
        return target(0);
    }

    INDArray target(int index) {
        return targets[index];
    }

    /**
     * Computes what is differentiated: the loss, or without one the outputs weighed by the gradients that backward is
     * given.
     */
    double forward() {
        network.seedRandom(DROPOUT_SEED);
        Object result = call(method(network.getClass(), "forward"), network, (Object[]) inputs);
        if (!program.graph().losses().isEmpty()) {
            return (double) call(method(network.getClass(), "loss"), network, (Object[]) targets);
        }
        double sum = 0;
        for (int i = 0; i < outputGradients.length; i++) {
            Value output = program.seeds().get(i).output();
            INDArray array = result == null ? accessor(output.name()) : (INDArray) result;
            sum += array.mul(outputGradients[i]).sumNumber().doubleValue();
        }
        return sum;
    }

    /** Runs the network on its inputs; with several outputs, returns the first. */
    INDArray output() {
        network.seedRandom(DROPOUT_SEED);
        Object result = call(method(network.getClass(), "forward"), network, (Object[]) inputs);
        return result == null ? accessor(program.graph().outputs().get(0).name()) : (INDArray) result;
    }

    /** Holds a network that shares the weights, and has memory for forward alone, to the same outputs to the bit. */
    void checkView() {
        network.eval();
        network.seedRandom(DROPOUT_SEED);
        List<INDArray> expected = outputs(inputs).stream().map(INDArray::dup).toList();
        network.train();
        try (CompiledNetwork view = new CompiledNetwork(this)) {
            view.network.seedRandom(DROPOUT_SEED);
            assertThat(view.outputs(inputs)).as("outputs of a view").isEqualTo(expected);
        }
    }

    /** Outputs for inputs of the caller's, in the order of the network's outputs. */
    List<INDArray> outputs(INDArray... given) {
        Object result = call(method(network.getClass(), "forward"), network, (Object[]) given);
        return result == null
                ? program.graph().outputs().stream()
                        .map(output -> accessor(output.name()))
                        .toList()
                : List.of((INDArray) result);
    }

    /** Goes back from these gradients by the outputs. */
    void backward(INDArray... gradients) {
        Method backward = Arrays.stream(network.getClass().getMethods())
                .filter(method -> method.getName().equals("backward"))
                .filter(method -> method.getParameterCount() == gradients.length)
                .findFirst()
                .orElseThrow();
        call(backward, network, (Object[]) gradients);
    }

    /** Computes what is differentiated, with the penalties on activities, which only backward computes. */
    double penalized() {
        double value = forward();
        boolean penalties = program.graph().updateGroups().stream()
                .anyMatch(group -> !group.activities().isEmpty());
        if (penalties) {
            backward();
        }
        return value
                + network.regularizers().stream()
                        .flatMap(regularizer -> regularizer.takeActivities().stream())
                        .mapToDouble(LedgerEntry::value)
                        .sum();
    }

    void backward() {
        boolean loss = !program.graph().losses().isEmpty();
        backward(loss ? new INDArray[0] : outputGradients);
    }

    /** The gradient by an input. */
    INDArray inputGradient(Value input) {
        return accessor("d " + input.name());
    }

    /** Calls a method of the class, by its name and the number of its arguments. */
    Object invoke(String name, INDArray... arguments) {
        Method found = Arrays.stream(network.getClass().getMethods())
                .filter(method -> method.getName().equals(name) && method.getParameterCount() == arguments.length)
                .filter(method -> !method.isBridge())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no method " + name + " of " + arguments.length + " arrays"));
        return call(found, network, (Object[]) arguments);
    }

    private INDArray accessor(String value) {
        String name = camelCase(value);
        Method accessor = Arrays.stream(network.getClass().getMethods())
                .filter(method -> method.getName().matches(Pattern.quote(name) + "_?"))
                .filter(method -> method.getParameterCount() == 0 && method.getReturnType() == INDArray.class)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no method " + name + " in " + network.getClass()));
        return (INDArray) call(accessor, network);
    }

    private static String camelCase(String value) {
        return Pattern.compile("[ ._](.)")
                .matcher(value)
                .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }

    private static Method method(Class<?> type, String name) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals(name) && !method.isBridge())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no method " + name + " in " + type));
    }

    private static Object call(Method method, Object receiver, Object... arguments) {
        try {
            return method.invoke(receiver, arguments);
        } catch (InvocationTargetException e) {
            throw new AssertionError(method + " failed", e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** The same network in numbers of 64 bits. */
    static Graph inDoublePrecision(Graph graph) {
        return new Graph(
                graph.declaration(),
                Precision.FLOAT64,
                graph.inputs(),
                graph.parameters(),
                graph.statistics(),
                graph.operations(),
                graph.outputs(),
                new Graph.Training(graph.losses(), graph.optimizer(), graph.updateGroups()),
                Graph.Written.NOWHERE);
    }

    @Override
    public void close() {
        network.close();
    }
}
