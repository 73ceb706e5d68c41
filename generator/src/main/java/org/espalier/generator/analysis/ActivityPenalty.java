package org.espalier.generator.analysis;

import java.util.Optional;
import org.espalier.generator.analysis.Datum.Penalty;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.ir.Term;
import org.espalier.generator.ir.UpdateGroup.Reduction;

/** A regularizer of what a layer computes. */
record ActivityPenalty(Penalty penalty, Reduction reduction) {
    static final String ARGUMENT = "activity_regularizer";
    private static final String REDUCTION = "reduction";

    /** {@code ActivityRegularization}: hands its input on, with a penalty. */
    static final Builtin LAYER = Primitives.layer(
            Signature.of("ActivityRegularization")
                    .required(ARGUMENT, Type.REGULARIZER)
                    .byName(REDUCTION, Type.REDUCTION, new Datum.Text("mean"))
                    .build(),
            arguments -> new IdentityRule("activity"));

    /** What was given as {@code activity_regularizer}; a term that is not for activities is reported. */
    static Optional<ActivityPenalty> of(Arguments arguments) {
        Optional<Penalty> penalty = Optional.of(ARGUMENT).filter(arguments::has).flatMap(arguments::penalty);
        penalty.ifPresent(present -> check(arguments, present));
        boolean sum = arguments.has(REDUCTION) && arguments.text(REDUCTION).equals("sum");
        return penalty.map(present -> new ActivityPenalty(present, sum ? Reduction.SUM : Reduction.MEAN));
    }

    private static void check(Arguments arguments, Penalty penalty) {
        for (Term term : penalty.terms()) {
            if (!term.isOfElements()) {
                arguments.complain(DiagnosticCode.TERM_ON_ACTIVITIES
                        .at(arguments.span(ARGUMENT), term.describe())
                        .withHelp("activities take l1, l2, elastic_net without mode=prox, and regularizers that are a "
                                + "formula of one element; " + term.describe() + " needs weights"));
            }
        }
    }
}
