package org.espalier.generator.elaborate.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.TensorShape;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Statement.TensorType;

/** Reads tensor types: {@code float[batch, 3, size, size]}, where a tuple stands for several axes. */
final class TensorTypes {
    /** The word for the axis that is not fixed. */
    static final String BATCH = "batch";

    private TensorTypes() {}

    /** The type; empty if it is none, which is reported. */
    static Optional<TensorShape> read(TensorType type, Evaluator evaluator) {
        String word = type.element().text();
        Optional<ElementType> element = element(word);
        if (element.isEmpty()) {
            return mistake(evaluator, type.element().span(), "the elements are 'float' or 'int', not '" + word + "'");
        }
        if (type.dimensions().isEmpty()) {
            return mistake(
                    evaluator, type.span(), "the axes are missing, of which the first is the batch: float[batch, 8]");
        }
        if (!isBatch(type.dimensions().get(0))) {
            return mistake(evaluator, type.dimensions().get(0).span(), "the first axis is always 'batch'");
        }
        return sizes(type.dimensions().subList(1, type.dimensions().size()), evaluator)
                .flatMap(sizes -> isTooLarge(type, "a sample", sizes, 1, evaluator)
                        ? Optional.empty()
                        : Optional.of(new TensorShape(element.get(), new Shape(true, sizes), type.span())));
    }

    /** The shape of a parameter: {@code float[size, size]}, or {@code float} of a single number. */
    static Optional<Shape> ofParameter(TensorType type, Evaluator evaluator) {
        if (!type.element().text().equals("float")) {
            mistake(evaluator, type.element().span(), "the elements of a parameter are 'float'");
            return Optional.empty();
        }
        return sizesOrOne(type, evaluator)
                .filter(sizes -> !isTooLarge(type, "a parameter", sizes, 0, evaluator))
                .map(sizes -> new Shape(false, sizes));
    }

    /** The type of a buffer: {@code int[size, size]}, or {@code float} of a single number. */
    static Optional<TensorShape> ofBuffer(TensorType type, Evaluator evaluator) {
        String word = type.element().text();
        Optional<ElementType> element = element(word);
        if (element.isEmpty()) {
            return mistake(evaluator, type.element().span(), "the elements are 'float' or 'int', not '" + word + "'");
        }
        return sizesOrOne(type, evaluator)
                .filter(sizes -> !isTooLarge(type, "a buffer", sizes, 0, evaluator))
                .map(sizes -> new TensorShape(element.get(), new Shape(false, sizes), type.span()));
    }

    private static Optional<ElementType> element(String word) {
        return Arrays.stream(ElementType.values())
                .filter(one -> one.word().equals(word))
                .findFirst();
    }

    /** Tells whether there are more axes, {@code more} among them, or elements than there may be, and reports it. */
    private static boolean isTooLarge(
            TensorType type, String what, List<Integer> sizes, int more, Evaluator evaluator) {
        int axes = sizes.size() + more;
        if (axes > Limits.AXES) {
            evaluator.report(DiagnosticCode.TOO_MANY_AXES.at(type.span(), what, axes, Limits.AXES));
            return true;
        }
        boolean large =
                Limits.elements(sizes.stream().mapToLong(Integer::longValue).toArray()) > Limits.TENSOR_ELEMENTS;
        if (large) {
            evaluator.report(DiagnosticCode.TENSOR_TOO_LARGE.at(type.span(), what, sizes, Limits.TENSOR_ELEMENTS));
        }
        return large;
    }

    /** The sizes of what has no batch; a single number is one element along one axis. */
    private static Optional<List<Integer>> sizesOrOne(TensorType type, Evaluator evaluator) {
        return type.dimensions().isEmpty() ? Optional.of(List.of(1)) : sizes(type.dimensions(), evaluator);
    }

    private static Optional<List<Integer>> sizes(List<Expression> dimensions, Evaluator evaluator) {
        List<Integer> sizes = new ArrayList<>();
        for (Expression dimension : dimensions) {
            if (isBatch(dimension)) {
                mistake(evaluator, dimension.span(), "'batch' is only the first axis, of inputs and targets");
                return Optional.empty();
            }
            Datum value = evaluator.evaluate(dimension);
            if (value instanceof Datum.Unknown) {
                return Optional.empty();
            }
            for (Datum size : Type.elements(value)) {
                if (!(size instanceof Datum.Int number) || number.value() < 1 || number.value() > Integer.MAX_VALUE) {
                    mistake(
                            evaluator,
                            dimension.span(),
                            "an axis is a whole number of at least 1, not " + size.describe());
                    return Optional.empty();
                }
                sizes.add((int) number.value());
            }
        }
        return Optional.of(sizes);
    }

    static boolean isBatch(Expression dimension) {
        return dimension instanceof Expression.Reference reference
                && reference.name().equals(BATCH);
    }

    private static Optional<TensorShape> mistake(Evaluator evaluator, SourceSpan span, String message) {
        evaluator.report(DiagnosticCode.TENSOR_TYPE.at(span, message));
        return Optional.empty();
    }
}
