package org.espalier.generator.ir;

/** How many numbers an optimizer keeps for each learned one. */
final class Moments implements Optimizer.Visitor<Integer> {
    static final Moments INSTANCE = new Moments();

    private Moments() {}

    @Override
    public Integer sgd(Optimizer.Sgd sgd) {
        return sgd.momentum() == 0 ? 0 : 1;
    }

    @Override
    public Integer adam(Optimizer.Adam adam) {
        return 2;
    }

    @Override
    public Integer adamW(Optimizer.AdamW adam) {
        return 2;
    }

    @Override
    public Integer rmsProp(Optimizer.RmsProp rmsProp) {
        return 1 + (rmsProp.centered() ? 1 : 0) + (rmsProp.momentum() == 0 ? 0 : 1);
    }

    @Override
    public Integer adagrad(Optimizer.Adagrad adagrad) {
        return 1;
    }
}
