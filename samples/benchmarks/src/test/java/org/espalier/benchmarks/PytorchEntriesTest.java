package org.espalier.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.benchmarks.networks.ClassifierTask;
import org.espalier.benchmarks.networks.Lstm;
import org.espalier.benchmarks.networks.MobileNetV2;
import org.espalier.benchmarks.networks.Perceptron;
import org.espalier.benchmarks.networks.ResNet18;
import org.espalier.benchmarks.networks.TrainingSubject;
import org.espalier.benchmarks.networks.Transformer;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** From the same weights, PyTorch's networks have the same losses and outputs in every mode that is measured. */
@EnabledIfSystemProperty(
        named = PytorchEntries.PYTHON,
        matches = ".+",
        disabledReason = "PyTorch takes part only where -Dbench.python names a Python that has it")
class PytorchEntriesTest {
    private static final int STEPS = 2;

    /**
     * Limit of the difference of MobileNetV2's second loss, after a step that lets it fall by 0.3: rounding decides on
     * which side of a kink of ReLU6 numbers lie. PyTorch's own modes differ by 0.005 there, and by more in each step.
     */
    private static final double SENSITIVE = 0.02;

    @TempDir
    Path folder;

    @Test
    void theResnet() throws IOException {
        assertSame(ClassifierTask.RESNET18, ResNet18::create, 1e-3);
    }

    @Test
    void theMobilenet() throws IOException {
        assertSame(ClassifierTask.MOBILENETV2, MobileNetV2::create, SENSITIVE);
    }

    @Test
    void theTransformer() throws IOException {
        assertSame(ClassifierTask.TRANSFORMER, Transformer::create, 1e-3);
    }

    @Test
    void theLstm() throws IOException {
        assertSame(ClassifierTask.LSTM, Lstm::create, 1e-3);
    }

    @Test
    void thePerceptron() throws IOException {
        assertSame(ClassifierTask.PERCEPTRON, Perceptron::create, 1e-3);
    }

    private <N extends Network & Supervised> void assertSame(
            ClassifierTask task, TrainingSubject.Maker<N> maker, double tolerance) throws IOException {
        INDArray input = task.tensor();
        INDArray labels = Nd4j.createFromArray(task.labels());
        List<Double> losses = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        try (N net = maker.make(Init.seed(1))) {
            net.save(folder.resolve("weights.safetensors"));
            for (float score : net.predict(input).dup('c').data().asFloat()) {
                scores.add((double) score);
            }
            for (int step = 0; step < STEPS; step++) {
                losses.add(net.trainStep(input, labels).dataLoss());
            }
        }
        write("input", task.input());
        write("labels", task.labels());

        for (String mode : PytorchEntries.modes(task, Phase.STEP)) {
            assertClose(mode, answers(task, Phase.STEP, mode, STEPS), losses, tolerance);
        }
        for (String mode : PytorchEntries.modes(task, Phase.INFERENCE)) {
            assertClose(mode, answers(task, Phase.INFERENCE, mode, 1), scores, 1e-4);
        }
    }

    private static void assertClose(String mode, List<Double> found, List<Double> expected, double tolerance) {
        assertThat(found).as(mode).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).as(mode + ", " + i).isCloseTo(expected.get(i), within(tolerance));
        }
    }

    private void write(String name, float[] numbers) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        Files.write(folder.resolve(name), bytes.array());
    }

    private List<Double> answers(ClassifierTask task, Phase phase, String mode, int steps) throws IOException {
        String python = System.getProperty(PytorchEntries.PYTHON);
        List<String> command = new ArrayList<>(PytorchEntries.command(python, task, phase, mode));
        command.addAll(List.of(folder.toString(), Integer.toString(steps)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output.lines()
                .filter(line -> line.startsWith(SubjectMain.ANSWER))
                .flatMap(line ->
                        Stream.of(line.substring(SubjectMain.ANSWER.length()).split(" ")))
                .map(Double::valueOf)
                .toList();
    }
}
