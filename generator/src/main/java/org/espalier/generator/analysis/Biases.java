package org.espalier.generator.analysis;

import java.util.Optional;
import org.espalier.generator.analysis.Datum.Penalty;
import org.espalier.generator.diagnostic.DiagnosticCode;

/** Reads regularizers of parameters that a layer may not have. */
final class Biases {
    private Biases() {}

    /** The {@code bias_regularizer}; one without a bias is reported. */
    static Optional<Penalty> penalty(Arguments arguments, boolean hasBias) {
        return penalty(arguments, "bias_regularizer", "bias", hasBias);
    }

    /** A regularizer of some parameter; one without that parameter is reported. */
    static Optional<Penalty> penalty(Arguments arguments, String argument, String parameter, boolean hasParameter) {
        Optional<Penalty> penalty = arguments.penalty(argument);
        if (penalty.isPresent() && !hasParameter) {
            arguments.complain(
                    DiagnosticCode.REGULARIZER_WITHOUT_PARAMETER.at(arguments.span(argument), "this layer", parameter));
        }
        return penalty;
    }
}
