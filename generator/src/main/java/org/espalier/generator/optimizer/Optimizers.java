package org.espalier.generator.optimizer;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Builtin.Definition;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.OptimizerDecl;

/** The optimizers of the standard library, in the order of the reference. */
public final class Optimizers {
    public static final List<Definition> ALL = List.of(
            optimizer(
                            Signature.of("SGD")
                                    .with("lr", 1e-3)
                                    .with("momentum", 0.0)
                                    .with("dampening", 0.0)
                                    .with("weight_decay", 0.0)
                                    .with("nesterov", false),
                            Optimizers::sgd)
                    .example("SGD(lr=0.1)")
                    .example("SGD(lr=0.1, momentum=0.9)")
                    .example("SGD(lr=0.1, momentum=0.9, dampening=0.3)")
                    .example("SGD(lr=0.1, momentum=0.9, nesterov=true)"),
            optimizer(
                            Signature.of("Adam")
                                    .with("lr", 1e-3)
                                    .with("betas", Type.PAIR, betas())
                                    .with("eps", 1e-8)
                                    .with("weight_decay", 0.0)
                                    .with("amsgrad", false),
                            Optimizers::adam)
                    .example("Adam(lr=0.01)")
                    .example("Adam(lr=0.01, betas=(0.8, 0.99), eps=1e-6)"),
            optimizer(
                            Signature.of("AdamW")
                                    .with("lr", 1e-3)
                                    .with("betas", Type.PAIR, betas())
                                    .with("eps", 1e-8)
                                    .with("weight_decay", 1e-2)
                                    .with("amsgrad", false),
                            Optimizers::adamW)
                    .example("AdamW(lr=0.01)")
                    .example("AdamW(lr=0.01, betas=(0.9, 0.99), eps=1e-6, weight_decay=0.1)"),
            optimizer(
                            Signature.of("RMSprop")
                                    .with("lr", 1e-2)
                                    .with("alpha", 0.99)
                                    .with("eps", 1e-8)
                                    .with("weight_decay", 0.0)
                                    .with("momentum", 0.0)
                                    .with("centered", false),
                            Optimizers::rmsProp)
                    .example("RMSprop(lr=0.01)")
                    .example("RMSprop(lr=0.01, alpha=0.9, eps=1e-6, momentum=0.8)")
                    .example("RMSprop(lr=0.01, alpha=0.9, eps=1e-3, centered=true)"),
            optimizer(
                            Signature.of("Adagrad")
                                    .with("lr", 1e-2)
                                    .with("lr_decay", 0.0)
                                    .with("weight_decay", 0.0)
                                    .with("initial_accumulator_value", 0.0)
                                    .with("eps", 1e-10),
                            Optimizers::adagrad)
                    .example("Adagrad(lr=0.1)")
                    .example("Adagrad(lr=0.1, lr_decay=0.2, initial_accumulator_value=0.1, eps=1e-6)"));

    private Optimizers() {}

    private static Datum betas() {
        return new Datum.Tuple(List.of(new Datum.Real(0.9), new Datum.Real(0.999)));
    }

    private static Definition optimizer(Signature.Builder signature, Function<Arguments, OptimizerDecl> optimizer) {
        return Definition.of(new Builtin(
                Builtin.Kind.OPTIMIZER,
                signature.build(),
                (site, arguments) -> new Datum.OptimizerDatum(optimizer.apply(arguments))));
    }

    private static OptimizerDecl sgd(Arguments arguments) {
        rejectDecay(arguments);
        double momentum = share(arguments, "momentum");
        double dampening = atLeastZero(arguments, "dampening");
        if (arguments.bool("nesterov") && (momentum == 0 || dampening != 0)) {
            arguments.unsupported(
                    "nesterov", "nesterov=true with a momentum above 0 and no dampening", Optional.empty());
        }
        return new OptimizerDecl.Sgd(lr(arguments), momentum, dampening, arguments.bool("nesterov"));
    }

    private static OptimizerDecl adam(Arguments arguments) {
        rejectDecay(arguments);
        arguments.only("amsgrad", new Datum.Bool(false));
        List<Double> betas = betas(arguments);
        return new OptimizerDecl.Adam(lr(arguments), betas.get(0), betas.get(1), atLeastZero(arguments, "eps"));
    }

    private static OptimizerDecl adamW(Arguments arguments) {
        arguments.only("amsgrad", new Datum.Bool(false));
        List<Double> betas = betas(arguments);
        double decay = atLeastZero(arguments, "weight_decay");
        return new OptimizerDecl.AdamW(lr(arguments), betas.get(0), betas.get(1), atLeastZero(arguments, "eps"), decay);
    }

    private static OptimizerDecl rmsProp(Arguments arguments) {
        rejectDecay(arguments);
        double alpha = share(arguments, "alpha");
        double momentum = share(arguments, "momentum");
        boolean centered = arguments.bool("centered");
        return new OptimizerDecl.RmsProp(lr(arguments), alpha, atLeastZero(arguments, "eps"), momentum, centered);
    }

    private static OptimizerDecl adagrad(Arguments arguments) {
        rejectDecay(arguments);
        double lrDecay = atLeastZero(arguments, "lr_decay");
        double initial = atLeastZero(arguments, "initial_accumulator_value");
        return new OptimizerDecl.Adagrad(lr(arguments), lrDecay, initial, atLeastZero(arguments, "eps"));
    }

    private static double lr(Arguments arguments) {
        return atLeastZero(arguments, "lr");
    }

    private static double atLeastZero(Arguments arguments, String name) {
        return arguments.real(name, value -> value >= 0, "at least 0");
    }

    private static boolean isShare(double value) {
        return value >= 0 && value < 1;
    }

    private static double share(Arguments arguments, String name) {
        return arguments.real(name, Optimizers::isShare, "at least 0 and below 1");
    }

    private static List<Double> betas(Arguments arguments) {
        List<Double> betas = Type.elements(arguments.get("betas")).stream()
                .map(beta -> ((Datum.Real) beta).value())
                .toList();
        if (!betas.stream().allMatch(Optimizers::isShare)) {
            arguments.outOfRange("betas", "at least 0 and below 1");
        }
        return betas;
    }

    /** The coupled kind is a penalty: it belongs where the ledger and the table of regularizers show it. */
    private static void rejectDecay(Arguments arguments) {
        double decay = arguments.real("weight_decay");
        if (decay != 0) {
            String l2 = "l2(" + Decimal.written(decay) + ")";
            arguments.unsupported(
                    "weight_decay",
                    "weight_decay=0",
                    Optional.of("write 'regularize weights by " + l2 + "', or as in PyTorch for every parameter "
                            + "'regularize weights, biases, norms by " + l2 + "'; λ means the same"));
        }
    }
}
