package org.espalier.generator.layer.elementwise;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Substitution;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;

/**
 * y = f(x₁, …, xₙ) for each element. Operands are repeated as PyTorch broadcasts them: their axes are aligned from the
 * last one on, and each is as long as the result's, or 1, or missing.
 *
 * @param f its variables stand for the operands, in order; its name is that of the function
 */
public record Broadcasting(Function f) implements LayerRule {
    @Override
    public boolean convertsWhole() {
        return true;
    }

    @Override
    public String kind() {
        return f.name();
    }

    @Override
    public int inputCount() {
        return f.variables().size();
    }

    @Override
    public boolean takesParameters() {
        return true;
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        return shape(inputs).<Fit>map(Broadcasting::bounded).orElseGet(() -> misfit(f.name(), inputs));
    }

    private static Fit bounded(Shape shape) {
        long[] sizes = shape.dimensions().stream().mapToLong(Integer::longValue).toArray();
        return Limits.elements(sizes) > Limits.TENSOR_ELEMENTS
                ? Fit.tooLarge("the result", sizes)
                : new Fit.Fitting(shape);
    }

    /** Makes the misfit for shapes that cannot be broadcast to one. */
    private static Fit.Misfit misfit(String word, List<Shape> inputs) {
        Fit.Misfit misfit = new Fit.Misfit(
                DiagnosticCode.MERGE_MISMATCH,
                List.of(
                        word,
                        "sizes that are equal or 1, from the last axis on",
                        inputs.stream().map(Shape::toString).collect(Collectors.joining(" and "))),
                Optional.empty());
        boolean ranks = inputs.stream()
                        .filter(Shape::batched)
                        .map(Shape::rank)
                        .distinct()
                        .count()
                > 1;
        return ranks
                ? misfit.withHelp("the batch is the first axis of each: give the smaller one axes of size 1, as in"
                        + " unsqueeze(x, 1)")
                : misfit;
    }

    /** The shape that all of these can be repeated to; all that have a batch are of one rank. */
    public static Optional<Shape> shape(List<Shape> operands) {
        boolean batched = operands.stream().anyMatch(Shape::batched);
        int rank = operands.stream()
                .filter(operand -> operand.batched() == batched)
                .mapToInt(Shape::rank)
                .max()
                .orElseThrow();
        List<Integer> sizes = new ArrayList<>();
        for (int axis = batched ? 1 : 0; axis < rank; axis++) {
            int size = 1;
            for (Shape operand : operands) {
                int own = axis - (rank - operand.rank());
                size = own < 0 || operand.axis(own) == 1 ? size : operand.axis(own);
            }
            sizes.add(size);
        }
        Shape shape = new Shape(batched, sizes);
        boolean fits = operands.stream()
                .allMatch(operand -> operand.rank() <= rank
                        && (!operand.batched() || operand.rank() == rank)
                        && Elementwise.fits(operand, axis(operand, shape), shape));
        return fits ? Optional.of(shape) : Optional.empty();
    }

    /** The axis of the result along which the first axis of an operand lies. */
    private static int axis(Shape operand, Shape result) {
        return operand.batched() ? 0 : result.rank() - operand.rank();
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        Value y = outputs.get(0);
        Map<Value, String> operands = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        for (Value input : inputs) {
            if (!operands.containsKey(input)) {
                operands.put(input, Elementwise.variable(input, operands.values()));
            }
            names.add(operands.get(input));
        }
        Formula formula = Substitution.ofVariables(f.variables(), names, f.value());
        Map<Value, Integer> axes = new HashMap<>();
        operands.keySet().forEach(operand -> axes.put(operand, axis(operand.shape(), y.shape())));
        wiring.add(Elementwise.ordered(wiring.origin(), f.name(), formula, operands, axes, y));
    }
}
