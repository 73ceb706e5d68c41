package org.espalier.generator.layer.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.elementwise.Broadcasting;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.Reduce;
import org.espalier.generator.layer.shape.Permute;
import org.espalier.generator.layer.shape.Reshape;

/** Products of tensors whose axes have labels, summed over those labels that nothing after them has. */
final class Contraction {
    /**
     * A tensor with a label for each of its axes.
     *
     * @param labels a letter each, that of the batch first
     */
    record Term(Value value, String labels) {
        private int size(char label) {
            return value.shape().axis(labels.indexOf(label));
        }

        private boolean batched() {
            return value.shape().batched();
        }
    }

    private final Wiring wiring;

    Contraction(Wiring wiring) {
        this.wiring = wiring;
    }

    /** The product of two, summed over what is not kept. */
    Term product(Term left, Term right, Set<Character> kept) {
        Term a = summed(left, label -> kept.contains(label) || right.labels().indexOf(label) >= 0);
        Term b = summed(right, label -> kept.contains(label) || left.labels().indexOf(label) >= 0);
        if (!a.batched() && b.batched()) {
            return product(b, a, kept);
        }
        String batch = a.batched() ? a.labels().substring(0, 1) : "";
        String shared = chosen(a, label -> batch.indexOf(label) < 0 && isIn(b, label) && kept.contains(label));
        String inner = chosen(a, label -> isIn(b, label) && !kept.contains(label));
        String rows = chosen(a, label -> batch.indexOf(label) < 0 && !isIn(b, label));
        String columns = chosen(b, label -> !isIn(a, label));
        if (inner.isEmpty()) {
            return elementwise(a, b, batch, shared, rows, columns);
        }
        if (a.batched() && !b.batched() && shared.isEmpty()) {
            return linear(a, b, batch + rows, inner, columns);
        }
        Term whole = a.batched() && !b.batched() ? repeated(b, batch) : b;
        Value x = matrices(a, batch + shared, rows, inner);
        Value y = matrices(whole, batch + shared, inner, columns);
        Shape shape = x.shape().withLast(y.shape().last());
        Value product = wiring.between("product", shape);
        wiring.add(new MatMul(wiring.origin(), x, y, product, false, false));
        return divided(product, batch + shared + rows + columns, a, b);
    }

    private static boolean isIn(Term term, char label) {
        return term.labels().indexOf(label) >= 0;
    }

    private static String chosen(Term term, Predicate<Character> isChosen) {
        StringBuilder chosen = new StringBuilder();
        for (char label : term.labels().toCharArray()) {
            if (isChosen.test(label)) {
                chosen.append(label);
            }
        }
        return chosen.toString();
    }

    /** Writes a term with its labels in an order, summed over those that are not wanted. */
    void into(Term term, String wanted, Value y) {
        Term summed = summed(term, label -> wanted.indexOf(label) >= 0);
        if (summed.labels().equals(wanted)) {
            wiring.add(new Reshape(wiring.origin(), summed.value(), y));
        } else {
            wiring.add(new Permute(wiring.origin(), summed.value(), y, order(summed, wanted)));
        }
    }

    private static List<Integer> order(Term term, String wanted) {
        return wanted.chars().map(term.labels()::indexOf).boxed().toList();
    }

    /** The sum over the labels that are not kept. */
    private Term summed(Term term, Predicate<Character> isKept) {
        Shape x = term.value().shape();
        Shape ones = x;
        List<Integer> sizes = new ArrayList<>();
        for (int axis = x.firstAxis(); axis < x.rank(); axis++) {
            if (isKept.test(term.labels().charAt(axis))) {
                sizes.add(x.axis(axis));
            } else {
                ones = ones.with(axis, 1);
            }
        }
        if (sizes.size() == x.dimensions().size()) {
            return term;
        }
        Value sum = wiring.between("sum", ones);
        wiring.add(new Reduce(wiring.origin(), Reduce.Kind.SUM, term.value(), sum));
        String batch = term.labels().substring(0, x.firstAxis());
        String labels = chosen(term, label -> batch.indexOf(label) >= 0 || isKept.test(label));
        return new Term(reshaped(sum, new Shape(x.batched(), sizes)), labels);
    }

    private Value ordered(Term term, String wanted) {
        if (term.labels().equals(wanted)) {
            return term.value();
        }
        List<Integer> order = order(term, wanted);
        Value ordered = wiring.between("ordered", Permute.of(term.value().shape(), order));
        wiring.add(new Permute(wiring.origin(), term.value(), ordered, order));
        return ordered;
    }

    private Value reshaped(Value value, Shape shape) {
        if (value.shape().equals(shape)) {
            return value;
        }
        Value reshaped = wiring.between("reshaped", shape);
        wiring.add(new Reshape(wiring.origin(), value, reshaped));
        return reshaped;
    }

    private static int elements(Term term, String labels) {
        return labels.chars().map(label -> term.size((char) label)).reduce(1, Math::multiplyExact);
    }

    /** A term as matrices, whose rows and columns are several labels each, one for each place of the labels before. */
    private Value matrices(Term term, String before, String rows, String columns) {
        Value ordered = ordered(term, before + rows + columns);
        List<Integer> sizes = new ArrayList<>();
        for (char label : before.substring(term.batched() ? 1 : 0).toCharArray()) {
            sizes.add(term.size(label));
        }
        sizes.add(elements(term, rows));
        sizes.add(elements(term, columns));
        return reshaped(ordered, new Shape(term.batched(), sizes));
    }

    /** A product whose last axes are several labels each. */
    private Term divided(Value product, String labels, Term a, Term b) {
        List<Integer> sizes = new ArrayList<>();
        for (char label : labels.substring(product.shape().firstAxis()).toCharArray()) {
            sizes.add(isIn(a, label) ? a.size(label) : b.size(label));
        }
        return new Term(reshaped(product, new Shape(product.shape().batched(), sizes)), labels);
    }

    /** Every sample by the same matrix. */
    private Term linear(Term a, Term b, String before, String inner, String columns) {
        Value ordered = ordered(a, before + inner);
        List<Integer> sizes = new ArrayList<>();
        for (char label : before.substring(1).toCharArray()) {
            sizes.add(a.size(label));
        }
        sizes.add(elements(a, inner));
        Value x = reshaped(ordered, new Shape(true, sizes));
        Value weight = matrices(b, "", columns, inner);
        Value product =
                wiring.between("product", x.shape().withLast(weight.shape().axis(0)));
        wiring.add(new Linear(wiring.origin(), x, weight, Optional.empty(), product));
        return divided(product, before + columns, a, b);
    }

    /** Repeats for each sample the tensor that all of them share. */
    private Term repeated(Term term, String batch) {
        Shape shape = new Shape(true, term.value().shape().dimensions());
        Value repeated = wiring.between("repeated", shape);
        wiring.add(new Elementwise(
                wiring.origin(),
                Elementwise.formula("expand", List.of("x"), "x", Map.of()),
                List.of(term.value()),
                List.of(1),
                repeated));
        return new Term(repeated, batch + term.labels());
    }

    /** The product of each element of one and each of the other where nothing is summed. */
    private Term elementwise(Term a, Term b, String batch, String shared, String rows, String columns) {
        Value x = ordered(a, batch + shared + rows);
        for (int i = 0; i < columns.length(); i++) {
            x = reshaped(x, x.shape().inserting(x.shape().rank(), 1));
        }
        Value y = ordered(b, (b.batched() ? batch : "") + shared + columns);
        for (int i = 0; i < rows.length(); i++) {
            y = reshaped(y, y.shape().inserting(y.shape().rank() - columns.length(), 1));
        }
        Shape shape = Broadcasting.shape(List.of(x.shape(), y.shape())).orElseThrow();
        Value product = wiring.between("product", shape);
        new Broadcasting(Elementwise.formula("product", List.of("a", "b"), "a * b", Map.of()))
                .lower(wiring, List.of(x, y), List.of(product));
        return new Term(product, batch + shared + rows + columns);
    }
}
