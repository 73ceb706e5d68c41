package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batches;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Inputs of whole numbers: what a network takes for them, what it refuses, and that refusing changes nothing. */
class WholeInputsTest {
    private static final String TEXT = """
            package com.example

            network Words {
                input token: int[batch, 3]
                table = Embedding(5, 2, padding_idx=4)
                output y = sequential(Dropout(0.5), Flatten(), Linear(6, 2))(table(token))
                loss CrossEntropyLoss()
                optimizer Adam(lr=0.1)
            }

            network Two {
                input tone: float[batch, 2]
                input token: int[batch]
                small = Embedding(3, 2)
                large = Embedding(9, 2)
                output y = tone + small(token) + large(token)
            }
            """;

    private static GeneratedCode code;
    private static Compilation compiled;

    private Network words;
    private Network two;

    @BeforeAll
    static void compile() {
        compiled = NetCompiler.compile(CompilationRequest.of(new SourceFile("words.net", TEXT)));
        assertThat(compiled.diagnostics()).isEmpty();
        code = GeneratedCode.compile(compiled.sources());
    }

    @BeforeEach
    void create() {
        words = network(0);
        two = network(1);
    }

    private static Network network(int place) {
        Class<?> type = code.load(compiled.sources().get(place));
        try {
            return (Network) type.getMethod("create", Init.class).invoke(null, Init.seed(3));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() {
        words.close();
        two.close();
    }

    private static INDArray call(Network network, String name, INDArray... arguments) {
        Method method = Arrays.stream(network.getClass().getMethods())
                .filter(each -> each.getName().equals(name) && each.getParameterCount() == arguments.length)
                .findFirst()
                .orElseThrow();
        try {
            return (INDArray) method.invoke(network, (Object[]) arguments);
        } catch (InvocationTargetException e) {
            throw (RuntimeException) e.getCause();
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static INDArray tokens() {
        return Nd4j.createFromArray(new int[][] {{0, 1, 4}, {2, 2, 3}});
    }

    private static double[] numbers(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    @Test
    void takesIntAndLongOfAnyStrides() {
        INDArray turned =
                Nd4j.createFromArray(new long[][] {{0, 2}, {1, 2}, {4, 3}}).transpose();

        double[] asInt = numbers(call(words, "predict", tokens()));

        assertThat(numbers(call(words, "predict", tokens().castTo(DataType.INT64))))
                .isEqualTo(asInt);
        assertThat(numbers(call(words, "predict", turned))).isEqualTo(asInt);
    }

    @Test
    void doesNotReadTheArrayAgainAfterForward() {
        INDArray given = tokens();
        words.eval();
        call(words, "forward", given);
        given.assign(3);
        ((Supervised) words).loss(Nd4j.createFromArray(0, 1));
        ((Supervised) words).backward();

        INDArray gradient = words.parameters().get("table.weight").gradient();
        assertThat(numbers(gradient.getRow(0))).isNotEqualTo(new double[] {0, 0});
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 5, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void refusesANumberOutOfRangeAndSaysWhere(int number) {
        INDArray given = tokens();
        given.putScalar(1, 2, number);
        double[] weights = numbers(words.parameters().values());

        assertThatThrownBy(() -> ((Supervised) words).trainStep(given, Nd4j.createFromArray(0, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input 'token' of Words is " + number + " at [1, 2], but must be from 0 to 4");

        assertThat(numbers(words.parameters().values())).isEqualTo(weights);
        assertThat(words.updates()).isZero();
    }

    @Test
    void aRefusedForwardLeavesTheLastOneToBeGoneBackFrom() {
        call(words, "forward", tokens());
        assertThatThrownBy(() -> call(words, "forward", tokens().add(3)))
                .hasMessage("input 'token' of Words is 7 at [0, 2], but must be from 0 to 4");

        assertThat(((Supervised) words).loss(Nd4j.createFromArray(0, 1))).isPositive();
        ((Supervised) words).backward();
    }

    @Test
    void refusesALongThatNoIntHolds() {
        INDArray given = tokens().castTo(DataType.INT64);
        given.putScalar(new long[] {0, 1}, 1L << 32);

        assertThatThrownBy(() -> call(words, "predict", given))
                .hasMessage("input 'token' of Words is 4294967296 at [0, 1], but must be from 0 to 4");
    }

    @Test
    void refusesOtherTypesAndShapes() {
        assertThatThrownBy(() -> call(words, "predict", tokens().castTo(DataType.FLOAT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input 'token' of Words must be [batch, 3] INT or LONG, but is [2, 3] FLOAT");
        assertThatThrownBy(() -> call(words, "predict", Nd4j.createFromArray(1, 2)))
                .hasMessage("input 'token' of Words must be [batch, 3] INT or LONG, but is [2] INT");
        assertThatThrownBy(() -> call(two, "predict", Nd4j.ones(DataType.FLOAT, 2, 2), Nd4j.createFromArray(1)))
                .hasMessage("input 'token' of Two must be [2] INT or LONG, but is [1] INT");
    }

    @Test
    void theSmallestOfSeveralTablesIsTheLimit() {
        INDArray tone = Nd4j.ones(DataType.FLOAT, 2, 2);

        assertThat(call(two, "predict", tone, Nd4j.createFromArray(0, 2)).shape())
                .containsExactly(2, 2);
        assertThatThrownBy(() -> call(two, "predict", tone, Nd4j.createFromArray(0, 3)))
                .hasMessage("input 'token' of Two is 3 at [1], but must be from 0 to 2");
    }

    @Test
    void theRowOfThePaddingIsZeroAndStays() {
        INDArray table = words.parameters().get("table.weight").value();
        assertThat(numbers(table.getRow(4))).containsExactly(0, 0);
        double[] others = numbers(table);

        StepReport step = ((Supervised) words).trainStep(tokens(), Nd4j.createFromArray(0, 1));

        assertThat(step.dataLoss()).isPositive();
        assertThat(numbers(table.getRow(4))).containsExactly(0, 0);
        assertThat(numbers(table)).isNotEqualTo(others);
    }

    @Test
    void learnsFromBatchesOfWholeNumbers() {
        INDArray inputs = Nd4j.createFromArray(new int[][] {{0, 1, 4}, {2, 2, 3}, {0, 0, 0}, {3, 3, 3}});
        INDArray labels = Nd4j.createFromArray(0, 1, 0, 1);

        Batches batches = Batches.of(inputs, labels, 2, 1);
        for (int epoch = 1; epoch <= 60; epoch++) {
            batches.epoch(epoch).forEach(batch -> ((Supervised) words).trainStep(batch.input(), batch.target()));
        }

        INDArray scores = call(words, "predict", inputs);
        assertThat(scores.argMax(1).toIntVector()).containsExactly(0, 1, 0, 1);
    }
}
