package org.espalier.generator.elaborate.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.embedding.Gather;
import org.espalier.generator.layer.embedding.Picking;
import org.espalier.generator.layer.shape.Subscript;
import org.espalier.generator.layer.shape.Subscript.Part;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Expression.Index;

/** Reads the brackets of {@code x[:, 0:3, none]}. A mistake is reported and makes the subscript empty. */
final class SubscriptReader {
    private final Evaluator evaluator;
    private int place;
    private Optional<Datum> picked = Optional.empty();

    SubscriptReader(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    /** The rule of what a subscript takes of a tensor, and of {@link #picked} after it. */
    Optional<LayerRule> read(Expression.Subscript expression) {
        String text = Words.oneLine(expression.span());
        return parts(expression).flatMap(parts -> {
            if (picked.isEmpty()) {
                return Optional.of(Subscript.of(text, parts));
            }
            if (!parts.stream().allMatch(part -> part instanceof Part.Whole || part instanceof Part.Rest)) {
                return wrong(expression.span(), "a tensor beside other parts, which are taken by themselves");
            }
            int rest = parts.indexOf(new Part.Rest());
            boolean fromEnd = rest >= 0 && rest < place;
            return Optional.of(new Picking(text, new Axis(fromEnd ? place - parts.size() : place), Gather.By.SHARED));
        });
    }

    /** The tensor of whole numbers in the brackets, if there is one. */
    Optional<Datum> picked() {
        return picked;
    }

    private Optional<List<Part>> parts(Expression.Subscript expression) {
        List<Part> parts = new ArrayList<>();
        boolean ellipsis = false;
        for (Index index : expression.indices()) {
            Optional<Part> part = part(index, parts.size());
            if (part.isEmpty()) {
                return Optional.empty();
            }
            if (part.get() instanceof Part.Rest && ellipsis) {
                return wrong(index.span(), "a second '...'");
            }
            ellipsis |= part.get() instanceof Part.Rest;
            parts.add(part.get());
        }
        return Optional.of(parts);
    }

    private <T> Optional<T> wrong(SourceSpan span, String what) {
        evaluator.report(DiagnosticCode.OPERAND_TYPE
                .at(span, "[…]", what)
                .withHelp(
                        "a subscript has whole numbers, slices such as 0:3, none for a new axis, '...', or one tensor of"
                                + " whole numbers"));
        return Optional.empty();
    }

    private Optional<Part> part(Index index, int at) {
        if (index instanceof Index.Ellipsis) {
            return Optional.of(new Part.Rest());
        }
        if (index instanceof Index.Slice slice) {
            return range(slice);
        }
        Index.Element element = (Index.Element) index;
        Datum value = evaluator.evaluate(element.value());
        if (value instanceof Datum.None) {
            return Optional.of(new Part.NewAxis());
        }
        if (value instanceof Datum.Tensor && picked.isEmpty()) {
            picked = Optional.of(value);
            place = at;
            return Optional.of(new Part.Whole());
        }
        return value instanceof Datum.Unknown
                ? Optional.empty()
                : value instanceof Datum.Int whole
                        ? Optional.of(new Part.At(whole.value()))
                        : wrong(element.span(), value.describe());
    }

    private Optional<Part> range(Index.Slice slice) {
        Optional<OptionalLong> start = bound(slice.start());
        Optional<OptionalLong> stop = bound(slice.stop());
        Optional<OptionalLong> step = bound(slice.step());
        if (start.isEmpty() || stop.isEmpty() || step.isEmpty()) {
            return Optional.empty();
        }
        long by = step.get().orElse(1);
        if (by < 1) {
            return wrong(slice.span(), "a step of " + by);
        }
        boolean whole = by == 1 && stop.get().isEmpty() && start.get().orElse(0) == 0;
        return Optional.of(whole ? new Part.Whole() : new Part.Range(start.get(), stop.get(), by));
    }

    /** A bound that may be left out; empty if it is a mistake. */
    private Optional<OptionalLong> bound(Optional<Expression> written) {
        if (written.isEmpty()) {
            return Optional.of(OptionalLong.empty());
        }
        Datum value = evaluator.evaluate(written.get());
        return value instanceof Datum.Unknown
                ? Optional.empty()
                : value instanceof Datum.Int whole
                        ? Optional.of(OptionalLong.of(whole.value()))
                        : value instanceof Datum.None
                                ? Optional.of(OptionalLong.empty())
                                : wrong(written.get().span(), value.describe());
    }
}
