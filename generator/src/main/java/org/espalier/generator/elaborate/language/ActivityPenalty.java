package org.espalier.generator.elaborate.language;

import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.UpdateGroup.Reduction;

/** A regularizer of what a layer computes. */
public record ActivityPenalty(Penalty penalty, Reduction reduction) {
    public static final String ARGUMENT = "activity_regularizer";
    public static final String REDUCTION = "reduction";
    private static final String REDUCTION_OF_LAYER = "activity_reduction";
    public static final Datum MEAN = new Datum.Text("mean");

    /**
     * Adds what a layer takes for a penalty on what it computes: a regularizer, and how it is added up over the batch.
     */
    static Signature.Builder arguments(Signature.Builder layer) {
        return layer.byName(ARGUMENT, Type.REGULARIZER, new Datum.None())
                .byName(REDUCTION_OF_LAYER, Type.REDUCTION, MEAN);
    }

    /**
     * Reads the penalty given as {@code activity_regularizer}; a term that is not for activities is reported, and a
     * reduction of nothing.
     */
    public static Optional<ActivityPenalty> of(Arguments arguments) {
        Optional<Penalty> penalty = Optional.of(ARGUMENT).filter(arguments::has).flatMap(arguments::penalty);
        penalty.ifPresent(present -> check(arguments, present));
        String argument = arguments.has(REDUCTION_OF_LAYER) ? REDUCTION_OF_LAYER : REDUCTION;
        if (arguments.isWritten(argument) && !arguments.isWritten(ARGUMENT)) {
            arguments.complain(DiagnosticCode.REDUCTION_OF_NOTHING
                    .at(arguments.span(argument), argument, ARGUMENT)
                    .withHelp(ARGUMENT + "=l1(1e-5), for example, penalizes what the layer computes"));
        }
        boolean sum = arguments.has(argument) && arguments.text(argument).equals("sum");
        return penalty.map(present -> new ActivityPenalty(present, sum ? Reduction.SUM : Reduction.MEAN));
    }

    private static void check(Arguments arguments, Penalty penalty) {
        for (RegularizerTerm term : penalty.terms()) {
            if (!term.isOfElements()) {
                arguments.complain(DiagnosticCode.TERM_ON_ACTIVITIES
                        .at(arguments.span(ARGUMENT), term.describe())
                        .withHelp("activities take l1, l2, elastic_net without mode=prox, and regularizers that are a "
                                + "formula of one element; " + term.describe() + " needs weights"));
            }
        }
    }
}
