package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Buffers: the numbers that they start with, and what files have of them. */
class BuffersTest {
    private static final String TEXT = """
            package com.example

            network Placed {
                input x: float[batch, 3, 4]
                parameter table: float[5, 4] = normal(0, 1)
                buffer index: int[3] = i -> (2 * i + 1) % 5
                buffer grid: float[3, 4] = (i, j) -> if i == j or i < 1 then floor(j / 2) else -i
                buffer ramp: float[4] = linspace(-1, 2)
                buffer steps: float[4] = arange(0.5, 2)
                buffer lower: float[4, 4] = tril(-1)
                buffer upper: float[4, 4] = triu(1)
                buffer same: float[4, 4] = eye()
                buffer none_yet: float[4] = zeros()
                buffer unit: float[4] = ones()
                output y = (x + table[index]) * grid @ (lower + 2 * upper + 3 * same) + ramp * steps + none_yet * unit
            }
            """;

    private static Compilation compiled;
    private static GeneratedCode code;

    @TempDir
    private Path folder;

    @BeforeAll
    static void compile() {
        compiled = NetCompiler.compile(CompilationRequest.of(new SourceFile("placed.net", TEXT)));
        assertThat(compiled.diagnostics()).isEmpty();
        code = GeneratedCode.compile(compiled.sources());
    }

    private static Network network(Init init) {
        try {
            Class<?> type = code.load(compiled.sources().get(0));
            return (Network) type.getMethod("create", Init.class).invoke(null, init);
        } catch (InvocationTargetException e) {
            throw (RuntimeException) e.getCause();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static double[] numbers(INDArray array) {
        return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }

    @Test
    void startAsTheirPlacesSay() {
        try (Network network = network(Init.seed(1))) {
            assertThat(network.statistics().keySet())
                    .containsExactlyInAnyOrder(
                            "index", "grid", "ramp", "steps", "lower", "upper", "same", "none_yet", "unit");
            assertThat(numbers(network.statistics().get("index"))).containsExactly(1, 3, 0);
            assertThat(numbers(network.statistics().get("grid")))
                    .containsExactly(0, 0, 1, 1, -1, 0, -1, -1, -2, -2, 1, -2);
            assertThat(numbers(network.statistics().get("ramp"))).containsExactly(-1, 0, 1, 2);
            assertThat(numbers(network.statistics().get("steps"))).containsExactly(0.5, 2.5, 4.5, 6.5);
            assertThat(numbers(network.statistics().get("lower")))
                    .containsExactly(0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0);
            assertThat(numbers(network.statistics().get("upper")))
                    .containsExactly(0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0);
            assertThat(numbers(network.statistics().get("same")))
                    .containsExactly(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
            assertThat(network.parameterCount()).isEqualTo(20);
        }
    }

    @Test
    void areInFilesAsPytorchHasThem() {
        Path file = folder.resolve("placed.safetensors");
        try (Network network = network(Init.seed(1))) {
            network.statistics().get("index").putScalar(0, 4);
            network.statistics().get("ramp").putScalar(0, 7);
            network.save(file);
        }

        try (TensorFile saved = TensorFile.open(file);
                Network network = network(Init.from(file))) {
            assertThat(saved.tensor("index")).isEqualTo(new TensorInfo("index", TensorType.I64, List.of(3L)));
            assertThat(longs(saved.read("index"))).containsExactly(4, 3, 0);
            assertThat(saved.tensor("grid")).isEqualTo(new TensorInfo("grid", TensorType.F32, List.of(3L, 4L)));
            assertThat(numbers(network.statistics().get("index"))).containsExactly(4, 3, 0);
            assertThat(numbers(network.statistics().get("ramp"))).containsExactly(7, 0, 1, 2);
        }
    }

    private static long[] longs(ByteBuffer bytes) {
        long[] elements = new long[bytes.remaining() / Long.BYTES];
        bytes.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(elements);
        return elements;
    }

    @Test
    void areRefusedWhereTheyPointBeyondWhatIsIndexed() {
        Path file = folder.resolve("beyond.safetensors");
        try (Network network = network(Init.seed(1))) {
            network.statistics().get("index").putScalar(2, 5);
            network.save(file);
        }

        assertThatThrownBy(() -> network(Init.from(file)))
                .isInstanceOf(WeightsFileException.class)
                .hasMessageContaining("index [3] I64 has 5, but its elements must be from 0 to 4");
    }
}
