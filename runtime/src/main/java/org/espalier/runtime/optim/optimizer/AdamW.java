package org.espalier.runtime.optim.optimizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101), with PyTorch's arguments and arithmetic:
 * {@code w ← w − lr · weight_decay · w}, then the step of {@link Adam} with the gradient of the weights before that.
 *
 * <p>With ε = 0, the step leaves an element alone whose v is 0.
 *
 * <p>The decay is no part of the loss. It holds for every parameter of the network, biases too, as in PyTorch; for
 * chosen parameters use {@link Adam} with {@code Decay}, which is the same arithmetic. Both together decay twice.
 */
public final class AdamW extends Optimizer {
    private final double weightDecay;
    private final Adam adam;

    /**
     * @param lr learning rate
     * @param beta1 decay of the mean of gradients, at least 0 and below 1
     * @param beta2 decay of the mean of squared gradients, at least 0 and below 1
     * @param eps what keeps the denominator away from 0
     * @param weightDecay share of a weight that a step with learning rate 1 takes away
     * @throws IllegalArgumentException if one is out of its range
     */
    public AdamW(double lr, double beta1, double beta2, double eps, double weightDecay) {
        this(new Adam(lr, beta1, beta2, eps), weightDecay);
    }

    private AdamW(Adam adam, double weightDecay) {
        super(adam.lr());
        this.adam = adam;
        this.weightDecay = requireAtLeastZero("weightDecay", weightDecay);
    }

    /** With PyTorch's defaults: β₁ 0.9, β₂ 0.999, ε 1e-8, weight decay 0.01. */
    public AdamW(double lr) {
        this(lr, 0.9, 0.999, 1e-8, 0.01);
    }

    /** The same with {@link Adam#amsgrad}. */
    public AdamW amsgrad() {
        AdamW amsgrad = new AdamW(adam.amsgrad(), weightDecay);
        amsgrad.lr(lr());
        return carriedTo(amsgrad);
    }

    @Override
    public List<String> stateNames() {
        return adam.stateNames();
    }

    @Override
    public List<String> squares() {
        return adam.squares();
    }

    @Override
    protected double decay() {
        return weightDecay;
    }

    @Override
    protected Update update(long count) {
        return adam.update(count, lr());
    }

    @Override
    protected Map<String, String> settings() {
        Map<String, String> constants = new LinkedHashMap<>(adam.settings());
        constants.put("weight_decay", String.valueOf(weightDecay));
        return constants;
    }
}
