package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.optim.optimizer.Adagrad;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Training with gradients of tables that are known row by row has the bits of training with whole ones, which networks
 * compute whose gradients were given out.
 */
class EmbeddingRowsTest {
    private static final int ROWS = 900;

    private static final String TEXT = """
            package com.example

            network Plain {
                input token: int[batch, 5]
                output y = sequential(Embedding(900, 20, padding_idx=3), Flatten(), Linear(100, 3))(token)
                loss CrossEntropyLoss()
            }

            network Twice {
                input token: int[batch, 5]
                table = Embedding(900, 20)
                first = table(token)
                output y = Linear(100, 3)(flatten(first * embedding(token, table.weight, padding_idx=7), 1))
                loss CrossEntropyLoss()
            }

            network Tied {
                input token: int[batch, 5]
                table = Embedding(900, 20)
                h = mean(table(token), dim=1)
                output y = linear(h, table.weight)
                loss CrossEntropyLoss()
            }
            """;

    private static Compilation compiled;
    private static GeneratedCode code;

    @BeforeAll
    static void compile() {
        compiled = NetCompiler.compile(CompilationRequest.of(new SourceFile("rows.net", TEXT)));
        assertThat(compiled.diagnostics()).isEmpty();
        code = GeneratedCode.compile(compiled.sources());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void hasTheBitsOfTrainingWithWholeGradients(int place) {
        for (Optimizer optimizer : List.of(new Sgd(0.5), new Adagrad(0.1), new Adam(0.1))) {
            assertThat(train(place, optimizer, false)).as(optimizer.name()).isEqualTo(train(place, optimizer, true));
        }
    }

    /** An array that was asked for once may be written between any two steps. */
    @Test
    void takesWhatUsersWriteToGradients() {
        try (Network network = create(0)) {
            network.optimizer(new Sgd(0.5));
            backward(network, new Random(1));
            INDArray gradient = network.parameters().gradients();
            gradient.assign(0);
            gradient.putScalar(899 * 20, 1); // The table comes first; of its last row no number occurs.
            INDArray before = network.parameters().values().dup();
            network.update();

            INDArray moved = network.parameters().values().sub(before);
            assertThat(moved.getFloat(899 * 20)).isEqualTo(-0.5f);
            assertThat(moved.normmaxNumber().floatValue()).isEqualTo(0.5f);
        }
    }

    private static float[] train(int place, Optimizer optimizer, boolean whole) {
        Random random = new Random(5);
        try (Network network = create(place)) {
            network.optimizer(again(optimizer));
            if (whole) {
                network.parameters().gradients();
            }
            for (int step = 0; step < 6; step++) {
                backward(network, random);
                if (step == 2) {
                    backward(network, random);
                }
                if (step == 3) {
                    network.zeroGradients();
                    backward(network, random);
                }
                network.update();
                if (step == 4) {
                    network.freeze("*.weight");
                    network.unfreeze("*.weight");
                }
            }
            return network.parameters().values().dup().data().asFloat();
        }
    }

    /** An optimizer belongs to one network. */
    private static Optimizer again(Optimizer optimizer) {
        return optimizer instanceof Sgd
                ? new Sgd(optimizer.lr())
                : optimizer instanceof Adagrad ? new Adagrad(optimizer.lr()) : new Adam(optimizer.lr());
    }

    private static void backward(Network network, Random random) {
        int[][] token = new int[4][];
        for (int i = 0; i < token.length; i++) {
            token[i] = random.ints(5, 0, ROWS - 1).toArray();
        }
        try {
            network.getClass().getMethod("forward", INDArray.class).invoke(network, Nd4j.createFromArray(token));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        ((Supervised) network).loss(Nd4j.createFromArray(0, 1, 2, 1));
        ((Supervised) network).backward();
    }

    private static Network create(int place) {
        try {
            return (Network) code.load(compiled.sources().get(place))
                    .getMethod("create", Init.class)
                    .invoke(null, Init.seed(3));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
