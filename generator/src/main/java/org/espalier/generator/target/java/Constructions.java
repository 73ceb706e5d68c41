package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.Literals;

/** Constructor calls for the runtime's object of a term or an optimizer. */
final class Constructions implements RegularizerTerm.Visitor<CodeBlock>, OptimizerDecl.Visitor<CodeBlock> {
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
    //
    @Override
    public CodeBlock sgd(OptimizerDecl.Sgd sgd) {
        return CodeBlock.of(
                "new $T($L, $L, $L, $L)",
                RuntimeTypes.SGD,
                Literals.number(sgd.lr()),
                Literals.number(sgd.momentum()),
                Literals.number(sgd.dampening()),
                sgd.nesterov());
    }

    // Example:
    //
    // new Adam(0.001, 0.9, 0.999, 1e-8)
    //
    @Override
    public CodeBlock adam(OptimizerDecl.Adam adam) {
        return CodeBlock.of(
                "new $T($L, $L, $L, $L)",
                RuntimeTypes.ADAM,
                Literals.number(adam.lr()),
                Literals.number(adam.beta1()),
                Literals.number(adam.beta2()),
                Literals.number(adam.eps()));
    }

    // Example:
    //
    // new AdamW(0.001, 0.9, 0.999, 1e-8, 0.01)
    //
    @Override
    public CodeBlock adamW(OptimizerDecl.AdamW adam) {
        return CodeBlock.of(
                "new $T($L, $L, $L, $L, $L)",
                RuntimeTypes.ADAM_W,
                Literals.number(adam.lr()),
                Literals.number(adam.beta1()),
                Literals.number(adam.beta2()),
                Literals.number(adam.eps()),
                Literals.number(adam.weightDecay()));
    }

    // Example:
    //
    // new RmsProp(0.01, 0.99, 1e-8, 0.0, false)
    //
    @Override
    public CodeBlock rmsProp(OptimizerDecl.RmsProp rmsProp) {
        return CodeBlock.of(
                "new $T($L, $L, $L, $L, $L)",
                RuntimeTypes.RMS_PROP,
                Literals.number(rmsProp.lr()),
                Literals.number(rmsProp.alpha()),
                Literals.number(rmsProp.eps()),
                Literals.number(rmsProp.momentum()),
                rmsProp.centered());
    }

    // Example:
    //
    // new Adagrad(0.01, 0.0, 0.0, 1e-10)
    //
    @Override
    public CodeBlock adagrad(OptimizerDecl.Adagrad adagrad) {
        return CodeBlock.of(
                "new $T($L, $L, $L, $L)",
                RuntimeTypes.ADAGRAD,
                Literals.number(adagrad.lr()),
                Literals.number(adagrad.lrDecay()),
                Literals.number(adagrad.initialAccumulatorValue()),
                Literals.number(adagrad.eps()));
    }
}
