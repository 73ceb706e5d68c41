package org.espalier.generator.analysis;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.ir.Initializer;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.Optimizer;

/** Initializers, losses and optimizers. */
final class Training {
    private static final String DECAY_HELP = "write 'regularize weights by l2(…)', which has the same meaning of λ";

    static final List<Builtin> ALL = List.of(
            initializer(
                    Signature.of("normal").with("mean", 0.0).with("std", 1.0).build(),
                    arguments -> new Initializer.Normal(
                            arguments.real("mean"), arguments.real("std", std -> std >= 0, "at least 0"))),
            initializer(
                    Signature.of("uniform").required("bound", Type.FLOAT).build(),
                    arguments -> new Initializer.Uniform(arguments.real("bound", bound -> bound >= 0, "at least 0"))),
            initializer(
                    Signature.of("constant").required("value", Type.FLOAT).build(),
                    arguments -> new Initializer.Constant(arguments.real("value"))),
            loss("L1Loss", Loss.Kind.L1_LOSS),
            loss("MSELoss", Loss.Kind.MSE_LOSS),
            loss("CrossEntropyLoss", Loss.Kind.CROSS_ENTROPY_LOSS),
            optimizer(
                    Signature.of("SGD")
                            .with("lr", 1e-3)
                            .with("momentum", 0.0)
                            .with("dampening", 0.0)
                            .with("weight_decay", 0.0)
                            .with("nesterov", false)
                            .build(),
                    Training::sgd),
            optimizer(
                    Signature.of("Adam")
                            .with("lr", 1e-3)
                            .with("betas", Type.PAIR, betas())
                            .with("eps", 1e-8)
                            .with("weight_decay", 0.0)
                            .with("amsgrad", false)
                            .build(),
                    Training::adam));

    private Training() {}

    private static Datum betas() {
        return new Datum.Tuple(List.of(new Datum.Real(0.9), new Datum.Real(0.999)));
    }

    private static Builtin initializer(Signature signature, Function<Arguments, Initializer> initializer) {
        return new Builtin(
                Builtin.Kind.INITIALIZER,
                signature,
                (site, arguments) -> new Datum.Start(initializer.apply(arguments)));
    }

    private static Builtin loss(String name, Loss.Kind kind) {
        Signature signature = Signature.of(name)
                .byName("reduction", Type.STRING, new Datum.Text("mean"))
                .build();
        return new Builtin(Builtin.Kind.LOSS, signature, (site, arguments) -> {
            arguments.only("reduction", new Datum.Text("mean"));
            return new Datum.LossDatum(kind, 1, Optional.empty(), Optional.empty());
        });
    }

    private static Builtin optimizer(Signature signature, Function<Arguments, Optimizer> optimizer) {
        return new Builtin(
                Builtin.Kind.OPTIMIZER,
                signature,
                (site, arguments) -> new Datum.OptimizerDatum(optimizer.apply(arguments)));
    }

    private static Optimizer sgd(Arguments arguments) {
        rejectDecay(arguments);
        double momentum = arguments.real("momentum", value -> value >= 0, "at least 0");
        double dampening = arguments.real("dampening");
        if (arguments.bool("nesterov") && (momentum == 0 || dampening != 0)) {
            arguments.unsupported(
                    "nesterov", "nesterov=true with a momentum above 0 and no dampening", Optional.empty());
        }
        return new Optimizer.Sgd(lr(arguments), momentum, dampening, arguments.bool("nesterov"));
    }

    private static Optimizer adam(Arguments arguments) {
        rejectDecay(arguments);
        arguments.only("amsgrad", new Datum.Bool(false));
        List<Datum> betas = Type.elements(arguments.get("betas"));
        double beta1 = ((Datum.Real) betas.get(0)).value();
        double beta2 = ((Datum.Real) betas.get(1)).value();
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
            arguments.outOfRange("betas", "at least 0 and below 1");
        }
        double eps = arguments.real("eps", value -> value >= 0, "at least 0");
        return new Optimizer.Adam(lr(arguments), beta1, beta2, eps);
    }

    private static double lr(Arguments arguments) {
        return arguments.real("lr", value -> value >= 0, "at least 0");
    }

    private static void rejectDecay(Arguments arguments) {
        if (arguments.real("weight_decay") != 0) {
            arguments.unsupported("weight_decay", "weight_decay=0", Optional.of(DECAY_HELP));
        }
    }
}
