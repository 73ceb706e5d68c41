package org.espalier.generator.elaborate.library;

import java.util.List;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.Symbol;

/** Joins tensors in a trace. */
final class Joins {
    private Joins() {}

    /** The concatenation or sum of tensors; anything else among them is reported. */
    static Datum join(CallSite site, Layer.Joining joining, List<Datum> operands) {
        for (Datum operand : operands) {
            if (!(operand instanceof Datum.Tensor)) {
                return site.report(DiagnosticCode.LAYER_OPERAND.at(site.span(), operand.describe()));
            }
        }
        if (site.trace().isEmpty() || operands.isEmpty()) {
            return site.report(DiagnosticCode.LAYER_OPERAND.at(site.span(), "nothing"));
        }
        List<Symbol> symbols = operands.stream()
                .map(operand -> ((Datum.Tensor) operand).symbol())
                .toList();
        Layer join = new Layer.Join(site.site(), joining, symbols.size());
        return new Datum.Tensor(
                site.trace().get().apply(join, symbols, site.span()).get(0));
    }
}
