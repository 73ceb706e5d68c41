package org.espalier.generator.analysis;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.espalier.generator.diagnostic.DiagnosticCode;

/** Functions of numbers and lists: {@code min}, {@code max}, {@code floor}, {@code ceil}, {@code len}. */
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
                            new Datum.Int(Type.elements(arguments.get("list")).size())));

    private Functions() {}

    private static Builtin function(
            Signature signature, java.util.function.BiFunction<CallSite, Arguments, Datum> body) {
        return new Builtin(Builtin.Kind.FUNCTION, signature, body);
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
