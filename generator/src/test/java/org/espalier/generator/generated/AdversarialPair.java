package org.espalier.generator.generated;

import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.runtime.Network;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.train.Adversarial;
import org.espalier.runtime.train.Trainer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A painter and a critic of {@code gan.net}, as Java code uses them. */
public interface AdversarialPair extends AutoCloseable {
    /** Makes both, by code that is compiled with theirs. */
    static AdversarialPair create(long seed) {
        return Code.create(seed);
    }

    /** The network that paints. */
    Network painter();

    /** The network that judges. */
    Network critic();

    /** Both against each other. */
    Adversarial gan();

    /** A trainer of the critic alone, on batches of drawings, pictures and what is real. */
    Trainer criticAlone(Batches batches);

    /** The critic's forward. */
    INDArray judge(INDArray drawing, INDArray picture);

    /** The critic's loss and backward. */
    void learn(INDArray real);

    @Override
    void close();

    /** The code. */
    final class Code {
        private static final String TEXT = """
                package com.example.gan;

                import org.espalier.generator.generated.AdversarialPair;
                import org.espalier.runtime.Init;
                import org.espalier.runtime.Network;
                import org.espalier.runtime.data.Batches;
                import org.espalier.runtime.train.Adversarial;
                import org.espalier.runtime.train.Trainer;
                import org.nd4j.linalg.api.ndarray.INDArray;

                /** Both networks. */
                public final class Pair implements AdversarialPair {
                    /** The generator. */
                    private final Painter painter;
                    /** The discriminator. */
                    private final Critic critic;

                    /**
                     * Makes both.
                     *
                     * @param seed of their weights
                     */
                    public Pair(long seed) {
                        painter = Painter.create(Init.seed(seed));
                        critic = Critic.create(Init.seed(seed + 1));
                    }

                    @Override
                    public Network painter() {
                        return painter;
                    }

                    @Override
                    public Network critic() {
                        return critic;
                    }

                    @Override
                    public Adversarial gan() {
                        return new Adversarial(
                                new Adversarial.Generator(painter, painter, painter::backwardWith),
                                new Adversarial.Discriminator(
                                        critic, critic::forward, critic::loss, critic::backward, critic::dPicture),
                                2);
                    }

                    @Override
                    public Trainer criticAlone(Batches batches) {
                        return Trainer.of(
                                critic,
                                batch -> critic.forward(batch.input(0), batch.input(1)),
                                batch -> critic.loss(batch.target()),
                                critic::backward,
                                batches);
                    }

                    @Override
                    public INDArray judge(INDArray drawing, INDArray picture) {
                        return critic.forward(drawing, picture);
                    }

                    @Override
                    public void learn(INDArray real) {
                        critic.loss(real);
                        critic.backward();
                    }

                    @Override
                    public void close() {
                        painter.close();
                        critic.close();
                    }
                }
                """;

        private static final Class<?> TYPE = type();

        private Code() {}

        private static Class<?> type() {
            GeneratedSource pair = new GeneratedSource("com.example.gan", "Pair", TEXT);
            List<GeneratedSource> sources = new ArrayList<>(Adversaries.sources());
            sources.add(pair);
            return GeneratedCode.compile(sources).load(pair);
        }

        private static AdversarialPair create(long seed) {
            try {
                return (AdversarialPair) TYPE.getConstructor(long.class).newInstance(seed);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
    }
}
