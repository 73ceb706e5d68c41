package org.espalier.generator.elaborate.evaluation;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.TensorShape;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.FormulaLimitException;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.layer.api.OwnBuffer;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Identifier;
import org.espalier.generator.syntax.Statement;

/** Reads the values of a buffer as a formula of the place of each element. Mistakes are reported. */
final class BufferValues {
    /** Operations of formulas that a step of evaluation is worth. */
    private static final long OPERATIONS = 100;

    private static final String INITIALIZERS =
            "constant, zeros, ones, arange, linspace, eye, tril, triu, dirac or (i, j) -> …";

    private final Evaluator evaluator;
    private final Statement.OwnBuffer statement;

    BufferValues(Evaluator evaluator, Statement.OwnBuffer statement) {
        this.evaluator = evaluator;
        this.statement = statement;
    }

    /** The buffer, if all is well. */
    Optional<OwnBuffer> read() {
        Optional<TensorShape> type = TensorTypes.ofBuffer(statement.type(), evaluator);
        Optional<Function> values = type.flatMap(shape -> statement.places().isEmpty()
                ? ofInitializer(shape)
                : ofPlaces(shape.shape().rank()));
        return values.filter(f -> type.get().element() == ElementType.FLOAT || isWhole(type.get(), f))
                .map(f -> new OwnBuffer(
                        statement.name().text(),
                        type.get().element(),
                        type.get().shape(),
                        f));
    }

    private Optional<Function> ofPlaces(int rank) {
        List<String> places = statement.places().stream().map(Identifier::text).toList();
        if (places.size() != rank || places.stream().distinct().count() != rank) {
            return mistake(
                    statement.span(),
                    "a value by its place along " + Words.count(rank, "axis").replace("axiss", "axes"),
                    Words.count(places.size(), "name"));
        }
        try {
            return FormulaReader.ofPlaces(evaluator, places, statement.value())
                    .read(statement.value())
                    .map(formula -> new Function(statement.name().text(), places, formula));
        } catch (FormulaLimitException e) {
            evaluator.report(Definitions.beyond(e.limit(), statement.value().span()));
            return Optional.empty();
        }
    }

    private Optional<Function> ofInitializer(TensorShape type) {
        Datum value = evaluator.evaluate(statement.value());
        SourceSpan span = statement.value().span();
        if (value instanceof Datum.Unknown) {
            return Optional.empty();
        }
        if (!(value instanceof Datum.Start start)) {
            return mistake(span, INITIALIZERS, value.describe());
        }
        Optional<InitializerDecl> initializer =
                start.of(type.shape(), found -> mistake(span, "an initializer of " + type.shape(), found));
        return initializer.flatMap(found -> {
            if (found instanceof InitializerDecl.ByPlace places) {
                return Optional.of(places.values());
            }
            return found instanceof InitializerDecl.Constant constant
                    ? Optional.of(new Function("constant", List.of(), Algebra.constant(constant.value())))
                    : mistake(span, INITIALIZERS, start.name());
        });
    }

    private <T> Optional<T> mistake(SourceSpan span, String wanted, String found) {
        evaluator.report(DiagnosticCode.CLAUSE_TYPE.at(span, "buffer", wanted, found));
        return Optional.empty();
    }

    /** Tells whether every element is a whole number, and reports the first that is not; each is computed. */
    private boolean isWhole(TensorShape type, Function f) {
        long elements = type.shape().elements();
        long steps = elements * f.value().size() / OPERATIONS;
        if (!evaluator.session().take(steps, statement.span(), evaluator.frame())) {
            return false;
        }
        for (long place = 0; place < elements; place++) {
            double value = Statistic.at(f, type.shape(), place);
            if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
                evaluator.report(DiagnosticCode.CLAUSE_TYPE.at(
                        statement.value().span(), "an int buffer", "whole numbers", Decimal.inProse(value)));
                return false;
            }
        }
        return true;
    }
}
