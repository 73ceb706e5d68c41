package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Network;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

/** Running statistics without a momentum are the average of all batches, also those before a file was read. */
class AveragedStatisticsTest {
    private static final String TEXT = """
            network Averaged {
                input x: float[batch, 1]
                norm = BatchNorm1d(1, momentum=none, affine=false)
                output y = norm(x)
            }
            """;

    @TempDir
    private Path folder;

    private CompiledNetwork compiled;
    private Network network;

    @BeforeEach
    void create() {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("averaged.net", TEXT)));
        assertThat(compilation.diagnostics()).isEmpty();
        Class<?> type = GeneratedCode.compile(compilation.sources())
                .load(compilation.sources().get(0));
        compiled = new CompiledNetwork(compilation.programs().get(0), type, 2, 1);
        network = compiled.network();
    }

    @AfterEach
    void close() {
        compiled.close();
    }

    /** Of a batch of mean {@code mean} and unbiased variance 2. */
    private void train(double mean) {
        compiled.input(0).assign(Nd4j.createFromArray(mean - 1, mean + 1).reshape(2, 1));
        compiled.output();
    }

    private double statistic(String name) {
        return network.statistics().get("norm." + name).getDouble(0);
    }

    @Test
    void areTheAverageOfAllBatches() {
        train(1);
        train(2);
        train(6);

        assertThat(statistic("running_mean")).isCloseTo(3, within(1e-6));
        assertThat(statistic("running_var")).isCloseTo(2, within(1e-6));
        assertThat(statistic("num_batches_tracked")).isEqualTo(3);
    }

    @Test
    void stayWhilePredicting() {
        train(1);
        network.eval();
        train(5);

        assertThat(statistic("running_mean")).isEqualTo(1);
        assertThat(statistic("num_batches_tracked")).isEqualTo(1);
    }

    @Test
    void goOnFromAFile() {
        train(1);
        train(3);
        Path file = folder.resolve("averaged.safetensors");
        network.save(file);
        train(50);
        network.load(file);
        train(5);

        assertThat(statistic("running_mean")).isCloseTo(3, within(1e-6));
    }

    /** There the count is a whole number without axes. */
    @Test
    void goOnFromAFileOfPytorch() {
        Path file = pytorch(9);
        network.load(file);
        assertThat(statistic("num_batches_tracked")).isEqualTo(9);
        train(11);

        assertThat(statistic("running_mean")).isCloseTo(2, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE})
    void refuseACountBelow0(long count) {
        Path file = pytorch(count);

        assertThatThrownBy(() -> network.load(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessageEndingWith("is damaged: norm.num_batches_tracked is " + count);
    }

    /** A file with the running mean 1 after so many batches. */
    private Path pytorch(long batches) {
        Path file = folder.resolve("pytorch.safetensors");
        new TensorFileWriter()
                .add(new TensorInfo("norm.running_mean", TensorType.F32, List.of(1L)), sink -> sink.accept(one()))
                .add(new TensorInfo("norm.running_var", TensorType.F32, List.of(1L)), sink -> sink.accept(one()))
                .add(
                        new TensorInfo("norm.num_batches_tracked", TensorType.I64, List.of()),
                        sink -> sink.accept(bytes(Long.BYTES).putLong(batches).flip()))
                .write(file);
        return file;
    }

    private static ByteBuffer one() {
        return bytes(Float.BYTES).putFloat(1).flip();
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }
}
