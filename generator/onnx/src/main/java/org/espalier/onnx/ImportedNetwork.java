package org.espalier.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;

/** Result of an import: a text, and weights. */
public final class ImportedNetwork {
    private static final int PIECE = 1 << 16;

    private final String text;
    private final Map<String, Constant> weights;

    ImportedNetwork(String text, Map<String, Constant> weights) {
        this.text = text;
        this.weights = new LinkedHashMap<>(weights);
    }

    /** The text of the {@code .net} file. */
    public String text() {
        return text;
    }

    /** The number of weights. */
    public int weightCount() {
        return weights.size();
    }

    /** Weights files have finite numbers: masks that hide by −∞ hide by the least number as well. */
    private static float finite(double number) {
        float single = (float) number;
        return Float.isInfinite(single) ? Math.copySign(Float.MAX_VALUE, single) : single;
    }

    /**
     * Writes the weights as safetensors.
     *
     * @throws org.espalier.weights.WeightsFileException if that fails; the file is then as it was
     */
    public void writeWeights(Path file) {
        TensorFileWriter writer = new TensorFileWriter();
        weights.forEach((name, constant) -> {
            boolean whole = constant.kind() == ElementKind.WHOLE;
            TensorInfo info = new TensorInfo(name, whole ? TensorType.I64 : TensorType.F32, constant.shape());
            writer.add(info, sink -> {
                int width = whole ? Long.BYTES : Float.BYTES;
                for (int start = 0; start < constant.count(); start += PIECE) {
                    int end = Math.min(constant.count(), start + PIECE);
                    ByteBuffer piece =
                            ByteBuffer.allocate((end - start) * width).order(ByteOrder.LITTLE_ENDIAN);
                    for (int i = start; i < end; i++) {
                        if (whole) {
                            piece.putLong(constant.wholeAt(i));
                        } else {
                            piece.putFloat(finite(constant.at(i)));
                        }
                    }
                    sink.accept(piece.flip());
                }
            });
        });
        writer.write(file);
    }
}
