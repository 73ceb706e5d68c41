package org.espalier.generator.optimizer;

import java.util.List;
import org.espalier.generator.elaborate.language.Builtin.Definition;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.OptimizerKind;

/** The optimizers of the standard library, in the order of the reference. */
public final class Optimizers {
    public static final List<Definition> ALL = List.of(
            OptimizerDefinition.of(OptimizerKind.SGD)
                    .atLeastZero("lr")
                    .share("momentum")
                    .atLeastZero("dampening")
                    .withoutDecay()
                    .condition("nesterov")
                    .byName("maximize")
                    .checked(Optimizers::checkNesterov)
                    .definition()
                    .example("SGD(lr=0.1)")
                    .example("SGD(lr=0.1, momentum=0.9)")
                    .example("SGD(lr=0.1, momentum=0.9, dampening=0.3)")
                    .example("SGD(lr=0.1, momentum=0.9, nesterov=true)")
                    .example("SGD(lr=0.1, momentum=0.9, maximize=true)"),
            OptimizerDefinition.of(OptimizerKind.ADAM)
                    .atLeastZero("lr")
                    .shares("betas")
                    .atLeastZero("eps")
                    .withoutDecay()
                    .condition("amsgrad")
                    .byName("maximize")
                    .definition()
                    .example("Adam(lr=0.01)")
                    .example("Adam(lr=0.01, betas=(0.8, 0.99), eps=1e-6)")
                    .example("Adam(lr=0.01, betas=(0.8, 0.5), amsgrad=true)")
                    .example("Adam(lr=0.01, maximize=true)"),
            OptimizerDefinition.of(OptimizerKind.ADAM_W)
                    .atLeastZero("lr")
                    .shares("betas")
                    .atLeastZero("eps")
                    .atLeastZero("weight_decay")
                    .condition("amsgrad")
                    .byName("maximize")
                    .definition()
                    .example("AdamW(lr=0.01)")
                    .example("AdamW(lr=0.01, betas=(0.9, 0.99), eps=1e-6, weight_decay=0.1)")
                    .example("AdamW(lr=0.01, betas=(0.8, 0.5), amsgrad=true, maximize=true)"),
            OptimizerDefinition.of(OptimizerKind.RMS_PROP)
                    .atLeastZero("lr")
                    .share("alpha")
                    .atLeastZero("eps")
                    .withoutDecay()
                    .share("momentum")
                    .condition("centered")
                    .byName("maximize")
                    .definition()
                    .example("RMSprop(lr=0.01)")
                    .example("RMSprop(lr=0.01, alpha=0.9, eps=1e-6, momentum=0.8)")
                    .example("RMSprop(lr=0.01, alpha=0.9, eps=1e-3, centered=true)"),
            OptimizerDefinition.of(OptimizerKind.ADAGRAD)
                    .atLeastZero("lr")
                    .atLeastZero("lr_decay")
                    .withoutDecay()
                    .atLeastZero("initial_accumulator_value")
                    .atLeastZero("eps")
                    .byName("maximize")
                    .definition()
                    .example("Adagrad(lr=0.1)")
                    .example("Adagrad(lr=0.1, lr_decay=0.2, initial_accumulator_value=0.1, eps=1e-6)"),
            OptimizerDefinition.of(OptimizerKind.ADADELTA)
                    .atLeastZero("lr")
                    .share("rho")
                    .atLeastZero("eps")
                    .withoutDecay()
                    .byName("maximize")
                    .definition()
                    .example("Adadelta(lr=1.0)")
                    .example("Adadelta(lr=0.5, rho=0.8, eps=1e-3)"),
            OptimizerDefinition.of(OptimizerKind.ADAMAX)
                    .atLeastZero("lr")
                    .shares("betas")
                    .atLeastZero("eps")
                    .withoutDecay()
                    .byName("maximize")
                    .definition()
                    .example("Adamax(lr=0.01)")
                    .example("Adamax(lr=0.01, betas=(0.8, 0.5), eps=1e-3)"),
            OptimizerDefinition.of(OptimizerKind.N_ADAM)
                    .atLeastZero("lr")
                    .shares("betas")
                    .atLeastZero("eps")
                    .decoupledDecay()
                    .atLeastZero("momentum_decay")
                    .condition("decoupled_weight_decay")
                    .byName("maximize")
                    .definition()
                    .example("NAdam(lr=0.01)")
                    .example("NAdam(lr=0.01, betas=(0.8, 0.9), eps=1e-6, momentum_decay=0.1)")
                    .example("NAdam(lr=0.01, weight_decay=0.1, decoupled_weight_decay=true)"),
            OptimizerDefinition.of(OptimizerKind.R_ADAM)
                    .atLeastZero("lr")
                    .shares("betas")
                    .atLeastZero("eps")
                    .decoupledDecay()
                    .condition("decoupled_weight_decay")
                    .byName("maximize")
                    .definition()
                    .example("RAdam(lr=0.01)")
                    .example("RAdam(lr=0.01, betas=(0.8, 0.9), eps=1e-6)")
                    .example("RAdam(lr=0.01, betas=(0.8, 0.7), weight_decay=0.1, decoupled_weight_decay=true)"),
            OptimizerDefinition.of(OptimizerKind.RPROP)
                    .atLeastZero("lr")
                    .numbers("etas", Optimizers::areEtas, "below 1 and above 0, and above 1")
                    .numbers("step_sizes", Optimizers::areSizes, "at least 0, the least one first")
                    .byName("maximize")
                    .definition()
                    .example("Rprop(lr=0.01)")
                    .example("Rprop(lr=0.01, etas=(0.4, 1.5), step_sizes=(0.005, 0.02))"),
            OptimizerDefinition.of(OptimizerKind.LION)
                    .atLeastZero("lr")
                    .shares("betas")
                    .atLeastZero("weight_decay")
                    .byName("maximize")
                    .definition()
                    .example("Lion(lr=0.01)")
                    .example("Lion(lr=0.01, betas=(0.95, 0.98), weight_decay=0.1)"),
            OptimizerDefinition.of(OptimizerKind.LAMB)
                    .atLeastZero("lr")
                    .shares("betas")
                    .atLeastZero("eps")
                    .atLeastZero("weight_decay")
                    .byName("maximize")
                    .definition()
                    .example("LAMB(lr=0.01)")
                    .example("LAMB(lr=0.01, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1)"),
            OptimizerDefinition.of(OptimizerKind.MUON)
                    .atLeastZero("lr")
                    .atLeastZero("weight_decay")
                    .share("momentum")
                    .conditionThatHolds("nesterov")
                    .coefficients("ns_coefficients")
                    .atLeastZero("eps")
                    .fewSteps("ns_steps")
                    .choice("adjust_lr_fn", Type.ADJUSTMENT)
                    .definition()
                    .example("Muon(lr=0.02)")
                    .example(
                            "Muon(lr=0.02, weight_decay=0.2, momentum=0.8, nesterov=false, ns_coefficients=(2, -1.5, 0.5),"
                                    + " eps=1e-3, ns_steps=3)")
                    .example("Muon(lr=0.02, adjust_lr_fn='match_rms_adamw')"));

    private Optimizers() {}

    private static void checkNesterov(OptimizerDefinition.Given given) {
        if (given.flag("nesterov") && (given.number("momentum") == 0 || given.number("dampening") != 0)) {
            given.unsupported("nesterov", "nesterov=true with a momentum above 0 and no dampening");
        }
    }

    private static boolean areEtas(List<Double> etas) {
        return etas.get(0) > 0 && etas.get(0) < 1 && etas.get(1) > 1;
    }

    private static boolean areSizes(List<Double> sizes) {
        return sizes.get(0) >= 0 && sizes.get(0) <= sizes.get(1);
    }
}
