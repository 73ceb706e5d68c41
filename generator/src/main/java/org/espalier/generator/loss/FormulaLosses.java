package org.espalier.generator.loss;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Substitution;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.text.FormulaParser;
import org.espalier.generator.loss.LossDefinition.Numbers;

/**
 * Losses that are a formula of x, an element of the prediction, and t, that of the target. Where pieces meet the
 * derivative is that of PyTorch, since the conditions are.
 */
public final class FormulaLosses {
    private static final String X = "x";
    private static final String T = "t";
    private static final String SAMPLES = "[batch, 6]";

    /** Stirling's approximation of log t!, of a count above 1. */
    private static final String STIRLING = "(if 1 < t then t * log(t) - t + 0.5 * log(6.283185307179586 * t) else 0)";

    static final List<LossDefinition> ALL = List.of(
            formula(
                            Signature.of("PoissonNLLLoss")
                                    .with("log_input", true)
                                    .with("full", false)
                                    .byName("eps", Type.FLOAT, new Datum.Real(1e-8)),
                            FormulaLosses::poisson)
                    .of(Numbers.POSITIVE, Numbers.COUNTS)
                    .example("PoissonNLLLoss()", SAMPLES)
                    .example("PoissonNLLLoss(log_input=false)", SAMPLES)
                    .example("PoissonNLLLoss(full=true, log_input=false, eps=1e-3)", SAMPLES),
            formula(
                            Signature.of("KLDivLoss"),
                            arguments -> arguments.bool("log_target")
                                    ? "exp(t) * (t - x)"
                                    : "(if 0 < t then t * log(t) else 0) - t * x",
                            signature -> signature.byName("log_target", Type.BOOL, new Datum.Bool(false)),
                            Loss.Reduction.MEAN,
                            Loss.Reduction.SUM,
                            Loss.Reduction.BATCH_MEAN)
                    .of(Numbers.ANY, Numbers.PROBABILITIES)
                    .example("KLDivLoss()", SAMPLES)
                    .example("KLDivLoss(log_target=true)", SAMPLES)
                    .example("KLDivLoss(reduction='batchmean')", "[batch, 2, 3]"),
            formula(
                            Signature.of("HingeEmbeddingLoss").with("margin", 1.0),
                            arguments -> "(if t == 1 then 0 else if x <= margin then margin - x else 0)"
                                    + " + (if t == -1 then 0 else x)")
                    .of(Numbers.ANY, Numbers.SIGNS)
                    .example("HingeEmbeddingLoss()", SAMPLES)
                    .example("HingeEmbeddingLoss(margin=0.3)", SAMPLES),
            formula(Signature.of("SoftMarginLoss"), arguments -> "if t * x < -40 then -t * x else log1p(exp(-t * x))")
                    .of(Numbers.ANY, Numbers.SIGNS)
                    .example("SoftMarginLoss()", SAMPLES));

    private FormulaLosses() {}

    private static String poisson(Arguments arguments) {
        String loss = arguments.bool("log_input") ? "exp(x) - t * x" : "x - t * log(x + eps)";
        return arguments.bool("full") ? loss + " + " + STIRLING : loss;
    }

    /** A loss with the reductions that all have. */
    private static LossDefinition formula(Signature.Builder signature, Function<Arguments, String> formula) {
        return formula(signature, formula, all -> all, Loss.Reduction.MEAN, Loss.Reduction.SUM);
    }

    /**
     * A loss.
     *
     * @param formula what it is of one element; it may name the loss's parameters that are numbers
     * @param further adds the parameters that stand behind the reduction
     */
    private static LossDefinition formula(
            Signature.Builder builder,
            Function<Arguments, String> formula,
            Function<Signature.Builder, Signature.Builder> further,
            Loss.Reduction... reductions) {
        Signature signature = further.apply(LossLibrary.reducing(builder)).build();
        return LossDefinition.loss(
                signature,
                arguments -> new Loss.Formula(
                        written(signature, arguments),
                        LossLibrary.reduction(arguments, reductions),
                        new Argument.Function(
                                name(signature.callee()),
                                List.of(X, T),
                                withNumbers(signature, formula.apply(arguments), arguments))));
    }

    /** {@code poisson_nll_loss} of {@code PoissonNLLLoss}. */
    private static String name(String word) {
        return word.replaceAll("([a-z])([A-Z])", "$1_$2")
                .replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    private static Formula withNumbers(Signature signature, String text, Arguments arguments) {
        Formula formula = FormulaParser.parse(text);
        for (Signature.Formal formal : signature.formals()) {
            if (formal.type() == Type.FLOAT) {
                Formula number = Algebra.constant(arguments.real(formal.name()));
                formula = Substitution.of(Algebra.variable(formal.name()), number, formula);
            }
        }
        return formula;
    }

    /** {@code KLDivLoss(log_target=true)}: the call, without what is as by default. */
    public static String written(Signature signature, Arguments arguments) {
        List<String> given = signature.formals().stream()
                .filter(formal -> !fallback(formal).equals(Optional.of(arguments.get(formal.name()))))
                .map(formal -> formal.name() + "=" + text(arguments.get(formal.name())))
                .toList();
        return signature.callee() + (given.isEmpty() ? "" : "(" + String.join(", ", given) + ")");
    }

    private static String text(Datum argument) {
        return argument instanceof Datum.LayerDatum given ? given.layer().word() : argument.describe();
    }

    private static Optional<Datum> fallback(Signature.Formal formal) {
        return formal.fallback() instanceof Signature.Default.Constant constant
                ? Optional.of(constant.value())
                : Optional.empty();
    }
}
