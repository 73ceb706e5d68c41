package org.espalier.generator.elaborate.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Branchless;
import org.espalier.generator.formula.Condition.Comparison;
import org.espalier.generator.formula.Condition.Relation;
import org.espalier.generator.formula.Derivative;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.FormulaLimitException;
import org.espalier.generator.formula.Subformulas;
import org.espalier.generator.formula.Substitution;
import org.espalier.generator.formula.pieces.Flaw;
import org.espalier.generator.formula.pieces.Kink;
import org.espalier.generator.formula.pieces.Kinks;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Expression;

/** The penalty that a formula {@code w -> …} in the declaration of a regularizer defines. */
final class Definitions {
    private final Evaluator evaluator;
    private final Expression.Lambda written;
    private final String weight;

    /**
     * A definition.
     *
     * @param evaluator of the declaration, its parameters bound
     */
    Definitions(Evaluator evaluator, Expression.Lambda written) {
        this.evaluator = evaluator;
        this.written = written;
        this.weight = written.parameter().text();
    }

    /** The regularizer, with a factor of 1; unknown after a mistake, which is reported. */
    Datum penalty() {
        try {
            return defined();
        } catch (FormulaLimitException e) {
            return evaluator.report(beyond(e.limit(), written.body().span()));
        }
    }

    /** Makes the diagnostic for a formula that is beyond a limit. */
    static Diagnostic beyond(FormulaLimitException.Limit limit, SourceSpan span) {
        return switch (limit) {
            case PARTS -> DiagnosticCode.FORMULA_TOO_LONG.at(span, limit.most());
            case PIECES -> DiagnosticCode.FORMULA_TOO_MANY_PIECES.at(span, limit.most());
            case STEPS ->
                DiagnosticCode.FORMULA_TOO_HARD
                        .at(span, span.file(), limit.most())
                        .withHelp("write it with fewer choices, or with fewer of its terms in each");
        };
    }

    private Datum defined() {
        FormulaReader reader = new FormulaReader(evaluator, weight, written.body());
        Optional<Formula> formula = reader.read(written.body());
        if (formula.isEmpty()) {
            return evaluator.session().unknown();
        }
        Optional<? extends RegularizerTerm> term =
                reader.sums().isEmpty() ? onWeights(formula.get()) : onGroups(formula.get(), reader.sums());
        return term.<Datum>map(one -> new Datum.Penalty(one.describe(), List.of(one), written.span()))
                .orElseGet(evaluator.session()::unknown);
    }

    private Optional<RegularizerTerm> onWeights(Formula value) {
        if (!Algebra.mentions(value, weight)) {
            return withoutWeight();
        }
        if (!isWritable(List.of(value, Derivative.of(value, weight)))) {
            return Optional.empty();
        }
        Optional<Kinks> slope = kinks(value, written.body().span());
        if (slope.isPresent() && slope.get().derivative().equals(Algebra.ZERO)) {
            return withoutWeight();
        }
        return slope.filter(known -> isWritable(List.of(value, known.derivative())))
                .map(known -> new RegularizerTerm.UserDefined(definition(), 1, value, known));
    }

    /** Tells whether the loops that compute formulas are of a size that a JVM compiles, which is reported if not. */
    private boolean isWritable(List<Formula> formulas) {
        return isWritable(formulas, evaluator, written.body().span());
    }

    /** The same for formulas that stand at some place. */
    static boolean isWritable(List<Formula> formulas, Evaluator evaluator, SourceSpan span) {
        int operations =
                Subformulas.operations(formulas.stream().map(Branchless::of).toList());
        if (operations > Limits.FORMULA_OPERATIONS) {
            evaluator.report(DiagnosticCode.FORMULA_TOO_LARGE.at(span, operations, Limits.FORMULA_OPERATIONS));
        }
        return operations <= Limits.FORMULA_OPERATIONS;
    }

    private Optional<RegularizerTerm> withoutWeight() {
        evaluator.report(DiagnosticCode.FORMULA_WITHOUT_WEIGHT.at(written.span(), weight));
        return Optional.empty();
    }

    /** A group of one weight must be without flaw, as a formula of that weight alone. */
    private Optional<RegularizerTerm> onGroups(Formula value, List<FormulaReader.Sum> sums) {
        Formula ofOne = value;
        List<Kinks> slopes = new ArrayList<>();
        for (FormulaReader.Sum sum : sums) {
            kinks(sum.summand(), sum.span()).ifPresent(slopes::add);
            ofOne = Substitution.of(Algebra.variable(sum.variable()), sum.summand(), ofOne);
        }
        if (slopes.size() < sums.size()) {
            return Optional.empty();
        }
        Optional<Kinks> alone = kinks(ofOne, written.body().span());
        if (alone.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Double> atZero = sums.stream()
                .collect(Collectors.toMap(FormulaReader.Sum::variable, sum -> Evaluation.at(sum.summand(), weight, 0)));
        List<RegularizerTerm.GroupSum> all = new ArrayList<>();
        for (int i = 0; i < sums.size(); i++) {
            FormulaReader.Sum sum = sums.get(i);
            Formula factor = Derivative.of(value, sum.variable());
            if (!Double.isFinite(Evaluation.at(factor, atZero))) {
                Formula zero = Algebra.constant(Evaluation.at(sum.summand(), weight, 0));
                factor = Algebra.choose(
                        new Comparison(Relation.EQUAL, Algebra.variable(sum.variable()), zero), Algebra.ZERO, factor);
            }
            if (sums.size() == 1) {
                factor = leastAtKinks(factor, sum, slopes.get(i), alone.get().kinks());
            }
            all.add(new RegularizerTerm.GroupSum(sum.variable(), sum.summand(), slopes.get(i), factor));
        }
        if (all.stream().allMatch(Definitions::isFlat)) {
            return withoutWeight();
        }
        List<Formula> formulas = new ArrayList<>(List.of(value));
        all.forEach(sum -> formulas.addAll(List.of(sum.value(), sum.slope().derivative(), sum.factor())));
        return isWritable(formulas)
                ? Optional.of(new RegularizerTerm.UserDefinedOnGroups(
                        definition(), 1, all, sums.get(0).axis(), value))
                : Optional.empty();
    }

    /** Makes the slope that of the least subgradient where the formula of a sum has a kink, though the sum has none. */
    private Formula leastAtKinks(Formula factor, FormulaReader.Sum sum, Kinks slope, List<Kink> kinks) {
        Formula least = factor;
        for (Kink kink : kinks) {
            double inner = Evaluation.at(slope.derivative(), weight, kink.at());
            double there = Evaluation.at(sum.summand(), weight, kink.at());
            double wanted = kink.subgradient() / inner;
            boolean own = slope.kinks().stream().anyMatch(known -> known.at() == kink.at());
            if (!own && inner != 0 && Evaluation.at(least, sum.variable(), there) != wanted) {
                Comparison here =
                        new Comparison(Relation.EQUAL, Algebra.variable(sum.variable()), Algebra.constant(there));
                least = Algebra.choose(here, Algebra.constant(wanted), least);
            }
        }
        return least;
    }

    private static boolean isFlat(RegularizerTerm.GroupSum sum) {
        return sum.factor().equals(Algebra.ZERO) || sum.slope().derivative().equals(Algebra.ZERO);
    }

    private RegularizerTerm.Definition definition() {
        String word = evaluator.frame().declaration().name().text();
        Map<String, Datum> given = evaluator.frame().arguments();
        String arguments = given.entrySet().stream()
                .filter(argument -> Mentions.any(written.body(), argument.getKey()::equals))
                .map(argument -> (given.size() == 1 ? "" : argument.getKey() + "=") + describe(argument.getValue()))
                .collect(Collectors.joining(", "));
        return new RegularizerTerm.Definition(
                word,
                arguments.isEmpty() ? word : word + "(" + arguments + ")",
                weight,
                evaluator.frame().declaration().span().to(written.span()));
    }

    private static String describe(Datum argument) {
        return argument instanceof Datum.Real real ? Decimal.written(real.value()) : argument.describe();
    }

    private Optional<Kinks> kinks(Formula formula, SourceSpan span) {
        Kinks.Findings findings =
                Kinks.of(formula, weight, evaluator.session().budget().formulas());
        findings.flaw().ifPresent(flaw -> evaluator.report(diagnostic(flaw, span)));
        return findings.kinks();
    }

    private Diagnostic diagnostic(Flaw flaw, SourceSpan span) {
        String place = weight + " = " + Decimal.written(flaw.at());
        if (flaw instanceof Flaw.Jump jump) {
            return DiagnosticCode.FORMULA_JUMP
                    .at(span, place, Decimal.written(jump.below()), Decimal.written(jump.above()))
                    .withHelp("the pieces must meet: a step has no gradient that could lead over it");
        }
        if (flaw instanceof Flaw.Undefined) {
            return DiagnosticCode.FORMULA_UNDEFINED
                    .at(span, place)
                    .withHelp("weights take every value: write abs(" + weight + ") or " + weight + "*" + weight
                            + " where only what is positive has a value");
        }
        boolean value = ((Flaw.Infinite) flaw).value();
        return DiagnosticCode.FORMULA_INFINITE
                .at(span, value ? "the formula" : "the slope of the formula", place)
                .withHelp("add a small number under the root, in the logarithm or below the line: sqrt(" + weight + "*"
                        + weight + " + eps)");
    }
}
