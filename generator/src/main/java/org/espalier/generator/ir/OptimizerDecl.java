package org.espalier.generator.ir;

/** The optimizer of a network, with PyTorch's arguments. */
public sealed interface OptimizerDecl {
    /** The word of the language and the arguments that are not as by default: {@code SGD(lr=0.1, momentum=0.9)}. */
    String describe();

    /** The λ of the decoupled decay that it does to every trained parameter; 0 for most. */
    default double decay() {
        return 0;
    }

    /** Calls the visitor's method for this kind of optimizer. */
    <R> R accept(Visitor<R> visitor);

    /** Stochastic gradient descent: v ← momentum·v + g, w ← w − lr·(g + momentum·v if nesterov, else v). */
    record Sgd(double lr, double momentum, double dampening, boolean nesterov) implements OptimizerDecl {
        @Override
        public String describe() {
            return new Arguments("SGD", lr)
                    .unless(momentum == 0, "momentum", momentum)
                    .unless(dampening == 0, "dampening", dampening)
                    .unless(!nesterov, "nesterov")
                    .toString();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.sgd(this);
        }
    }

    /** Adam (Kingma and Ba, arXiv:1412.6980), with bias correction as PyTorch does it. */
    record Adam(double lr, double beta1, double beta2, double eps) implements OptimizerDecl {
        @Override
        public String describe() {
            return new Arguments("Adam", lr)
                    .betas(beta1, beta2)
                    .unless(eps == 1e-8, "eps", eps)
                    .toString();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.adam(this);
        }
    }

    /**
     * Adam with decoupled decay of every trained parameter, biases too, as PyTorch does it (Loshchilov and Hutter,
     * arXiv:1711.05101).
     */
    record AdamW(double lr, double beta1, double beta2, double eps, double weightDecay) implements OptimizerDecl {
        @Override
        public String describe() {
            return new Arguments("AdamW", lr)
                    .betas(beta1, beta2)
                    .unless(eps == 1e-8, "eps", eps)
                    .with("weight_decay", weightDecay)
                    .toString();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.adamW(this);
        }

        @Override
        public double decay() {
            return weightDecay;
        }
    }

    /** RMSprop (Hinton, Neural Networks for Machine Learning, lecture 6e). */
    record RmsProp(double lr, double alpha, double eps, double momentum, boolean centered) implements OptimizerDecl {
        @Override
        public String describe() {
            return new Arguments("RMSprop", lr)
                    .unless(alpha == 0.99, "alpha", alpha)
                    .unless(eps == 1e-8, "eps", eps)
                    .unless(momentum == 0, "momentum", momentum)
                    .unless(!centered, "centered")
                    .toString();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.rmsProp(this);
        }
    }

    /** Adagrad (Duchi, Hazan and Singer, JMLR 12, 2011). */
    record Adagrad(double lr, double lrDecay, double initialAccumulatorValue, double eps) implements OptimizerDecl {
        @Override
        public String describe() {
            return new Arguments("Adagrad", lr)
                    .unless(lrDecay == 0, "lr_decay", lrDecay)
                    .unless(initialAccumulatorValue == 0, "initial_accumulator_value", initialAccumulatorValue)
                    .unless(eps == 1e-10, "eps", eps)
                    .toString();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.adagrad(this);
        }
    }

    /** Writes a call of the language, without what is as by default. */
    final class Arguments {
        private final StringBuilder text;

        private Arguments(String word, double lr) {
            text = new StringBuilder(word + "(lr=" + Decimal.written(lr));
        }

        private Arguments with(String name, double value) {
            text.append(", ").append(name).append('=').append(Decimal.written(value));
            return this;
        }

        private Arguments unless(boolean usual, String name, double value) {
            return usual ? this : with(name, value);
        }

        private Arguments unless(boolean usual, String flag) {
            text.append(usual ? "" : ", " + flag + "=true");
            return this;
        }

        private Arguments betas(double beta1, double beta2) {
            boolean usual = beta1 == 0.9 && beta2 == 0.999;
            text.append(usual ? "" : ", betas=(" + Decimal.written(beta1) + ", " + Decimal.written(beta2) + ")");
            return this;
        }

        @Override
        public String toString() {
            return text + ")";
        }
    }

    /** Something that is done for each kind of optimizer. */
    interface Visitor<R> {
        /** For {@link Sgd}. */
        R sgd(Sgd optimizer);

        /** For {@link Adam}. */
        R adam(Adam optimizer);

        /** For {@link AdamW}. */
        R adamW(AdamW optimizer);

        /** For {@link RmsProp}. */
        R rmsProp(RmsProp optimizer);

        /** For {@link Adagrad}. */
        R adagrad(Adagrad optimizer);
    }
}
