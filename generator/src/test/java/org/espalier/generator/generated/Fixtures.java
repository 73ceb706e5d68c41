package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The tensors of PyTorch that {@code runtime/src/test/python} writes for examples of the library. */
final class Fixtures {
    /** They were computed in double precision and rounded to single; a normalization's small differences add up. */
    static final double TOLERANCE = 1e-6;

    private static final String WRITE = "run runtime/src/test/python/pytorch_fixtures.py";

    private Fixtures() {}

    /** The case of an example. */
    static Map<String, Object> of(Path file, String example) {
        assertThat(file).as(WRITE).exists();
        return PytorchNumbers.list(PytorchNumbers.read(file).get("cases")).stream()
                .map(PytorchNumbers::map)
                .filter(one -> one.get("example").equals(example))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no case of " + example + " in " + file + ": " + WRITE));
    }

    /** A tensor in double precision. */
    static INDArray array(Map<String, Object> tensors, String name) {
        assertThat(tensors).containsKey(name);
        Map<String, Object> tensor = PytorchNumbers.map(tensors.get(name));
        List<Object> shape = PytorchNumbers.list(tensor.get("shape"));
        double[] numbers = PytorchNumbers.list(tensor.get("values")).stream()
                .mapToDouble(number -> Float.parseFloat(String.valueOf(number)))
                .toArray();
        return Nd4j.createFromArray(numbers)
                .reshape(shape.stream()
                        .mapToLong(size -> Long.parseLong(String.valueOf(size)))
                        .toArray());
    }

    /** Fails unless an array has the numbers of a tensor. */
    static void assertSame(Map<String, Object> tensors, String name, INDArray actual) {
        assertSame(tensors, name, actual, TOLERANCE);
    }

    /** Fails unless an array has the numbers of a tensor, as precisely as that. */
    static void assertSame(Map<String, Object> tensors, String name, INDArray actual, double tolerance) {
        INDArray expected = array(tensors, name);
        assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
        assertSame(name, CompiledGradients.numbers(expected), tolerance, CompiledGradients.numbers(actual));
    }

    /** Fails unless numbers are those of a tensor. */
    static void assertSame(String name, double[] right, double tolerance, double... found) {
        double squares = 0;
        for (double number : right) {
            squares += number * number;
        }
        double size = Math.max(1e-3, Math.sqrt(squares / right.length));
        for (int i = 0; i < right.length; i++) {
            assertThat(found[i])
                    .as(name + " at " + i)
                    .isCloseTo(right[i], Offset.offset(tolerance * (size + Math.abs(right[i]))));
        }
    }
}
