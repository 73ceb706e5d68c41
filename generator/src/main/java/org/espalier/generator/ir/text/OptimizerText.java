package org.espalier.generator.ir.text;

import org.espalier.generator.ir.OptimizerDecl;

/** A printed optimizer, with all of its arguments: {@code adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1.0E-8)}. */
final class OptimizerText implements OptimizerDecl.Visitor<String> {
    static final OptimizerText INSTANCE = new OptimizerText();

    private OptimizerText() {}

    @Override
    public String sgd(OptimizerDecl.Sgd sgd) {
        return "sgd(lr=" + sgd.lr() + ", momentum=" + sgd.momentum() + ", dampening=" + sgd.dampening() + ", nesterov="
                + sgd.nesterov() + ")";
    }

    @Override
    public String adam(OptimizerDecl.Adam adam) {
        return "adam(lr=" + adam.lr() + ", beta1=" + adam.beta1() + ", beta2=" + adam.beta2() + ", eps=" + adam.eps()
                + ")";
    }

    @Override
    public String adamW(OptimizerDecl.AdamW adam) {
        return "adamw(lr=" + adam.lr() + ", beta1=" + adam.beta1() + ", beta2=" + adam.beta2() + ", eps=" + adam.eps()
                + ", weight_decay=" + adam.weightDecay() + ")";
    }

    @Override
    public String rmsProp(OptimizerDecl.RmsProp rmsProp) {
        return "rmsprop(lr=" + rmsProp.lr() + ", alpha=" + rmsProp.alpha() + ", eps=" + rmsProp.eps() + ", momentum="
                + rmsProp.momentum() + ", centered=" + rmsProp.centered() + ")";
    }

    @Override
    public String adagrad(OptimizerDecl.Adagrad adagrad) {
        return "adagrad(lr=" + adagrad.lr() + ", lr_decay=" + adagrad.lrDecay() + ", initial_accumulator_value="
                + adagrad.initialAccumulatorValue() + ", eps=" + adagrad.eps() + ")";
    }
}
