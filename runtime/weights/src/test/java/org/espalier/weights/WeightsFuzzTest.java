package org.espalier.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.espalier.fuzz.FuzzTarget;
import org.espalier.fuzz.FuzzTargets;
import org.espalier.fuzz.InputFile;
import org.espalier.weights.npy.NpyArray;
import org.espalier.weights.npy.NpyBytes;
import org.espalier.weights.npy.NpyFormatException;
import org.espalier.weights.npy.NpzFile;

/** Weights, arrays and names of strangers. */
class WeightsFuzzTest extends FuzzTargets {
    private static final Path NOWHERE = Path.of("input");

    @Override
    protected List<FuzzTarget> targets() {
        InputFile tensors = new InputFile(".safetensors");
        InputFile arrays = new InputFile(".npz");
        return List.of(
                new FuzzTarget("header", WeightsFuzzTest::headers, WeightsFuzzTest::readHeader),
                new FuzzTarget("safetensors", WeightsFuzzTest::files, input -> readFile(tensors.with(input))),
                new FuzzTarget("npy", WeightsFuzzTest::arrays, WeightsFuzzTest::readArray),
                new FuzzTarget("npz", WeightsFuzzTest::zips, input -> readZip(arrays.with(input))),
                new FuzzTarget("mapping", WeightsFuzzTest::mappings, WeightsFuzzTest::readMapping));
    }

    private static void readHeader(byte[] input) {
        try {
            // The length of the data, too, is what a file says.
            int data = input.length == 0 ? 0 : input[0] & 0x7F;
            TensorHeader.parse(NOWHERE, Arrays.copyOfRange(input, Math.min(1, input.length), input.length), data);
        } catch (WeightsFileException documented) {
            return;
        }
    }

    private static void readFile(Path path) {
        try (TensorFile file = TensorFile.open(path)) {
            long bytes = 0;
            for (TensorInfo tensor : file.tensors()) {
                bytes += file.read(tensor.name()).remaining();
                file.read(tensor.name(), TensorType.F32, piece -> {});
            }
            if (bytes > path.toFile().length()) {
                throw new AssertionError(bytes + " bytes of tensors in a file of "
                        + path.toFile().length());
            }
        } catch (WeightsFileException documented) {
            return;
        }
    }

    private static void readArray(byte[] input) throws IOException {
        try {
            NpyArray array = NpyBytes.read(input);
            array.as(TensorType.F32);
        } catch (NpyFormatException | ArithmeticException documented) {
            return;
        }
    }

    private static void readZip(Path path) {
        try (NpzFile file = NpzFile.open(path)) {
            for (TensorInfo tensor : file.tensors()) {
                file.array(tensor.name());
            }
        } catch (WeightsFileException documented) {
            return;
        }
    }

    private static void readMapping(byte[] input) {
        String[] lines = new String(input, StandardCharsets.UTF_8).split("\n", -1);
        try {
            NameMapping mapping = NameMapping.of(Arrays.copyOf(lines, lines.length - 1));
            mapping.apply(lines[lines.length - 1]);
        } catch (IllegalArgumentException documented) {
            return;
        }
    }

    private static List<byte[]> headers() {
        byte[] json = TensorHeader.of(
                        Map.of("format", "pt"),
                        List.of(
                                new TensorInfo("a.weight", TensorType.F32, List.of(2L, 3L)),
                                new TensorInfo("a.bias", TensorType.F16, List.of(2L))))
                .toJson();
        return List.of(
                ByteBuffer.allocate(1 + json.length).put((byte) 28).put(json).array());
    }

    private static List<byte[]> files() {
        Path file = new InputFile(".safetensors").path();
        TensorFileWriter writer = new TensorFileWriter().metadata("format", "pt");
        for (TensorType type : TensorType.values()) {
            TensorInfo tensor = new TensorInfo("tensor." + type, type, List.of(2L));
            writer.add(tensor, sink -> sink.accept(ByteBuffer.allocate((int) tensor.bytes())));
        }
        writer.write(file);
        return List.of(bytes(file));
    }

    private static List<byte[]> arrays() {
        Path file = new InputFile(".npy").path();
        NpyArray.of(new float[] {1, 2, 3, 4, 5, 6}, List.of(2L, 3L)).write(file);
        byte[] array = bytes(file);
        byte[] turned = new String(array, StandardCharsets.ISO_8859_1)
                .replace("False", "True ")
                .getBytes(StandardCharsets.ISO_8859_1);
        return List.of(array, turned);
    }

    private static List<byte[]> zips() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : List.of("a", "b")) {
                zip.putNextEntry(new ZipEntry(name + ".npy"));
                zip.write(arrays().get(0));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of(bytes.toByteArray());
    }

    private static List<byte[]> mappings() {
        return List.of("""
                # names of PyTorch
                layers.*.attn.** -> blocks.*.attention.**
                head.weight -> logits.weight
                layers.3.attn.q.weight""".getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
