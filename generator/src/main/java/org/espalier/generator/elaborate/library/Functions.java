package org.espalier.generator.elaborate.library;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Words;

/**
 * Functions of numbers and lists: {@code min}, {@code max}, {@code floor}, {@code ceil}, {@code len}, {@code abs},
 * {@code sqrt}, {@code log}, {@code log1p}, {@code expm1}, {@code exp}, {@code tanh}, {@code calculate_gain}; and
 * {@code sum}, which only formulas have.
 */
final class Functions {
    static final List<Builtin> ALL = List.of(
            function(
                    Signature.of("min").rest("numbers", Type.NUMBER).build(),
                    (site, arguments) -> extreme(site, arguments, -1)),
            function(
                    Signature.of("max").rest("numbers", Type.NUMBER).build(),
                    (site, arguments) -> extreme(site, arguments, 1)),
            function(
                    Signature.of("floor").required("number", Type.FLOAT).build(),
                    (site, arguments) -> whole(site, arguments, Math::floor)),
            function(
                    Signature.of("ceil").required("number", Type.FLOAT).build(),
                    (site, arguments) -> whole(site, arguments, Math::ceil)),
            function(
                    Signature.of("len").required("list", Type.LIST).build(),
                    (site, arguments) ->
                            new Datum.Int(Type.elements(arguments.get("list")).size())),
            real("abs", Math::abs),
            real("sqrt", Math::sqrt),
            real("log", Math::log),
            real("log1p", Math::log1p),
            real("expm1", Math::expm1),
            real("exp", Math::exp),
            real("tanh", Math::tanh),
            function(
                    Signature.of("calculate_gain")
                            .required("nonlinearity", Type.STRING)
                            .withOptional("param", 0.01)
                            .build(),
                    (site, arguments) -> gain(arguments)),
            function(
                    Signature.of("sum")
                            .required("of", Type.ANY)
                            .byName("axis", Type.INT, new Datum.None())
                            .build(),
                    (site, arguments) -> site.report(DiagnosticCode.FORMULA_SUM.at(
                            site.span(), "only a formula has sums: regularizer name = w -> sqrt(sum(w*w))"))));

    private Functions() {}

    private static Builtin function(
            Signature signature, java.util.function.BiFunction<CallSite, Arguments, Datum> body) {
        return new Builtin(Builtin.Kind.FUNCTION, signature, body);
    }

    private static Builtin real(String name, DoubleUnaryOperator function) {
        return function(Signature.of(name).required("number", Type.FLOAT).build(), (site, arguments) -> {
            double value = function.applyAsDouble(arguments.real("number"));
            if (value == 0 && name.equals("exp")) {
                return site.report(
                        DiagnosticCode.ARITHMETIC.at(site.span(), Words.oneLine(site.span()) + " is out of range"));
            }
            return Double.isFinite(value)
                    ? new Datum.Real(value)
                    : site.report(DiagnosticCode.ARITHMETIC.at(
                            site.span(),
                            Words.oneLine(site.span()) + " is " + (Double.isNaN(value) ? "not a number" : "infinite")));
        });
    }

    private static Datum gain(Arguments arguments) {
        OptionalDouble gain =
                Gains.of(arguments.text("nonlinearity"), arguments.isNone("param") ? 0.01 : arguments.real("param"));
        if (gain.isEmpty()) {
            arguments.outOfRange("nonlinearity", Gains.words());
        }
        return new Datum.Real(gain.orElse(1));
    }

    private static Datum extreme(CallSite site, Arguments arguments, int sign) {
        return arguments.rest("numbers").stream()
                .reduce((one, other) -> sign * Operators.compareNumbers(one, other) >= 0 ? one : other)
                .orElseGet(() -> site.report(DiagnosticCode.ARITHMETIC.at(site.span(), "no number is given")));
    }

    private static Datum whole(CallSite site, Arguments arguments, DoubleUnaryOperator rounding) {
        double rounded = rounding.applyAsDouble(arguments.real("number"));
        return Math.abs(rounded) < 0x1p53
                ? new Datum.Int((long) rounded)
                : site.report(DiagnosticCode.ARITHMETIC.at(site.span(), rounded + " is out of range"));
    }
}
