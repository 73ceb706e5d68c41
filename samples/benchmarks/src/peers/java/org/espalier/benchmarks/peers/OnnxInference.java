package org.espalier.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import org.espalier.benchmarks.networks.UnetTask;
import org.espalier.benchmarks.subject.Draw;
import org.espalier.benchmarks.subject.Subject;

/** A network in ONNX Runtime, with the options that it has by itself: all optimizations, all cores. */
final class OnnxInference implements Subject {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final OnnxTensor input;

    OnnxInference(byte[] model, float[] input, long... shape) {
        try {
            session = environment.createSession(model);
            this.input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(input), shape);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime refuses the model: " + e.getMessage(), e);
        }
    }

    /** U-Net-256 for one picture. */
    static Subject unet() {
        return new OnnxInference(
                OnnxNetworks.unet(Weights.drawn(), 8, 64, 256), UnetTask.drawings(1, 256), 1, 3, 256, 256);
    }

    /** The digits sample for one picture. */
    static Subject digits() {
        return new OnnxInference(OnnxNetworks.digits(Weights.drawn()), Draw.pixels(8, 28 * 28), 1, 1, 28, 28);
    }

    @Override
    public void step() {
        run().close();
    }

    /** The output's numbers. */
    float[] output() {
        try (OrtSession.Result result = run()) {
            FloatBuffer numbers = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] copy = new float[numbers.remaining()];
            numbers.get(copy);
            return copy;
        }
    }

    private OrtSession.Result run() {
        try {
            return session.run(Map.of("input", input));
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime fails: " + e.getMessage(), e);
        }
    }

    @Override
    public String build() {
        return "ONNX Runtime " + environment.getVersion();
    }

    @Override
    public void close() {
        try {
            input.close();
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close its session: " + e.getMessage(), e);
        }
    }
}
