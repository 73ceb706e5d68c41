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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Tests the outputs of a network that has two: arrays that nothing else touches until it is asked again. */
class OutputsTest {
    private static final String TEXT = """
            package com.example

            network Two {
                input x: float[batch, 3]
                hidden = Linear(3, 4)
                sides = ReLU(inplace=true)(hidden(x))
                output left = Linear(4, 2)(sides)
                output right = Linear(4, 1)(sides)
            }
            """;

    private static Class<?> type;

    @BeforeAll
    static void compile() {
        Compilation compiled = NetCompiler.compile(CompilationRequest.of(new SourceFile("two.net", TEXT)));
        assertThat(compiled.diagnostics()).isEmpty();
        type = GeneratedCode.compile(compiled.sources()).load(compiled.sources().get(0));
    }

    private static Network create() {
        return (Network) call(null, "create", Init.seed(3));
    }

    private static Object call(Network network, String name, Object... arguments) {
        Method method = Arrays.stream(type.getMethods())
                .filter(each -> each.getName().equals(name) && each.getParameterCount() == arguments.length)
                .findFirst()
                .orElseThrow();
        try {
            return method.invoke(network, arguments);
        } catch (InvocationTargetException e) {
            throw (RuntimeException) e.getCause();
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static INDArray output(Network network, String name) {
        return (INDArray) call(network, name);
    }

    private static INDArray x(int batch) {
        return Nd4j.linspace(DataType.FLOAT, -1, 0.1, batch * 3L).reshape(batch, 3);
    }

    @Test
    void outputsStayAsTheyAreAfterABackwardALargerBatchAndTheNetworksEnd() {
        INDArray left;
        float[] before;
        try (Network network = create()) {
            call(network, "forward", x(5));
            left = output(network, "left");
            before = left.ravel().toFloatVector();
            assertThat(output(network, "right").shape()).containsExactly(5, 1);
            call(network, "backward", Nd4j.ones(DataType.FLOAT, 5, 2), Nd4j.ones(DataType.FLOAT, 5, 1));
            assertThat(output(network, "left").ravel().toFloatVector()).isEqualTo(before);
            call(network, "predict", x(70_000));
        }

        assertThat(left.ravel().toFloatVector()).isEqualTo(before);
    }

    @Test
    void outputsAreAskedForByTheThreadThatHadThemComputed() throws InterruptedException {
        try (Network network = create()) {
            assertThatThrownBy(() -> output(network, "left"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("output 'left' of Two needs a forward or a predict");
            Thread other = new Thread(() -> call(network, "predict", x(2)), "other");
            other.start();
            other.join();

            assertThatThrownBy(() -> output(network, "left"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was begun by thread 'other'");
            call(network, "predict", x(3));
            assertThat(output(network, "left").shape()).containsExactly(3, 2);
        }
    }

    @Test
    void aSecondGradientOfAWrongShapeLeavesTheBackwardToBeDoneAgain() {
        try (Network network = create();
                Network alone = create()) {
            INDArray dLeft = Nd4j.ones(DataType.FLOAT, 5, 2);
            INDArray dRight = Nd4j.ones(DataType.FLOAT, 5, 1);
            call(network, "forward", x(5));
            assertThatThrownBy(() -> call(network, "backward", dLeft, dLeft))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("gradient by 'right' of Two must be [5, 1]");
            call(network, "backward", dLeft, dRight);
            call(alone, "forward", x(5));
            call(alone, "backward", dLeft, dRight);

            assertThat(network.parameters().gradients())
                    .isEqualTo(alone.parameters().gradients());
        }
    }
}
