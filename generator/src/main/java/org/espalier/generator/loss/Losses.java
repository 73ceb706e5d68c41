package org.espalier.generator.loss;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.Loss;

/** Losses, as they are written. */
public final class Losses {
    public static final List<Builtin> ALL = List.of(
            loss(Loss.Kind.L1_LOSS),
            loss(Loss.Kind.MSE_LOSS),
            loss(Loss.Kind.SMOOTH_L1_LOSS),
            loss(Loss.Kind.HUBER_LOSS),
            loss(Loss.Kind.BCE_LOSS),
            loss(Loss.Kind.BCE_WITH_LOGITS_LOSS),
            loss(Loss.Kind.NLL_LOSS),
            loss(Loss.Kind.CROSS_ENTROPY_LOSS));

    private Losses() {}

    private static Builtin loss(Loss.Kind kind) {
        Signature.Builder signature =
                Signature.of(kind.word()).byName("reduction", Type.STRING, new Datum.Text("mean"));
        if (!kind.width().isEmpty()) {
            signature.byName(kind.width(), Type.FLOAT, new Datum.Real(1));
        }
        return new Builtin(
                Builtin.Kind.LOSS,
                signature.build(),
                (site, arguments) ->
                        new Datum.LossDatum(function(kind, arguments), 1, Optional.empty(), Optional.empty()));
    }

    private static Loss.Function function(Loss.Kind kind, Arguments arguments) {
        boolean sum = arguments.text("reduction").equals("sum");
        if (!sum && !arguments.text("reduction").equals("mean")) {
            arguments.outOfRange("reduction", "'mean' or 'sum'");
        }
        OptionalDouble width = kind.width().isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(arguments.real(kind.width(), value -> value > 0, "above 0"));
        return new Loss.Function(kind, sum ? Loss.Reduction.SUM : Loss.Reduction.MEAN, width);
    }
}
