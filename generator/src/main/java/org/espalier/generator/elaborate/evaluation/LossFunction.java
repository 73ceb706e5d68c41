package org.espalier.generator.elaborate.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.syntax.Declaration.LossDecl;
import org.espalier.generator.syntax.Identifier;

/**
 * A declared loss, as a value: a formula of an element of each of its operands, the prediction first. Like PyTorch's
 * losses it takes a {@code reduction}, which is the mean unless given.
 */
public record LossFunction(Module module, LossDecl declaration, Signature signature) implements Datum.Function {
    private static final String REDUCTION = "reduction";

    LossFunction(Module module, LossDecl declaration) {
        this(module, declaration, signature(declaration));
    }

    private static Signature signature(LossDecl declaration) {
        Signature.Builder signature = Signature.of(declaration.name().text()).declared();
        Signatures.of(declaration).formals().forEach(signature::add);
        return signature
                .byName(REDUCTION, Type.STRING, new Datum.Text(Loss.Reduction.MEAN.word()))
                .build();
    }

    @Override
    public Datum call(CallSite site, Arguments arguments) {
        List<String> variables =
                declaration.variables().stream().map(Identifier::text).toList();
        if (new HashSet<>(variables).size() < variables.size()) {
            return site.report(DiagnosticCode.LOSS_OPERANDS
                    .at(declaration.span(), "a loss is a formula of an element of each of its operands")
                    .withHelp("give each a name of its own: loss " + declaration.name() + " = (y, t) -> …"));
        }
        Optional<Loss.Reduction> reduction =
                Loss.Reduction.of(arguments.text(REDUCTION)).filter(word -> word != Loss.Reduction.BATCH_MEAN);
        if (reduction.isEmpty()) {
            arguments.outOfRange(REDUCTION, "'mean' or 'sum'");
            return site.session().unknown();
        }
        return Application.of(module, declaration, "loss", site, arguments)
                .flatMap(application -> application.formula(variables, declaration.value()))
                .<Datum>map(formula -> loss(site, arguments, variables, formula, reduction.get()))
                .orElseGet(() -> site.session().unknown());
    }

    private Datum loss(
            CallSite site, Arguments arguments, List<String> variables, Formula formula, Loss.Reduction reduction) {
        if (!Algebra.mentions(formula, variables.get(0))) {
            return site.report(
                    DiagnosticCode.FORMULA_WITHOUT_WEIGHT.at(declaration.value().span(), variables.get(0)));
        }
        String word = declaration.name().text();
        Argument.Function f = new Argument.Function(word.toLowerCase(Locale.ROOT), variables, formula);
        return Datum.LossDatum.of(new Loss.Formula(written(arguments), reduction, f), site.span());
    }

    /** {@code Charbonnier(eps=1e-3)}: the call, with what was given. */
    private String written(Arguments arguments) {
        String given = arguments.names().stream()
                .filter(arguments::isWritten)
                .map(name -> name + "=" + describe(arguments.get(name)))
                .collect(Collectors.joining(", "));
        return declaration.name() + (given.isEmpty() ? "" : "(" + given + ")");
    }

    private static String describe(Datum argument) {
        return argument instanceof Datum.Real real ? Decimal.written(real.value()) : argument.describe();
    }

    @Override
    public String describe() {
        return "the loss " + declaration.name();
    }
}
