package org.espalier.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.espalier.fuzz.FuzzTarget;
import org.espalier.fuzz.FuzzTargets;

/** Models of strangers. */
class OnnxFuzzTest extends FuzzTargets {
    private static final ImportOptions OPTIONS = ImportOptions.named("Fuzz");

    @Override
    protected List<FuzzTarget> targets() {
        return List.of(
                new FuzzTarget("onnx", OnnxFuzzTest::models, 512L << 20, 1 << 16, 50, input -> {
                    try {
                        OnnxImport.read(input, null, OPTIONS);
                    } catch (OnnxException documented) {
                        return;
                    }
                }),
                new FuzzTarget("onnx-text", OnnxFuzzTest::models, 256L << 20, 1 << 16, 200, input -> {
                    try {
                        OnnxImport.written(input, null, OPTIONS);
                    } catch (OnnxException documented) {
                        return;
                    }
                }));
    }

    private static List<byte[]> models() {
        return List.of(resource("perceptron.onnx"), resource("rnn.onnx"), resource("states.onnx"));
    }

    private static byte[] resource(String name) {
        try (InputStream in = Objects.requireNonNull(OnnxFuzzTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
