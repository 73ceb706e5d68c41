package org.espalier.generator.layer.api;

import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum.Penalty;

/** Reads regularizers of parameters that a layer may not have. */
public final class Biases {
    private Biases() {}

    /** The {@code bias_regularizer}; one without a bias is reported. */
    public static Optional<Penalty> penalty(Arguments arguments, boolean hasBias) {
        return penalty(arguments, "bias_regularizer", "bias", hasBias);
    }

    /** A regularizer of some parameter; one without that parameter is reported. */
    public static Optional<Penalty> penalty(
            Arguments arguments, String argument, String parameter, boolean hasParameter) {
        Optional<Penalty> penalty = arguments.penalty(argument);
        if (penalty.isPresent() && !hasParameter) {
            arguments.complain(
                    DiagnosticCode.REGULARIZER_WITHOUT_PARAMETER.at(arguments.span(argument), "this layer", parameter));
        }
        return penalty;
    }
}
