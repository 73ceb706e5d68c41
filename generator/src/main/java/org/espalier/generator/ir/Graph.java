package org.espalier.generator.ir;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;

/**
 * A network with every block applied and every list flattened: what is computed, and nothing about how.
 *
 * @param declaration its name, and what stands beside it
 * @param precision number format of every tensor
 * @param inputs in the order written
 * @param parameters in the order their layers run
 * @param statistics running statistics, in the order their layers run
 * @param operations in an order in which every value is written before it is read
 * @param outputs in the order written; each is an activation
 * @param training what it learns from and how
 * @param written where its layers come from
 */
public record Graph(
        Declaration declaration,
        Precision precision,
        List<Value> inputs,
        List<ParameterDecl> parameters,
        List<Statistic> statistics,
        List<ForwardOp> operations,
        List<Value> outputs,
        Training training,
        Written written) {
    /** Copies the lists. */
    public Graph {
        inputs = List.copyOf(inputs);
        parameters = List.copyOf(parameters);
        statistics = List.copyOf(statistics);
        operations = List.copyOf(operations);
        outputs = List.copyOf(outputs);
    }

    /**
     * Declaration of a network, as it is written.
     *
     * @param packageName Java package of the generated class, empty for the unnamed one
     * @param name the network's name, which is the class's
     * @param documentation the text of its doc comment, empty if it has none
     * @param span from its keyword to its name
     */
    public record Declaration(String packageName, String name, String documentation, SourceSpan span) {}

    /**
     * Losses, optimizers and regularizers of a network; none if it only predicts.
     *
     * @param losses the data losses, which add up, in the order written; none if the network declares none
     * @param optimizer the optimizer, if the network declares one
     * @param optimizerGroups parameters that follow another optimizer than the network's
     * @param updateGroups a partition of the unfrozen parameters by regularizer; the unregularized group has no terms
     * @param wantedInputs inputs by which gradients are wanted as well
     */
    public record Training(
            List<Loss> losses,
            Optional<OptimizerDecl> optimizer,
            List<OptimizerGroup> optimizerGroups,
            List<UpdateGroup> updateGroups,
            List<Value> wantedInputs) {
        /** Of a network that only predicts. */
        public static final Training NONE = new Training(List.of(), Optional.empty(), List.of());

        /** Copies the lists. */
        public Training {
            losses = List.copyOf(losses);
            optimizerGroups = List.copyOf(optimizerGroups);
            updateGroups = List.copyOf(updateGroups);
            wantedInputs = List.copyOf(wantedInputs);
        }

        /** With one optimizer for all, and no gradients by inputs. */
        public Training(List<Loss> losses, Optional<OptimizerDecl> optimizer, List<UpdateGroup> updateGroups) {
            this(losses, optimizer, List.of(), updateGroups, List.of());
        }
    }

    /**
     * Origin of the layers of a network in its specification.
     *
     * @param calls how layers are called, by their paths, with values in place of the names that were written
     * @param blocks the blocks that its layers lie in, in the order in which they run
     * @param sites where layers were written, by their paths: the call of the layer first, then those of the blocks
     *     that it lies in, the innermost first
     */
    public record Written(Map<String, String> calls, List<Block> blocks, Map<String, List<SourceSpan>> sites) {
        /** Of a network without blocks, of whose calls nothing is known. */
        public static final Written NOWHERE = new Written(Map.of(), List.of(), Map.of());

        /** Copies the maps, and the list. */
        public Written {
            calls = Collections.unmodifiableMap(new LinkedHashMap<>(calls));
            blocks = List.copyOf(blocks);
            sites = Map.copyOf(sites);
        }
    }

    /** The same network computed by other operations. */
    public Graph withOperations(List<ForwardOp> other) {
        return new Graph(declaration, precision, inputs, parameters, statistics, other, outputs, training, written);
    }

    /** The same network in numbers of another format. */
    public Graph withPrecision(Precision other) {
        return new Graph(declaration, other, inputs, parameters, statistics, operations, outputs, training, written);
    }

    /** The same network, otherwise declared. */
    public Graph withDeclaration(Declaration other) {
        return new Graph(other, precision, inputs, parameters, statistics, operations, outputs, training, written);
    }

    /** Returns the Java package of the generated class, empty for the unnamed one. */
    public String packageName() {
        return declaration.packageName;
    }

    /** Returns the network's name, which is the class's. */
    public String name() {
        return declaration.name;
    }

    /** Returns the text of its doc comment, empty if it has none. */
    public String documentation() {
        return declaration.documentation;
    }

    /** Returns the network's declaration, from its keyword to its name. */
    public SourceSpan span() {
        return declaration.span;
    }

    /** See {@link Training}. */
    public List<Loss> losses() {
        return training.losses;
    }

    /** See {@link Training}. */
    public Optional<OptimizerDecl> optimizer() {
        return training.optimizer;
    }

    /** See {@link Training}. */
    public List<OptimizerGroup> optimizerGroups() {
        return training.optimizerGroups;
    }

    /** See {@link Training}. */
    public List<UpdateGroup> updateGroups() {
        return training.updateGroups;
    }

    /** See {@link Training}. */
    public List<Value> wantedInputs() {
        return training.wantedInputs;
    }

    /** See {@link Written}. */
    public Map<String, String> calls() {
        return written.calls;
    }

    /** See {@link Written}. */
    public List<Block> blocks() {
        return written.blocks;
    }

    /** See {@link Written}. */
    public Map<String, List<SourceSpan>> sites() {
        return written.sites;
    }

    /** The number that the elements of an input of whole numbers are below: the smallest that its readers name. */
    public OptionalInt limit(Value input) {
        return operations.stream()
                .filter(op -> op.wholeInputs().contains(input))
                .flatMapToInt(op -> op.limit(input).stream())
                .min();
    }

    /** The same of all values of whole numbers that have a limit. */
    public Map<Value, Integer> limits() {
        Map<Value, Integer> limits = new HashMap<>();
        for (ForwardOp op : operations) {
            for (Value value : op.wholeInputs()) {
                op.limit(value).ifPresent(limit -> limits.merge(value, limit, Math::min));
            }
        }
        return limits;
    }

    /** Returns what the losses compare with, in the order declared. */
    public List<Value> targets() {
        return losses().stream()
                .flatMap(loss -> loss.operands().stream())
                .filter(value -> value.kind() == Value.Kind.TARGET)
                .distinct()
                .sorted(Comparator.comparingInt(target -> target.span().start()))
                .toList();
    }

    /** Finds the optimizer that a parameter follows, if it is not frozen. */
    public Optional<OptimizerDecl> optimizer(ParameterDecl parameter) {
        return optimizerGroups().stream()
                .filter(group -> group.parameters().contains(parameter))
                .map(OptimizerGroup::optimizer)
                .findFirst()
                .or(this::optimizer);
    }

    /** Number of learned scalars. */
    public long parameterCount() {
        return parameters.stream()
                .mapToLong(parameter -> parameter.value().shape().elements())
                .sum();
    }
}
