package org.espalier.runtime.data.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.data.Dataset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NpyTest {
    /** Files that NumPy 2.4 wrote. */
    private static final Map<String, String> FILES = Map.ofEntries(
            Map.entry(
                    "f4",
                    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLC"
                            + "B9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACA"
                            + "PgAAAD8AAEA/AACAPwAAoD8="),
            Map.entry(
                    "fortran",
                    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH"
                            + "0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAA"
                            + "AAAAAAAAAAhAAAAAAAAA8D8AAAAAAAAQQAAAAAAAAABAAAAAAAAAFEA="),
            Map.entry(
                    "big",
                    "k05VTVBZAQB2AHsnZGVzY3InOiAnPmk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfS"
                            + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAB////"
                            + "/gABEXA="),
            Map.entry(
                    "half",
                    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfS"
                            + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAOP/7AQA="),
            Map.entry(
                    "u8",
                    "k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfS"
                            + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA/w=="),
            Map.entry(
                    "bool",
                    "k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfS"
                            + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAA=="),
            Map.entry(
                    "u64",
                    "k05VTVBZAQB2AHsnZGVzY3InOiAnPHU4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfS"
                            + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr/////////"
                            + "/w=="),
            Map.entry(
                    "str",
                    "k05VTVBZAQB2AHsnZGVzY3InOiAnPFUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfS"
                            + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAphAAAA"),
            Map.entry(
                    "scalar",
                    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gIC"
                            + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAM"
                            + "QA=="),
            Map.entry(
                    "struct",
                    "k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxmNCcpXSwgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJz"
                            + "ogKDEsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAA"),
            Map.entry(
                    "npz",
                    "UEsDBC0AAAAIAAAAIQDDw9rR//////////8FABQAeC5ucHkBABAAoAAAAAAAAABPAAAAAAAAAJvsF+obEMnIUMZQrZ"
                            + "6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6mjoKtQoUAC4GKGCE0kxQmhlKAwBQ"
                            + "SwMELQAAAAgAAAAhAEwOguf//////////wUAFAB5Lm5weQEAEACIAAAAAAAAAEwAAAAAAAAAm+wX6hsQychQxlCtnp"
                            + "JanFykbqWgbpNmoq6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKhpo6CrUKZAMuBoYGexAGAFBLAQIt"
                            + "Ay0AAAAIAAAAIQDDw9rRTwAAAKAAAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQItAy0AAAAIAAAAIQBMDoLnTA"
                            + "AAAIgAAAAFAAAAAAAAAAAAAACAAYYAAAB5Lm5weVBLBQYAAAAAAgACAGYAAAAJAQAAAAA="));

    @TempDir
    private Path folder;

    private Path numpy(String name) throws IOException {
        String kind = FILES.getOrDefault(name, "");
        return Files.write(
                folder.resolve(name + (name.equals("npz") ? ".npz" : ".npy")),
                Base64.getDecoder().decode(kind));
    }

    /** A file of version 1 with this header and so many bytes behind it. */
    private Path file(String header, int bytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        byte[] content = new byte[10 + text.length + bytes];
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)};
        System.arraycopy(start, 0, content, 0, start.length);
        System.arraycopy(text, 0, content, 10, text.length);
        return Files.write(folder.resolve("made.npy"), content);
    }

    @Test
    void floatsAreRead() throws IOException {
        INDArray array = Npy.read(numpy("f4"));

        assertThat(array.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(array.toFloatMatrix()).isDeepEqualTo(new float[][] {{0, 0.25f, 0.5f}, {0.75f, 1, 1.25f}});
    }

    @Test
    void fortranOrderIsTurned() throws IOException {
        INDArray array = Npy.read(numpy("fortran"));

        assertThat(array.toDoubleMatrix()).isDeepEqualTo(new double[][] {{0, 1, 2}, {3, 4, 5}});
        assertThat(array.ordering()).isEqualTo('c');
    }

    @Test
    void otherTypesBecomeThoseOfNetworks() throws IOException {
        assertThat(Npy.read(numpy("big")).toIntVector()).containsExactly(1, -2, 70000);
        assertThat(Npy.read(numpy("half")).toFloatVector()).containsExactly(0.5f, -65504, 0x1p-24f);
        assertThat(Npy.read(numpy("u8")).toIntVector()).containsExactly(0, 255);
        assertThat(Npy.read(numpy("bool")).castTo(DataType.INT32).toIntVector()).containsExactly(1, 0);
        assertThat(Npy.read(numpy("scalar")).getDouble()).isEqualTo(3.5);
    }

    @Test
    void whatNd4jWritesIsRead() throws IOException {
        INDArray array = Nd4j.rand(DataType.DOUBLE, 3, 4, 5);
        Path file = folder.resolve("nd4j.npy");
        Nd4j.writeAsNumpy(array, file.toFile());

        assertThat(Npy.read(file)).isEqualTo(array);
    }

    @Test
    void anArchiveHasItsArraysByName() throws IOException {
        Map<String, INDArray> arrays = Npy.readAll(numpy("npz"));

        assertThat(arrays).containsOnlyKeys("x", "y");
        assertThat(arrays.get("x").toLongVector()).containsExactly(0, 1, 2, 3);
        assertThat(arrays.get("y")).isEqualTo(Nd4j.ones(DataType.FLOAT, 2, 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "str    | numbers of NumPy's types f2, f4, f8, i1 to i8, u1 to u8 or b1 | '<U1'; astype('float32') makes them so",
                "struct | a header with descr, fortran_order and shape, of numbers alone"
                        + " | '{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }'",
                "u64    | whole numbers that a long can hold | 18446744073709551615 is not a number of I64, among elements 0 and following",
                "empty  | an array of NumPy, which begins with \\x93NUMPY | nothing",
            })
    void filesOfOtherThingsAreNamed(String name, String expected, String found) throws IOException {
        Path file = numpy(name);

        assertThatThrownBy(() -> Npy.read(file))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected " + expected + ", found " + found);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'shape': (2,)          | 8 | 7 | a whole array of NumPy | one that breaks off",
                "'shape': (2,)          | 8 | 9 | 8 bytes of numbers     | more",
                "'shape': (0, 3)        | 0 | 0 | an array with elements | [0, 3]",
                "'shape': (4294967296, 4294967296) | 0 | 0 | a shape that an array can have | (4294967296, 4294967296)",
            })
    void shapesThatDoNotFitAreNamed(String shape, int fits, int bytes, String expected, String found)
            throws IOException {
        Path file = file("{'descr': '<f4', 'fortran_order': False, " + shape + ", }\n", bytes);

        assertThatThrownBy(() -> Npy.read(file))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected " + expected + ", found " + found);
    }

    @Test
    void everyFileThatBreaksOffAnywhereIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(numpy("f4"));
        for (int length = 0; length < whole.length; length++) {
            Path file = Files.write(folder.resolve("cut.npy"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Npy.read(file)).as("%d bytes", length).isInstanceOf(DataException.class);
            assertThatThrownBy(() -> Npy.dataset(file, file)).isInstanceOf(DataException.class);
        }
    }

    @Test
    void aDamagedArchiveIsNamed() throws IOException {
        Path file = numpy("npz");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, 100));

        assertThatThrownBy(() -> Npy.readAll(file))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + ": expected an NPZ file, a zip of arrays, found ");
        Path array = numpy("f4");
        assertThatThrownBy(() -> Npy.readAll(array))
                .isInstanceOf(DataException.class)
                .hasMessage(array + ": expected an NPZ file, a zip of arrays, found a single array, which Npy.read"
                        + " reads");
        Path archive = numpy("npz");
        assertThatThrownBy(() -> Npy.read(archive))
                .isInstanceOf(DataException.class)
                .hasMessageMatching("(?s)" + Pattern.quote(archive + ": expected an array of NumPy, which begins with")
                        + ".*, a zip of arrays, which Npy.readAll reads");
        Path missing = folder.resolve("missing.npz");
        assertThatThrownBy(() -> Npy.readAll(missing))
                .hasMessage(missing + ": expected an NPZ file, found nothing there");
    }

    @Test
    void rowsAreReadFromDiskOneByOne() throws IOException {
        Path inputs = numpy("f4");
        Path targets = numpy("u8");

        Dataset rows = Npy.dataset(inputs, targets);
        Batch last = rows.select(1, 0).all();

        assertThat(rows.size()).isEqualTo(2);
        assertThat(last.input().toFloatMatrix()).isDeepEqualTo(new float[][] {{0.75f, 1, 1.25f}, {0, 0.25f, 0.5f}});
        assertThat(last.target().toIntVector()).containsExactly(255, 0);
        Path fortran = numpy("fortran");
        assertThatThrownBy(() -> Npy.dataset(fortran, targets))
                .hasMessage(fortran + ": expected an array of rows in C order, whose first axis is the examples, found"
                        + " Fortran order; np.ascontiguousarray makes it so");
        Path three = numpy("big");
        assertThatThrownBy(() -> Npy.dataset(inputs, three))
                .hasMessage(
                        "expected a target for each input, found 2 inputs in " + inputs + " and 3 targets in " + three);
    }

    @Test
    void aThreadThatIsInterruptedWhileItReadsDoesNotEndTheFile() throws IOException {
        Dataset rows = Npy.dataset(numpy("f4"), numpy("u8"));
        Batch one = rows.empty(1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> rows.read(0, one, 0)).isInstanceOf(DataException.class);
        assertThat(Thread.interrupted()).isTrue();

        rows.read(0, one, 0);

        assertThat(one.target().getInt(0)).isZero();
    }
}
