package org.espalier.generator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.espalier.fuzz.FuzzTarget;
import org.espalier.fuzz.FuzzTargets;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.format.NetFormatter;
import org.espalier.generator.generated.GeneratedCode;
import org.espalier.generator.ir.text.IrReader;
import org.espalier.generator.layer.Library;
import org.espalier.generator.source.ImportResolver;
import org.espalier.generator.source.SourceFile;

/** Specifications and printed programs of strangers. */
class GeneratorFuzzTest extends FuzzTargets {
    /** The language's limits allow small texts that become large networks. */
    private static final long OF_A_NETWORK = 4L << 30;

    /** Of accepted specifications, which javac takes longest for, one of so many is compiled and loaded. */
    private static final int COMPILED = Integer.getInteger("espalier.fuzz.compiled", 1);

    private int accepted;

    @Override
    protected List<FuzzTarget> targets() {
        return List.of(
                new FuzzTarget("net", GeneratorFuzzTest::specifications, OF_A_NETWORK, 1 << 16, 30, this::compile),
                new FuzzTarget(
                        "format",
                        GeneratorFuzzTest::specifications,
                        256L << 20,
                        1 << 16,
                        100,
                        GeneratorFuzzTest::format),
                new FuzzTarget(
                        "ir", GeneratorFuzzTest::programs, 256L << 20, 1 << 16, 300, GeneratorFuzzTest::readProgram));
    }

    private void compile(byte[] input) throws ClassNotFoundException {
        SourceFile file = new SourceFile("fuzz.net", new String(input, StandardCharsets.UTF_8));
        Compilation compilation = NetCompiler.compile(new CompilationRequest(
                List.of(file), ImportResolver.NONE, Targets.of(List.of(Targets.JAVA, Targets.INFERENCE))));
        compilation.diagnostics().forEach(Diagnostic::render);
        if (compilation.sources().isEmpty() || accepted++ % COMPILED != 0) {
            return;
        }
        GeneratedCode code = GeneratedCode.compile(compilation.sources());
        for (Map.Entry<String, byte[]> type : code.classFiles().entrySet()) {
            Class.forName(type.getKey(), true, code.loader());
        }
    }

    /** Lays a text out twice, which must change nothing. */
    private static void format(byte[] input) {
        String once = formatted(new String(input, StandardCharsets.UTF_8));
        String twice = formatted(once);
        if (!once.equals(twice)) {
            throw new AssertionError("laid out anew:\n" + once + "\nbecomes:\n" + twice);
        }
    }

    private static String formatted(String text) {
        return NetFormatter.format(new SourceFile("fuzz.net", text)).text();
    }

    private static void readProgram(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        for (Consumer<String> reader : List.<Consumer<String>>of(
                graph -> IrReader.graph(graph, Library.READERS),
                program -> IrReader.program(program, Library.READERS))) {
            try {
                reader.accept(text);
            } catch (IllegalArgumentException documented) {
                continue;
            }
        }
    }

    private static List<byte[]> specifications() {
        return contents("net", ".net", 6_000);
    }

    private static List<byte[]> programs() {
        return contents("ir", ".ir", 8_000);
    }

    /** The golden files that are no longer than some bytes. */
    private static List<byte[]> contents(String folder, String ending, int most) {
        List<byte[]> contents = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Goldens.file(folder))) {
            for (Path file : files.filter(one -> one.toString().endsWith(ending))
                    .sorted()
                    .toList()) {
                if (Files.size(file) <= most) {
                    contents.add(Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return contents;
    }
}
