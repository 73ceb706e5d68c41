package org.espalier.runtime.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorFileTest {
    @TempDir
    private Path folder;

    private Path file(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        return Files.write(folder.resolve("weights.safetensors"), bytes.array());
    }

    @Test
    void a_file_is_its_length_its_header_and_its_numbers() throws IOException {
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
    void spaces_empty_tensors_and_any_order_are_read() throws IOException {
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
    void a_wrong_header_is_refused_with_the_file_and_the_reason(String header, int dataBytes, String reason)
            throws IOException {
        Path file = file(header.replace('\'', '"'), dataBytes);
        assertThatThrownBy(() -> TensorFile.open(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason);
    }

    @Test
    void a_foreign_file_is_refused() throws IOException {
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
                .hasMessageStartingWith(folder + ": ");
    }

    @Test
    void a_failed_write_leaves_the_old_file_and_no_other() throws IOException {
        Path file = Files.writeString(folder.resolve("weights.safetensors"), "old");
        TensorFileWriter writer = new TensorFileWriter()
                .add(new TensorInfo("a", TensorType.U8, List.of(2L)), sink -> sink.accept(ByteBuffer.allocate(2)))
                .add(new TensorInfo("b", TensorType.U8, List.of(2L)), sink -> {
                    throw new IOException("the disk is full");
                });
        assertThatThrownBy(() -> writer.write(file))
                .isInstanceOf(WeightsFileException.class)
                .hasMessageContaining("the disk is full");
        assertThat(Files.readString(file)).isEqualTo("old");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }
}
