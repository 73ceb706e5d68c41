package org.espalier.generator.ir;

/** Number of moments that an optimizer keeps for each learned number. */
final class Moments implements OptimizerDecl.Visitor<Integer> {
    static final Moments INSTANCE = new Moments();

    private Moments() {}

    @Override
    public Integer sgd(OptimizerDecl.Sgd sgd) {
        return sgd.momentum() == 0 ? 0 : 1;
    }

    @Override
    public Integer adam(OptimizerDecl.Adam adam) {
        return 2;
    }

    @Override
    public Integer adamW(OptimizerDecl.AdamW adam) {
        return 2;
    }

    @Override
    public Integer rmsProp(OptimizerDecl.RmsProp rmsProp) {
        return 1 + (rmsProp.centered() ? 1 : 0) + (rmsProp.momentum() == 0 ? 0 : 1);
    }

    @Override
    public Integer adagrad(OptimizerDecl.Adagrad adagrad) {
        return 1;
    }
}
