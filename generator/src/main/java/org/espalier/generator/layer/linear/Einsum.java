package org.espalier.generator.layer.linear;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * {@code einsum('bqhd,bkhd->bhqk', q, k)}: the sum over the letters that the result does not have of the product of the
 * tensors, whose axes the letters name (Einstein, 1916). It becomes products of matrices, sums, and axes in another
 * order.
 *
 * @param equation as it is written
 * @param terms the letters of each tensor, with {@code .} for the axes that {@code ...} stands for
 * @param result the letters of the result, or none if they are those that stand once, in the alphabet's order
 */
public record Einsum(String equation, List<String> terms, Optional<String> result) implements LayerRule {
    private static final String ELLIPSIS = "...";

    /** Stands for the axes that an ellipsis does, in the text of a term. */
    private static final char REST = '.';

    /** First of the labels of these axes, which no letter is. */
    private static final char FIRST_REST = '0';

    public static final Builtin EINSUM = TensorFunction.of(
            Signature.of("einsum")
                    .required("equation", Type.STRING)
                    .rest("operands", Type.TENSOR)
                    .build(),
            Einsum::of);

    private static Einsum of(Arguments arguments) {
        String equation = arguments.text("equation");
        String[] sides = equation.replace(" ", "")
                .replace(ELLIPSIS, String.valueOf(REST))
                .split("->", -1);
        List<String> terms = List.of(sides[0].split(",", -1));
        Optional<String> result = sides.length > 1 ? Optional.of(sides[1]) : Optional.empty();
        boolean letters = sides.length <= 2
                && terms.stream().allMatch(Einsum::isTerm)
                && result.map(Einsum::isTerm).orElse(true);
        if (!letters) {
            arguments.outOfRange(
                    "equation", "letters for axes, each once in a term, as in 'bij,bjk->bik'; a diagonal is not there");
        }
        if (arguments.rest("operands").size() != terms.size()) {
            arguments.outOfRange("operands", "as many tensors as terms, " + terms.size());
        }
        return new Einsum(equation, terms, result);
    }

    private static boolean isTerm(String term) {
        return term.matches("[a-zA-Z.]*") && term.chars().distinct().count() == term.length();
    }

    @Override
    public String kind() {
        return "einsum";
    }

    @Override
    public int inputCount() {
        return terms.size();
    }

    @Override
    public boolean takesParameters() {
        return true;
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        List<String> labels = labels(inputs);
        Map<Character, Integer> sizes = new HashMap<>();
        Set<Character> batch = new HashSet<>();
        for (int i = 0; i < inputs.size(); i++) {
            Shape shape = inputs.get(i);
            if (labels.get(i).length() != shape.rank()) {
                return misfit("a letter for each axis", inputs);
            }
            for (int axis = 0; axis < shape.rank(); axis++) {
                char label = labels.get(i).charAt(axis);
                if (axis < shape.firstAxis()) {
                    batch.add(label);
                } else if (!shape.equals(shape.with(axis, sizes.computeIfAbsent(label, sizeOf(shape, axis))))) {
                    return misfit("one size for each letter", inputs);
                }
            }
        }
        String wanted = wanted(labels);
        boolean first = batch.isEmpty() || (batch.size() == 1 && !wanted.isEmpty() && batch.contains(wanted.charAt(0)));
        if (!first || batch.stream().anyMatch(sizes::containsKey)) {
            return misfit("one letter for the batch, with which the result begins", inputs);
        }
        List<Integer> result = new ArrayList<>();
        for (char label : wanted.substring(batch.size()).toCharArray()) {
            Integer size = sizes.get(label);
            if (size == null) {
                return misfit("a result of letters that tensors have", inputs);
            }
            result.add(size);
        }
        return Fit.of("einsum", !batch.isEmpty(), result);
    }

    private static java.util.function.Function<Character, Integer> sizeOf(Shape shape, int axis) {
        return label -> shape.axis(axis);
    }

    private Fit.Misfit misfit(String wanted, List<Shape> inputs) {
        return new Fit.Misfit(
                DiagnosticCode.MERGE_MISMATCH,
                List.of(
                        "einsum('" + equation + "')",
                        wanted,
                        inputs.stream().map(Shape::toString).collect(Collectors.joining(" and "))),
                Optional.empty());
    }

    /** The labels of each tensor: letters, and digits for the axes of an ellipsis, aligned from the last one on. */
    private List<String> labels(List<Shape> inputs) {
        int most = 0;
        for (int i = 0; i < inputs.size(); i++) {
            most = terms.get(i).indexOf(REST) < 0
                    ? most
                    : Math.max(most, inputs.get(i).rank() - terms.get(i).length() + 1);
        }
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            int count = Math.max(0, inputs.get(i).rank() - terms.get(i).length() + 1);
            labels.add(expanded(terms.get(i), most - count, most));
        }
        return labels;
    }

    private static String expanded(String term, int from, int to) {
        StringBuilder rest = new StringBuilder();
        for (int i = Math.max(0, from); i < to; i++) {
            rest.append((char) (FIRST_REST + i));
        }
        return term.replace(String.valueOf(REST), rest);
    }

    /** The labels of the result. */
    private String wanted(List<String> labels) {
        int rest = (int) labels.stream()
                .flatMapToInt(String::chars)
                .filter(Character::isDigit)
                .distinct()
                .count();
        if (result.isPresent()) {
            return expanded(result.get(), 0, rest);
        }
        Map<Character, Integer> counts = new TreeMap<>();
        labels.forEach(term -> term.chars().forEach(label -> counts.merge((char) label, 1, Integer::sum)));
        return counts.entrySet().stream()
                .filter(count -> count.getValue() == 1 || Character.isDigit(count.getKey()))
                .map(count -> String.valueOf(count.getKey()))
                .collect(Collectors.joining());
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        List<String> labels = labels(inputs.stream().map(Value::shape).toList());
        String wanted = wanted(labels);
        Contraction contraction = new Contraction(wiring);
        Contraction.Term product = new Contraction.Term(inputs.get(0), labels.get(0));
        for (int i = 1; i < inputs.size(); i++) {
            Set<Character> kept = new LinkedHashSet<>();
            labels.subList(i + 1, labels.size()).forEach(term -> term.chars().forEach(label -> kept.add((char) label)));
            wanted.chars().forEach(label -> kept.add((char) label));
            product = contraction.product(product, new Contraction.Term(inputs.get(i), labels.get(i)), kept);
        }
        contraction.into(product, wanted, outputs.get(0));
    }
}
