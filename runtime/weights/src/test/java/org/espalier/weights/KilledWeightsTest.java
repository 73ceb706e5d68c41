package org.espalier.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/** Weights of 400 kB. */
class KilledWeightsTest extends KilledWriters {
    private static final TensorInfo WEIGHT = new TensorInfo("weight", TensorType.I32, List.of(100_000L));

    @Override
    protected void write(Path into, int version) {
        ByteBuffer numbers = ByteBuffer.allocate((int) WEIGHT.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        while (numbers.hasRemaining()) {
            numbers.putInt(version);
        }
        new TensorFileWriter()
                .add(WEIGHT, sink -> sink.accept(numbers.flip()))
                .write(into.resolve("weights.safetensors"));
    }

    @Override
    protected int version(Path in) {
        try (TensorFile file = TensorFile.open(in.resolve("weights.safetensors"))) {
            ByteBuffer numbers = file.read(WEIGHT.name());
            int version = numbers.getInt(0);
            while (numbers.hasRemaining()) {
                assertThat(numbers.getInt()).isEqualTo(version);
            }
            return version;
        }
    }
}
