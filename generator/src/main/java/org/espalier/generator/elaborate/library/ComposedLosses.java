package org.espalier.generator.elaborate.library;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.text.FormulaParser;
import org.espalier.generator.layer.api.TensorFunction;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.ElementwiseFunctions;
import org.espalier.generator.layer.shape.Detach;
import org.espalier.generator.layer.similarity.CosineEmbedding;
import org.espalier.generator.loss.FormulaLosses;
import org.espalier.generator.loss.LossLibrary;

/**
 * Losses of two predictions, in PyTorch's order of operands: a formula of an element of each, or of what operations
 * make of both. Where pieces meet the derivative is that of PyTorch.
 */
final class ComposedLosses {
    private static final String MARGIN = "margin";

    /** The logarithm of 2π, halved. */
    private static final double FULL = 0.9189385332046727;

    static final List<Builtin> ALL = List.of(
            loss(
                    Signature.of("MarginRankingLoss").with(MARGIN, 0.0),
                    arguments -> Elementwise.formula(
                            "margin_ranking_loss",
                            List.of("x1", "x2", "t"),
                            "if margin - t * (x1 - x2) < 0 then 0 else margin - t * (x1 - x2)",
                            Map.of(MARGIN, arguments.real(MARGIN))),
                    Set.of(0, 1),
                    (arguments, site) -> operands -> operands),
            loss(
                    Signature.of("CosineEmbeddingLoss").with(MARGIN, 0.0),
                    arguments -> Elementwise.formula(
                            "cosine_embedding_loss",
                            List.of("c", "t"),
                            "(if t == 1 then 1 - c else 0)"
                                    + " + (if t == -1 then (if c < margin then 0 else c - margin) else 0)",
                            Map.of(MARGIN, arguments.real(MARGIN))),
                    Set.of(0, 1),
                    (arguments, site) -> operands -> List.of(
                            TensorFunction.apply(
                                    site, "CosineEmbeddingLoss", new CosineEmbedding(), operands.subList(0, 2)),
                            operands.get(2))),
            loss(
                    Signature.of("GaussianNLLLoss")
                            .byName("full", Type.BOOL, new Datum.Bool(false))
                            .byName("eps", Type.FLOAT, new Datum.Real(1e-6)),
                    arguments -> Elementwise.formula(
                            "gaussian_nll_loss",
                            List.of("x", "t", "v"),
                            "0.5 * (log(v) + (x - t) ** 2 / v) + full",
                            Map.of("full", arguments.bool("full") ? FULL : 0)),
                    Set.of(0, 2),
                    (arguments, site) -> operands ->
                            List.of(operands.get(0), operands.get(1), variance(arguments, site, operands))));

    private ComposedLosses() {}

    /** The variance, at least eps but with the gradient of one that is not, for each element of the mean. */
    private static Datum variance(Arguments arguments, CallSite site, List<Datum> operands) {
        Datum variance = operands.get(2);
        Datum missing = ElementwiseFunctions.apply(
                site,
                "missing",
                FormulaParser.parse("if v < eps then eps - v else 0"),
                Map.of("v", variance, "eps", arguments.get("eps")));
        Datum detached = missing instanceof Datum.Tensor
                ? TensorFunction.apply(site, "detach", Detach.rule(), List.of(missing))
                : missing;
        return detached instanceof Datum.Tensor
                ? ElementwiseFunctions.apply(
                        site,
                        "variance",
                        FormulaParser.parse("v + missing"),
                        Map.of("v", variance, "missing", detached, "x", operands.get(0)))
                : detached;
    }

    /**
     * A loss of three operands.
     *
     * @param formula what it is of one element of what is compared
     * @param tensors the places at which no target can stand
     * @param comparison from arguments and the call to the rule that makes what is compared
     */
    static Builtin loss(
            Signature.Builder builder,
            Function<Arguments, Argument.Function> formula,
            Set<Integer> tensors,
            BiFunction<Arguments, CallSite, Function<List<Datum>, List<Datum>>> comparison) {
        Signature signature = LossLibrary.reducing(builder).build();
        return new Builtin(
                Builtin.Kind.LOSS,
                signature,
                (site, arguments) -> new Datum.LossDatum(List.of(new Datum.LossTerm(
                        new Loss.Formula(
                                FormulaLosses.written(signature, arguments),
                                LossLibrary.reduction(arguments, Loss.Reduction.MEAN, Loss.Reduction.SUM),
                                formula.apply(arguments)),
                        1,
                        List.of(),
                        Optional.of(new Datum.Preparation(
                                3,
                                tensors,
                                (call, operands) ->
                                        comparison.apply(arguments, call).apply(operands))),
                        site.span()))));
    }
}
