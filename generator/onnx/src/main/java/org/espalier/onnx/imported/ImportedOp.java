package org.espalier.onnx.imported;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.Node.ModuleName;

/**
 * One operation in the words of the language.
 *
 * @param style how it is written
 * @param word the layer, function or operator
 * @param operands what it reads
 * @param arguments its arguments
 * @param weights parameters and statistics of a layer, by the names that the layer has for them
 * @param results what it makes; most often one tensor
 * @param modules the modules of the source that it came from, outermost first
 */
public record ImportedOp(
        Style style,
        String word,
        List<OpOperand> operands,
        List<OpArgument> arguments,
        Map<String, Constant> weights,
        List<Ref> results,
        List<ModuleName> modules) {
    /** Ways to write an operation. */
    public enum Style {
        /** {@code Conv2d(3, 8, 3)(x)}. */
        LAYER,
        /** {@code where(x > 0, x, y)}. */
        FUNCTION,
        /** {@code x.reshape(batch, 8)}. */
        METHOD,
        /** {@code x + y}, and {@code -x} of one operand. */
        OPERATOR,
        /** {@code x[:, 0:8]}. */
        SUBSCRIPT
    }

    /** Copies the lists. */
    public ImportedOp {
        operands = List.copyOf(operands);
        arguments = List.copyOf(arguments);
        weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
        results = List.copyOf(results);
        modules = List.copyOf(modules);
    }

    /** The tensor that it makes. */
    public Ref result() {
        return results.get(0);
    }

    /** Tells whether it is this layer, function, method or operator. */
    public boolean is(String what) {
        return word.equals(what);
    }

    /** An argument's value, or null if it is not given. */
    public Setting argument(String name) {
        return arguments.stream()
                .filter(argument -> argument.word().equals(name))
                .map(OpArgument::setting)
                .findFirst()
                .orElse(new Setting.Text(""));
    }

    /** The same with other operands. */
    public ImportedOp reading(List<OpOperand> others) {
        return new ImportedOp(style, word, others, arguments, weights, results, modules);
    }
}
