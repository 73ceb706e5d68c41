package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Value;

/**
 * A batch normalisation whose tensors are one object, which kernels are given in their place.
 *
 * @param object stands for the object where fields are named and referred to; it is no tensor
 * @param path what the names of its parameters and statistics begin with
 * @param parameters its weight and bias, or its weight, or none
 * @param statistics its running mean and variance
 * @param saved the mean and the inverse standard deviation of a batch
 */
public record Norm(
        Value object,
        String path,
        List<ParameterDecl> parameters,
        List<Value> statistics,
        List<Value> saved,
        double eps,
        double momentum) {
    /** The kernels that are given the object. */
    public static final List<String> KERNELS = List.of("batch_norm", "batch_norm_backward");

    /** Copies the lists. */
    public Norm {
        parameters = List.copyOf(parameters);
        statistics = List.copyOf(statistics);
        saved = List.copyOf(saved);
    }

    /** The tensors that the object has. */
    public List<Value> members() {
        List<Value> members = new ArrayList<>(statistics);
        members.addAll(saved);
        parameters.forEach(parameter -> {
            members.add(parameter.value());
            members.add(parameter.value().gradient());
        });
        return members;
    }

    /** The number of channels that are normalised. */
    public int channels() {
        return statistics.get(0).shape().axis(0);
    }

    /**
     * The normalisation that an operation is, if all of its tensors are its own and its parameters nothing special.
     *
     * @param readers how many operations read each value
     * @param plain whether a parameter is trained, and no regularizer nor report knows it
     */
    static Optional<Norm> of(
            ForwardOp op,
            Map<Value, Integer> readers,
            Map<Value, ParameterDecl> parameters,
            Predicate<ParameterDecl> plain) {
        if (!op.call().kernel().equals(KERNELS.get(0))) {
            return Optional.empty();
        }
        OpSignature signature = op.signature();
        List<Value> own = signature.operands().stream().skip(1).toList();
        List<ParameterDecl> learned = own.stream()
                .flatMap(value -> Stream.ofNullable(parameters.get(value)))
                .toList();
        List<Value> statistics = own.stream()
                .filter(value -> value.kind() == Value.Kind.STATISTIC)
                .toList();
        boolean alone = own.stream().allMatch(value -> readers.getOrDefault(value, 0) == 1);
        if (!alone || statistics.size() != 2 || !learned.stream().allMatch(plain)) {
            return Optional.empty();
        }
        String name = statistics.get(0).name();
        String path = name.substring(0, name.lastIndexOf('.'));
        Value object = new Value(
                path + ".state",
                statistics.get(0).shape(),
                Value.Kind.STATISTIC,
                statistics.get(0).span());
        List<Double> constants = signature.attributes().stream()
                .map(attribute -> ((Argument.Real) attribute.value()).number())
                .toList();
        return Optional.of(
                new Norm(object, path, learned, statistics, signature.saved(), constants.get(0), constants.get(1)));
    }

    /** Counts the operations that read each value. */
    static Map<Value, Integer> readers(Graph graph) {
        Map<Value, Integer> readers = new HashMap<>();
        graph.operations().forEach(op -> op.inputs().forEach(value -> readers.merge(value, 1, Integer::sum)));
        return readers;
    }
}
