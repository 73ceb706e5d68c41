package org.espalier.generator.target.java.block;

import com.palantir.javapoet.ClassName;
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
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.names.RuntimeTypes;

/**
 * A normalization whose tensors are one object, which kernels are given in their place.
 *
 * @param kind of the object
 * @param object stands for the object where fields are named and referred to; it is no tensor
 * @param path what the names of its parameters and statistics begin with
 * @param parameters its weight and bias, or its weight, or none
 * @param statistics its running mean and variance, if it has them
 * @param saved the mean and the inverse standard deviation of a batch
 * @param momentum of the running statistics
 */
public record Norm(
        Kind kind,
        Value object,
        String path,
        List<ParameterDecl> parameters,
        List<Value> statistics,
        List<Value> saved,
        double eps,
        double momentum) {
    /** The kinds of objects. */
    public enum Kind {
        /** Over the batch, with running statistics. */
        BATCH,
        /** Of each sample by itself. */
        SAMPLE
    }

    /** The kernels that are given objects, and of which kind. */
    private static final Map<String, Kind> KERNELS = Map.of(
            "batch_norm", Kind.BATCH,
            "instance_norm", Kind.SAMPLE,
            "group_norm", Kind.SAMPLE,
            "layer_norm", Kind.SAMPLE);

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

    /** The class of the object. */
    public ClassName type() {
        return kind == Kind.BATCH ? RuntimeTypes.BATCH_NORM : RuntimeTypes.SAMPLE_NORM;
    }

    /** The sizes of γ and β, or of the running statistics. */
    public List<Integer> sizes() {
        return Stream.concat(parameters.stream().map(ParameterDecl::value), statistics.stream())
                .findFirst()
                .map(value -> value.shape().dimensions())
                .orElse(List.of());
    }

    /** Tells whether a kernel is given an object instead of some of its operands, where there is one. */
    public static boolean isTakenBy(String kernel) {
        return KERNELS.containsKey(kernel.replace("_backward", ""));
    }

    /**
     * The normalization that an operation is, if all of its tensors are its own and its parameters nothing special.
     *
     * @param readers how many operations read each value
     * @param plain whether a parameter is trained, and no regularizer nor report knows it
     */
    static Optional<Norm> of(
            ForwardOp op,
            Map<Value, Integer> readers,
            Map<Value, ParameterDecl> parameters,
            Predicate<ParameterDecl> plain) {
        Kind kind = KERNELS.get(op.call().kernel());
        if (kind == null) {
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
        boolean tracked = statistics.size() == 2;
        if (!alone
                || tracked != (kind == Kind.BATCH)
                || statistics.size() > 2
                || !learned.stream().allMatch(plain)) {
            return Optional.empty();
        }
        Value mean = signature.saved().get(0);
        String path = mean.name().substring(0, mean.name().lastIndexOf('.'));
        Value object = new Value(path + ".state", Shape.of(), Value.Kind.STATISTIC, mean.span());
        List<Double> constants = signature.attributes().stream()
                .map(attribute -> ((Argument.Real) attribute.value()).number())
                .toList();
        return Optional.of(new Norm(
                kind,
                object,
                path,
                learned,
                statistics,
                signature.saved(),
                constants.get(0),
                tracked ? constants.get(1) : 0));
    }

    /** Counts the operations that read each value. */
    static Map<Value, Integer> readers(Graph graph) {
        Map<Value, Integer> readers = new HashMap<>();
        graph.operations().forEach(op -> op.inputs().forEach(value -> readers.merge(value, 1, Integer::sum)));
        return readers;
    }
}
