package org.espalier.generator.elaborate.evaluation;

import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.syntax.Declaration.RegularizerDecl;

/**
 * A declared regularizer with parameters, as a value; one without any is its penalty. Its value may be a formula of the
 * weight, {@code w -> …}, which {@link Definitions} reads.
 */
public record RegularizerFunction(Module module, RegularizerDecl declaration, Signature signature)
        implements Datum.Function {
    RegularizerFunction(Module module, RegularizerDecl declaration) {
        this(module, declaration, Signatures.of(declaration));
    }

    @Override
    public Datum call(CallSite site, Arguments arguments) {
        return Application.of(module, declaration, "regularizer", site, arguments)
                .<Datum>map(application -> penalty(site, application.evaluate(declaration.value())))
                .orElseGet(() -> site.session().unknown());
    }

    private Datum penalty(CallSite site, Datum value) {
        if (value instanceof Datum.Unknown) {
            return value;
        }
        if (!(value instanceof Penalty penalty)) {
            return site.session()
                    .report(
                            DiagnosticCode.CLAUSE_TYPE.at(
                                    declaration.value().span(), "regularizer", "a regularizer", value.describe()),
                            site.frame());
        }
        String name = declaration.formals().isEmpty()
                ? declaration.name().text()
                : site.span().quotation();
        return new Penalty(name, penalty.terms(), declaration.span());
    }

    @Override
    public String describe() {
        return "the regularizer " + declaration.name();
    }
}
