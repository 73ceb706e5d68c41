package org.espalier.generator.ir;

import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import org.espalier.generator.ir.OptimizerSetting.Form;

/**
 * A kind of optimizer.
 *
 * @param word the word of the language, which is PyTorch's
 * @param runtimeClass the simple name of the runtime's class
 * @param states counts the numbers that it keeps for each learned number
 * @param settings its settings, in the order of the class's constructor
 */
public record OptimizerKind(
        String word, String runtimeClass, ToIntFunction<OptimizerDecl> states, List<OptimizerSetting> settings) {
    /** The word of the kind that steps matrices only. */
    private static final String MATRICES = "Muon";

    /** Stochastic gradient descent. */
    public static final OptimizerKind SGD = kind(
            "SGD",
            "Sgd",
            sgd -> sgd.number("momentum") == 0 ? 0 : 1,
            OptimizerSetting.number("lr", 1e-3),
            OptimizerSetting.number("momentum", 0),
            OptimizerSetting.number("dampening", 0),
            OptimizerSetting.flag("nesterov", Form.ARGUMENT),
            maximize());
    /** Adam (Kingma and Ba, arXiv:1412.6980), with bias correction as PyTorch does it. */
    public static final OptimizerKind ADAM = kind(
            "Adam",
            "Adam",
            adam -> adam.flag("amsgrad") ? 3 : 2,
            OptimizerSetting.number("lr", 1e-3),
            betas(0.9, 0.999),
            OptimizerSetting.number("eps", 1e-8),
            OptimizerSetting.flag("amsgrad", Form.METHOD),
            maximize());
    /** Adam with decoupled decay of every trained parameter (Loshchilov and Hutter, arXiv:1711.05101). */
    public static final OptimizerKind ADAM_W = kind(
            "AdamW",
            "AdamW",
            adam -> adam.flag("amsgrad") ? 3 : 2,
            OptimizerSetting.number("lr", 1e-3),
            betas(0.9, 0.999),
            OptimizerSetting.number("eps", 1e-8),
            OptimizerSetting.number("weight_decay", 1e-2).alwaysShown(),
            OptimizerSetting.flag("amsgrad", Form.METHOD),
            maximize());
    /** RMSprop (Hinton, Neural Networks for Machine Learning, lecture 6e). */
    public static final OptimizerKind RMS_PROP = kind(
            "RMSprop",
            "RmsProp",
            rmsProp -> 1 + (rmsProp.flag("centered") ? 1 : 0) + (rmsProp.number("momentum") == 0 ? 0 : 1),
            OptimizerSetting.number("lr", 1e-2),
            OptimizerSetting.number("alpha", 0.99),
            OptimizerSetting.number("eps", 1e-8),
            OptimizerSetting.number("momentum", 0),
            OptimizerSetting.flag("centered", Form.ARGUMENT),
            maximize());
    /** Adagrad (Duchi, Hazan and Singer, JMLR 12, 2011). */
    public static final OptimizerKind ADAGRAD = kind(
            "Adagrad",
            "Adagrad",
            adagrad -> 1,
            OptimizerSetting.number("lr", 1e-2),
            OptimizerSetting.number("lr_decay", 0),
            OptimizerSetting.number("initial_accumulator_value", 0),
            OptimizerSetting.number("eps", 1e-10),
            maximize());
    /** Adadelta (Zeiler, arXiv:1212.5701). */
    public static final OptimizerKind ADADELTA = kind(
            "Adadelta",
            "Adadelta",
            adadelta -> 2,
            OptimizerSetting.number("lr", 1),
            OptimizerSetting.number("rho", 0.9),
            OptimizerSetting.number("eps", 1e-6),
            maximize());
    /** Adam by the infinity norm (Kingma and Ba, arXiv:1412.6980). */
    public static final OptimizerKind ADAMAX = kind(
            "Adamax",
            "Adamax",
            adamax -> 2,
            OptimizerSetting.number("lr", 2e-3),
            betas(0.9, 0.999),
            OptimizerSetting.number("eps", 1e-8),
            maximize());
    /** Adam with Nesterov's momentum (Dozat, ICLR 2016 workshop). */
    public static final OptimizerKind N_ADAM = kind(
            "NAdam",
            "NAdam",
            nadam -> 2,
            OptimizerSetting.number("lr", 2e-3),
            betas(0.9, 0.999),
            OptimizerSetting.number("eps", 1e-8),
            decoupledDecay(),
            OptimizerSetting.number("momentum_decay", 4e-3),
            maximize());
    /** Adam with a rectified learning rate (Liu et al., arXiv:1908.03265). */
    public static final OptimizerKind R_ADAM = kind(
            "RAdam",
            "RAdam",
            radam -> 2,
            OptimizerSetting.number("lr", 1e-3),
            betas(0.9, 0.999),
            OptimizerSetting.number("eps", 1e-8),
            decoupledDecay(),
            maximize());
    /** Resilient backpropagation (Riedmiller and Braun, ICNN 1993). */
    public static final OptimizerKind RPROP = kind(
            "Rprop",
            "Rprop",
            rprop -> 2,
            OptimizerSetting.number("lr", 1e-2),
            OptimizerSetting.numbers("etas", List.of("etaminus", "etaplus"), List.of(0.5, 1.2)),
            OptimizerSetting.numbers("step_sizes", List.of("step_size_min", "step_size_max"), List.of(1e-6, 50.0)),
            maximize());
    /** Evolved sign momentum (Chen et al., arXiv:2302.06675). */
    public static final OptimizerKind LION = kind(
            "Lion",
            "Lion",
            lion -> 1,
            OptimizerSetting.number("lr", 1e-4),
            betas(0.9, 0.99),
            OptimizerSetting.number("weight_decay", 0),
            maximize());

    /** Adam with steps in proportion to the weights (You et al., arXiv:1904.00962). */
    public static final OptimizerKind LAMB = kind(
            "LAMB",
            "Lamb",
            // Means, squares, and the directions between the two passes of a step.
            lamb -> 3,
            OptimizerSetting.number("lr", 1e-3),
            betas(0.9, 0.999),
            OptimizerSetting.number("eps", 1e-6),
            OptimizerSetting.number("weight_decay", 1e-2).alwaysShown(),
            maximize());
    /** Orthogonalized momentum of matrices (Jordan et al., 2024). */
    public static final OptimizerKind MUON = kind(
            MATRICES,
            "Muon",
            // Momentum, the directions between the two passes of a step, and a product.
            muon -> 3,
            OptimizerSetting.number("lr", 1e-3),
            OptimizerSetting.number("weight_decay", 0.1).alwaysShown(),
            OptimizerSetting.number("momentum", 0.95),
            OptimizerSetting.flag("nesterov", Form.ARGUMENT).usuallyTrue(),
            OptimizerSetting.numbers("ns_coefficients", List.of("a", "b", "c"), List.of(3.4445, -4.775, 2.0315)),
            OptimizerSetting.number("eps", 1e-7),
            OptimizerSetting.whole("ns_steps", 5),
            OptimizerSetting.choice("adjust_lr_fn", "match_rms_adamw"));

    /** All of them. */
    public static final List<OptimizerKind> ALL =
            List.of(SGD, ADAM, ADAM_W, RMS_PROP, ADAGRAD, ADADELTA, ADAMAX, N_ADAM, R_ADAM, RPROP, LION, LAMB, MUON);

    /** Tells whether it steps parameters of two axes only. */
    public boolean isForMatrices() {
        return word.equals(MATRICES);
    }

    /** Copies the list. */
    public OptimizerKind {
        settings = List.copyOf(settings);
    }

    private static OptimizerKind kind(
            String word, String runtimeClass, ToIntFunction<OptimizerDecl> states, OptimizerSetting... settings) {
        return new OptimizerKind(word, runtimeClass, states, List.of(settings));
    }

    private static OptimizerSetting betas(double beta1, double beta2) {
        return OptimizerSetting.numbers("betas", List.of("beta1", "beta2"), List.of(beta1, beta2));
    }

    private static OptimizerSetting maximize() {
        return OptimizerSetting.flag("maximize", Form.METHOD);
    }

    private static OptimizerSetting decoupledDecay() {
        return OptimizerSetting.number("weight_decay", 0).writtenWith("decoupled_weight_decay=true");
    }

    /** The word of printed programs: {@code adamw}. */
    public String printed() {
        return word.toLowerCase(Locale.ROOT);
    }

    /** {@code AdamW}. */
    @Override
    public String toString() {
        return word;
    }
}
