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
 * @param packageName Java package of the generated class, empty for the unnamed one
 * @param name the network's name, which is the class's
 * @param documentation the text of its doc comment, empty if it has none
 * @param span the network's declaration, from its keyword to its name
 * @param precision number format of every tensor
 * @param inputs in the order written
 * @param parameters in the order their layers run
 * @param statistics running statistics, in the order their layers run
 * @param operations in an order in which every value is written before it is read
 * @param outputs in the order written; each is an activation
 * @param losses the data losses, which add up, in the order written; none if the network declares none
 * @param optimizer the optimizer, if the network declares one
 * @param optimizerGroups parameters that follow another optimizer than the network's
 * @param updateGroups a partition of the unfrozen parameters by regularizer; the unregularized group has no terms
 * @param wantedInputs inputs by which gradients are wanted as well
 * @param calls how layers are called, by their paths, with values in place of the names that were written
 * @param blocks the blocks that its layers lie in, in the order in which they run
 * @param sites where layers were written, by their paths: the call of the layer first, then those of the blocks that it
 *     lies in, the innermost first
 */
public record Graph(
        String packageName,
        String name,
        String documentation,
        SourceSpan span,
        Precision precision,
        List<Value> inputs,
        List<ParameterDecl> parameters,
        List<Statistic> statistics,
        List<ForwardOp> operations,
        List<Value> outputs,
        List<Loss> losses,
        Optional<OptimizerDecl> optimizer,
        List<OptimizerGroup> optimizerGroups,
        List<UpdateGroup> updateGroups,
        List<Value> wantedInputs,
        Map<String, String> calls,
        List<Block> blocks,
        Map<String, List<SourceSpan>> sites) {
    /** Copies the lists. */
    public Graph {
        inputs = List.copyOf(inputs);
        parameters = List.copyOf(parameters);
        statistics = List.copyOf(statistics);
        operations = List.copyOf(operations);
        outputs = List.copyOf(outputs);
        losses = List.copyOf(losses);
        optimizerGroups = List.copyOf(optimizerGroups);
        updateGroups = List.copyOf(updateGroups);
        wantedInputs = List.copyOf(wantedInputs);
        calls = Collections.unmodifiableMap(new LinkedHashMap<>(calls));
        blocks = List.copyOf(blocks);
        sites = Map.copyOf(sites);
    }

    /** A network without blocks and gradients by its inputs. */
    public Graph(
            String packageName,
            String name,
            String documentation,
            SourceSpan span,
            Precision precision,
            List<Value> inputs,
            List<ParameterDecl> parameters,
            List<Statistic> statistics,
            List<ForwardOp> operations,
            List<Value> outputs,
            List<Loss> losses,
            Optional<OptimizerDecl> optimizer,
            List<UpdateGroup> updateGroups) {
        this(
                packageName,
                name,
                documentation,
                span,
                precision,
                inputs,
                parameters,
                statistics,
                operations,
                outputs,
                losses,
                optimizer,
                List.of(),
                updateGroups,
                List.of(),
                Map.of(),
                List.of(),
                Map.of());
    }

    /** The same network computed by other operations. */
    public Graph withOperations(List<ForwardOp> other) {
        return new Graph(
                packageName,
                name,
                documentation,
                span,
                precision,
                inputs,
                parameters,
                statistics,
                other,
                outputs,
                losses,
                optimizer,
                optimizerGroups,
                updateGroups,
                wantedInputs,
                calls,
                blocks,
                sites);
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
        return losses.stream()
                .flatMap(loss -> loss.operands().stream())
                .filter(value -> value.kind() == Value.Kind.TARGET)
                .distinct()
                .sorted(Comparator.comparingInt(target -> target.span().start()))
                .toList();
    }

    /** Finds the optimizer that a parameter follows, if it is not frozen. */
    public Optional<OptimizerDecl> optimizer(ParameterDecl parameter) {
        return optimizerGroups.stream()
                .filter(group -> group.parameters().contains(parameter))
                .map(OptimizerGroup::optimizer)
                .findFirst()
                .or(() -> optimizer);
    }

    /** Number of learned scalars. */
    public long parameterCount() {
        return parameters.stream()
                .mapToLong(parameter -> parameter.value().shape().elements())
                .sum();
    }
}
