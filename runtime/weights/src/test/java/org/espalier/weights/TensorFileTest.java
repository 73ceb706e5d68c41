package org.espalier.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorFileTest {
    @TempDir
    private Path folder;

    private Path file(String header, int dataBytes) throws IOException {
        return file(header.getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    private Path file(byte[] json, int dataBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        return Files.write(folder.resolve("weights.safetensors"), bytes.array());
    }

    @Test
    void aFileIsItsLengthItsHeaderAndItsNumbers() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        new TensorFileWriter()
                .metadata("format", "pt")
                .add(
                        new TensorInfo("ä", TensorType.F32, List.of(2L)),
                        sink -> sink.accept(ByteBuffer.allocate(8)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putFloat(1)
                                .putFloat(2)
                                .flip()))
                .add(
                        new TensorInfo("n", TensorType.I64, List.of()),
                        sink -> sink.accept(ByteBuffer.allocate(8)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(7)
                                .flip()))
                .write(file);

        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) bytes.getLong()];
        bytes.get(header);
        String text = new String(header, StandardCharsets.UTF_8);
        assertThat(text.stripTrailing())
                .isEqualTo("{\"__metadata__\":{\"format\":\"pt\"},"
                        + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                        + "\"ä\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}");
        assertThat(header.length % 8).isZero();
        assertThat(bytes.getLong()).isEqualTo(7);
        assertThat(bytes.getFloat()).isEqualTo(1);
        assertThat(bytes.getFloat()).isEqualTo(2);
        assertThat(bytes.hasRemaining()).isFalse();

        try (TensorFile read = TensorFile.open(file)) {
            assertThat(read.metadata()).containsEntry("format", "pt");
            assertThat(read.tensor("ä")).isEqualTo(new TensorInfo("ä", TensorType.F32, List.of(2L)));
            assertThat(read.tensor("b")).isNull();
            assertThat(read.read("ä").getFloat(4)).isEqualTo(2);
            assertThat(read.read("n").getLong()).isEqualTo(7);
        }
    }

    @Test
    void spacesEmptyTensorsAndAnyOrderAreRead() throws IOException {
        Path file = file("""
                { "b": {"data_offsets": [4, 12], "shape": [2], "dtype": "F32"},
                  "empty": {"dtype": "F32", "shape": [0, 3], "data_offsets": [4, 4]},
                  "a": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [0, 4]} }
                """, 12);
        try (TensorFile read = TensorFile.open(file)) {
            assertThat(read.tensors()).extracting(TensorInfo::name).containsExactly("b", "empty", "a");
            assertThat(read.metadata()).isEmpty();
            assertThat(read.read("empty").remaining()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | 0 | header is not JSON",
                "[] | 0 | the header should have START_OBJECT where it has START_ARRAY",
                "{} {} | 0 | more than one JSON object",
                "{'a': 1} | 0 | a should have START_OBJECT where it has VALUE_NUMBER_INT",
                "{'a': {}} | 0 | tensor 'a' should have dtype, shape and two data_offsets",
                "{'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0]}} | 4 | should have dtype, shape and two",
                "{'a': {'dtype': 'F33', 'shape': [1], 'data_offsets': [0, 4]}} | 4 | the unknown dtype 'F33'; known are",
                "{'a': {'dtype': 'F32', 'shape': [-1], 'data_offsets': [0, 4]}} | 4 | has the negative number -1",
                "{'a': {'dtype': 'F32', 'shape': [1.5], 'data_offsets': [0, 4]}} | 4 | VALUE_NUMBER_FLOAT",
                "{'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0, 4], 'x': 1}} | 4 | the unknown key 'x'",
                "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 4]}} | 4 | a [2] F32 should have 8 bytes, but lies from 0 to 4",
                "{'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 0]}} | 4 | lies from 4 to 0",
                "{'a': {'dtype': 'F32', 'shape': [4294967296, 4294967296], 'data_offsets': [0, 0]}} | 0 | more bytes than can be counted",
                "{'a': {'dtype': 'F32', 'shape': [99999999999999999999], 'data_offsets': [0, 0]}} | 0 | header is not JSON",
                "{'a': {'dtype': 'U8', 'shape': [1], 'data_offsets': [0, 1]}, 'a': {}} | 1 | header is not JSON: Duplicate",
                "{'a': {'dtype': 'U8', 'shape': [1], 'shape': [1]}} | 1 | header is not JSON: Duplicate",
                "{'__metadata__': {'a': 1}} | 0 | __metadata__ should have VALUE_STRING where it has VALUE_NUMBER_INT",
                "{'a': {'dtype': 'U8', 'shape': [1], 'data_offsets': [1, 2]}} | 2 | should begin at byte 0",
                "{'a': {'dtype': 'U8', 'shape': [2], 'data_offsets': [0, 2]}, 'b': {'dtype': 'U8', 'shape': [2], 'data_offsets': [1, 3]}} | 3 | b [2] U8 should begin at byte 2, where the one before it ends, but begins at 1",
                "{'a': {'dtype': 'U8', 'shape': [2], 'data_offsets': [0, 2]}} | 1 | is truncated: its tensors have 2 bytes, but only 1 are there",
                "{'a': {'dtype': 'U8', 'shape': [2], 'data_offsets': [0, 2]}} | 3 | its tensors have 2 bytes, but 3 are there; something was appended",
            })
    void aWrongHeaderIsRefusedWithTheFileAndTheReason(String header, int dataBytes, String reason) throws IOException {
        Path file = file(header.replace('\'', '"'), dataBytes);
        assertThatThrownBy(() -> TensorFile.open(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a': {'dtype': 'U8', 'shape': [[1]], 'data_offsets': [0, 1]}} | 1 | a should have VALUE_NUMBER_INT where it has START_ARRAY",
                "{'a': {'dtype': 'U8', 'shape': [1], 'data_offsets': [-1, 0]}} | 1 | has the negative number -1",
                "{'a': {'dtype': 'U8', 'shape': [1], 'data_offsets': [0, 1, 2]}} | 1 | two data_offsets",
                "{'a': {'dtype': 'U8', 'shape': [1], 'data_offsets': [9223372036854775806, 9223372036854775807]}} | 1 | should begin at byte 0",
                "{'a': {'dtype': 'U8', 'shape': [9223372036854775807, 2], 'data_offsets': [0, 1]}} | 1 | more bytes than can be counted",
                "{'a': {'dtype': 'U8', 'shape': [9223372036854775807], 'data_offsets': [0, 9223372036854775807]}} | 1 | is truncated",
                "{'a': {'dtype': 'U8', 'shape': [], 'data_offsets': [0, 0]}} | 0 | a [] U8 should have 1 bytes",
                "{'a': {'dtype': 'U8', 'shape': [0], 'data_offsets': [1, 1]}} | 0 | should begin at byte 0",
                "{'a': {'dtype': 1, 'shape': [1], 'data_offsets': [0, 1]}} | 1 | a should have VALUE_STRING where it has VALUE_NUMBER_INT",
                "{'a': {'dtype': 'U8', 'shape': null, 'data_offsets': [0, 1]}} | 1 | a should have START_ARRAY where it has VALUE_NULL",
                "{'a': null} | 0 | a should have START_OBJECT where it has VALUE_NULL",
                "{'__metadata__': {'a': {'b': 'c'}}} | 0 | __metadata__ should have VALUE_STRING where it has START_OBJECT",
                "{'__metadata__': {}, '__metadata__': {}} | 0 | header is not JSON: Duplicate",
                "{'a\\u001b[2J\\n': 1} | 0 | header, a\\u001b[2J\\u000a should have START_OBJECT",
            })
    void whateverAHeaderSaysIsRefusedInOneLine(String header, int dataBytes, String reason) throws IOException {
        Path file = file(header.replace('\'', '"'), dataBytes);
        assertThatThrownBy(() -> TensorFile.open(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aHeaderNestedVeryDeeplyIsRefused() throws IOException {
        for (String opening : List.of("{\"a\":", "[", "{\"__metadata__\":{\"a\":[")) {
            Path file = file(opening.repeat(100_000), 0);
            assertThatThrownBy(() -> TensorFile.open(file)).isInstanceOf(WeightsFileException.class);
        }
    }

    @Test
    void aHeaderInAnotherEncodingIsRefused() throws IOException {
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            Path file = file("{}".getBytes(charset), 0);
            assertThatThrownBy(() -> TensorFile.open(file))
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageContaining("header is not JSON");
        }
        Path latin = file("{\"ä\": {}}".getBytes(StandardCharsets.ISO_8859_1), 0);
        assertThatThrownBy(() -> TensorFile.open(latin))
                .isInstanceOf(WeightsFileException.class)
                .hasMessage(latin + ": is not a safetensors file: its header is not UTF-8");
    }

    @Test
    void namesOfAnyLengthDoNotFillAMessage() throws IOException {
        Path file = file("{\"" + "n".repeat(40_000) + "\": 1}", 0);
        assertThatThrownBy(() -> TensorFile.open(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessageContaining("nnn… (40000 characters) should have START_OBJECT")
                .satisfies(thrown -> assertThat(thrown.getMessage()).hasSizeLessThan(600));
        Path longer = file("{\"" + "n".repeat(400_000) + "\": 1}", 0);
        assertThatThrownBy(() -> TensorFile.open(longer)).isInstanceOf(WeightsFileException.class);
    }

    @Test
    void aHeaderLongerThanAnyNetworkNeedsIsRefusedBeforeItIsRead() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            channel.write(length.putLong(90_000_000).flip());
            // A hole: it takes no place on the disk.
            channel.write(ByteBuffer.allocate(1), 8 + 90_000_000L - 1);
        }
        assertThatThrownBy(() -> TensorFile.open(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessage(file + ": has a header of 90000000 bytes; at most 16777216 are read, which is more than"
                        + " 100,000 tensors need");
    }

    @Test
    void aHeaderThatCouldNotBeReadIsNotWritten() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        TensorFileWriter writer = new TensorFileWriter().metadata("notes", "n".repeat(1 << 24));
        assertThatThrownBy(() -> writer.write(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessageContaining("cannot be written: its header would have ")
                .hasMessageContaining(", and at most 16777216 are read");
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aNameIsGivenOnce() {
        TensorInfo tensor = new TensorInfo("a", TensorType.U8, List.of());
        TensorFileWriter writer = new TensorFileWriter().add(tensor, sink -> {});
        assertThatThrownBy(() -> writer.add(tensor, sink -> {})).hasMessage("the name 'a' is taken");
        writer.add(new TensorInfo("a", TensorType.I8, List.of()), sink -> {});
        assertThatThrownBy(() -> writer.write(folder.resolve("weights.safetensors")))
                .hasMessage("the name 'a' is taken");
    }

    @Test
    void anyDamagedByteOfAHeaderIsSurvived() throws IOException {
        Path file = file("""
                {"__metadata__": {"format": "pt"},
                 "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
                 "b": {"dtype": "U8", "shape": [0, 3], "data_offsets": [8, 8]}}""", 8);
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) (1 << bit);
                Files.write(file, damaged);
                try (TensorFile read = TensorFile.open(file)) {
                    for (TensorInfo tensor : read.tensors()) {
                        assertThat((long) read.read(tensor.name()).remaining()).isEqualTo(tensor.bytes());
                    }
                } catch (WeightsFileException refused) {
                    assertThat(refused).hasMessageStartingWith(file + ": ");
                }
            }
        }
    }

    /** Shortens files and changes bytes; {@code -Dweights.mutations=100000} does more of it than the build. */
    @Test
    void damageIsReportedAndNeverMore() throws IOException {
        Path file = file("""
                {"__metadata__": {"format": "pt"},
                 "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
                 "b": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [8, 20]},
                 "c": {"dtype": "I64", "shape": [], "data_offsets": [20, 28]}}""", 28);
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(5);
        for (int i = 0; i < Integer.getInteger("weights.mutations", 2_000); i++) {
            byte[] damaged = i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int change = 0; change < i % 5 && damaged.length > 0; change++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Files.write(file, damaged);
            try (TensorFile read = TensorFile.open(file)) {
                for (TensorInfo tensor : read.tensors()) {
                    assertThat((long) read.read(tensor.name()).remaining()).isEqualTo(tensor.bytes());
                }
            } catch (WeightsFileException refused) {
                assertThat(refused).hasMessageStartingWith(file + ": ");
            }
            assertThat(Arrays.equals(Files.readAllBytes(file), damaged)).isTrue();
        }
    }

    @Test
    void largeTensorsAreReadInPieces() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        int bytes = TensorFile.PIECE + 3;
        new TensorFileWriter()
                .add(new TensorInfo("b", TensorType.U8, List.of(1L)), sink -> sink.accept(ByteBuffer.allocate(1)))
                .add(
                        new TensorInfo("a", TensorType.U8, List.of((long) bytes)),
                        sink -> sink.accept(ByteBuffer.allocate(bytes).put(bytes - 1, (byte) 7)))
                .write(file);
        List<Integer> lengths = new ArrayList<>();
        List<Byte> last = new ArrayList<>();
        try (TensorFile read = TensorFile.open(file)) {
            read.read("a", piece -> {
                lengths.add(piece.remaining());
                last.add(piece.get(piece.limit() - 1));
            });
        }
        assertThat(lengths).containsExactly(TensorFile.PIECE, 3);
        assertThat(last).containsExactly((byte) 0, (byte) 7);
    }

    @Test
    void numbersAreMappedAndStayWhenTheFileIsClosed() throws IOException {
        Path path = file("{\"x\":{\"dtype\":\"I16\",\"shape\":[3],\"data_offsets\":[0,6]}}", 6);
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length - 2] = 7;
        Files.write(path, bytes);
        ByteBuffer mapped;
        try (TensorFile file = TensorFile.open(path)) {
            mapped = file.map("x");
        }

        assertThat(mapped.isDirect()).isTrue();
        assertThat(mapped.isReadOnly()).isTrue();
        assertThat(mapped.remaining()).isEqualTo(6);
        assertThat(mapped.getShort(4)).isEqualTo((short) 7);
    }

    @Test
    void aForeignFileIsRefused() throws IOException {
        Path picture = Files.write(folder.resolve("a.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0});
        assertThatThrownBy(() -> TensorFile.open(picture))
                .isInstanceOf(WeightsFileException.class)
                .hasMessage(picture + ": is not a safetensors file: its first 8 bytes should be the header's length, at"
                        + " most 100000000, but are 727905341920923785");
        assertThatThrownBy(() -> TensorFile.open(folder.resolve("none")))
                .isInstanceOf(WeightsFileException.class)
                .hasMessage(folder.resolve("none") + ": there is no such file");
        assertThatThrownBy(() -> TensorFile.open(folder))
                .isInstanceOf(WeightsFileException.class)
                .hasMessage(folder + ": is a folder, not a weights file");
    }

    @Test
    void aFailedWriteLeavesTheOldFileAndNoOther() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        new TensorFileWriter().metadata("age", "old").write(file);
        byte[] old = Files.readAllBytes(file);
        TensorFileWriter writer = new TensorFileWriter()
                .add(new TensorInfo("a", TensorType.U8, List.of(2L)), sink -> sink.accept(ByteBuffer.allocate(2)))
                .add(new TensorInfo("b", TensorType.U8, List.of(2L)), sink -> {
                    throw new IOException("the disk is full");
                });
        assertThatThrownBy(() -> writer.write(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessageContaining("the disk is full");
        assertThat(file).hasBinaryContent(old);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"network N {", "epoch,data,total\n1,2.5,2.5\n", "{}", "x", "PK\u0003\u0004 and so on"})
    void aFileOfAnotherKindIsNotOverwritten(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("weights.safetensors"), content);

        assertThatThrownBy(() -> new TensorFileWriter().write(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessage(
                        file + ": cannot be written: it is not a safetensors file, so it is not overwritten; move it"
                                + " out of the way, or give another name");
        assertThat(file).hasContent(content);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void anEmptyFileIsOverwritten() throws IOException {
        Path file = Files.createFile(folder.resolve("weights.safetensors"));

        new TensorFileWriter().metadata("age", "new").write(file);
        try (TensorFile read = TensorFile.open(file)) {
            assertThat(read.metadata()).containsEntry("age", "new");
        }
    }
}
