package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.OptimizerSetting;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.Literals;

/** Writes the constructor call for the runtime's object of a term or an optimizer. */
final class Constructions implements RegularizerTerm.Visitor<CodeBlock> {
    private final Names names;

    /**
     * Constructions of one class.
     *
     * @param names knows the nested classes of user-defined penalties
     */
    Constructions(Names names) {
        this.names = names;
    }

    // Example:
    //
    // new L1(1e-6)
    // new L1(1e-6, Mode.PROX)
    //
    @Override
    public CodeBlock l1(RegularizerTerm.L1 term) {
        return isProximal(term.mode())
                ? CodeBlock.of("new $T($L, $T.PROX)", RuntimeTypes.L1, lambda(term), RuntimeTypes.MODE)
                : ofLambda(RuntimeTypes.L1, term);
    }

    // Example:
    //
    // new L2(1e-5)
    //
    @Override
    public CodeBlock l2(RegularizerTerm.L2 term) {
        return ofLambda(RuntimeTypes.L2, term);
    }

    @Override
    public CodeBlock l2Norm(RegularizerTerm.L2Norm term) {
        return ofLambda(RuntimeTypes.L2_NORM, term);
    }

    // Example:
    //
    // new GroupLasso(1e-4)
    // new GroupLasso(1e-4, Mode.PROX)
    // new GroupLasso(1e-4, 1, Mode.PROX)
    //
    @Override
    public CodeBlock groupLasso(RegularizerTerm.GroupLasso term) {
        if (term.axis().isPresent()) {
            return CodeBlock.of(
                    "new $T($L, $L, $T.$L)",
                    RuntimeTypes.GROUP_LASSO,
                    lambda(term),
                    term.axis().getAsInt(),
                    RuntimeTypes.MODE,
                    isProximal(term.mode()) ? "PROX" : "SUBGRADIENT");
        }
        return isProximal(term.mode())
                ? CodeBlock.of("new $T($L, $T.PROX)", RuntimeTypes.GROUP_LASSO, lambda(term), RuntimeTypes.MODE)
                : ofLambda(RuntimeTypes.GROUP_LASSO, term);
    }

    @Override
    public CodeBlock orthogonal(RegularizerTerm.Orthogonal term) {
        return ofLambda(RuntimeTypes.ORTHOGONAL, term);
    }

    @Override
    public CodeBlock decay(RegularizerTerm.Decay term) {
        return ofLambda(RuntimeTypes.DECAY, term);
    }

    @Override
    public CodeBlock maxNorm(RegularizerTerm.MaxNorm term) {
        return ofLambda(RuntimeTypes.MAX_NORM, term);
    }

    // Example:
    //
    // new Huber(1e-4)
    //
    @Override
    public CodeBlock userDefined(RegularizerTerm.UserDefined term) {
        return CodeBlock.of("new $L($L)", names.penalty(term.definition()), lambda(term));
    }

    @Override
    public CodeBlock userDefinedOnGroups(RegularizerTerm.UserDefinedOnGroups term) {
        return CodeBlock.of("new $L($L)", names.penalty(term.definition()), lambda(term));
    }

    private static CodeBlock ofLambda(ClassName type, RegularizerTerm term) {
        return CodeBlock.of("new $T($L)", type, lambda(term));
    }

    private static String lambda(RegularizerTerm term) {
        return Literals.number(term.lambda());
    }

    private static boolean isProximal(RegularizerTerm.Mode mode) {
        return mode == RegularizerTerm.Mode.PROX;
    }

    // Example:
    //
    // new Sgd(0.1, 0.9, 0.0, true)
    // new Adam(0.001, 0.9, 0.999, 1e-8).amsgrad()
    //
    static CodeBlock optimizer(OptimizerDecl optimizer) {
        List<CodeBlock> arguments = new ArrayList<>();
        CodeBlock.Builder methods = CodeBlock.builder();
        for (OptimizerSetting setting : optimizer.kind().settings()) {
            List<Double> numbers = optimizer.numbers(setting);
            switch (setting.form()) {
                case NUMBERS -> numbers.forEach(number -> arguments.add(CodeBlock.of("$L", Literals.number(number))));
                case ARGUMENT -> arguments.add(CodeBlock.of("$L", numbers.get(0) != 0));
                case WHOLE -> arguments.add(CodeBlock.of("$L", (long) (double) numbers.get(0)));
                case METHOD ->
                    methods.add(
                            numbers.get(0) == 0
                                    ? ""
                                    : "."
                                            + Identifiers.camelCase(
                                                    setting.parts().get(0)) + "()");
            }
        }
        return CodeBlock.of(
                "new $T($L)$L",
                RuntimeTypes.optimizer(optimizer.kind()),
                CodeBlock.join(arguments, ", "),
                methods.build());
    }
}
