package org.espalier.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;

/** Copy of a weights file's content, to be changed and written again. */
final class FileCopy {
    final Map<String, String> metadata = new LinkedHashMap<>();
    final Map<TensorInfo, ByteBuffer> tensors = new LinkedHashMap<>();

    static FileCopy of(Path path) {
        FileCopy copy = new FileCopy();
        try (TensorFile file = TensorFile.open(path)) {
            copy.metadata.putAll(file.metadata());
            file.tensors().forEach(tensor -> copy.tensors.put(tensor, file.read(tensor.name())));
        }
        return copy;
    }

    FileCopy metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    FileCopy without(String name) {
        metadata.remove(name);
        tensors.keySet().removeIf(tensor -> tensor.name().equals(name));
        return this;
    }

    FileCopy with(String name, TensorType type, List<Long> shape, byte... bytes) {
        TensorInfo tensor = new TensorInfo(name, type, shape);
        ByteBuffer numbers = ByteBuffer.allocate((int) tensor.bytes());
        tensors.put(tensor, numbers.put(bytes).rewind());
        return this;
    }

    FileCopy renamed(UnaryOperator<String> names) {
        Map<TensorInfo, ByteBuffer> given = new LinkedHashMap<>(tensors);
        tensors.clear();
        given.forEach((tensor, numbers) ->
                tensors.put(new TensorInfo(names.apply(tensor.name()), tensor.type(), tensor.shape()), numbers));
        return this;
    }

    FileCopy number(String name, int index, double number) {
        ByteBuffer numbers = numbers(name);
        TensorType type = tensor(name).type();
        if (type == TensorType.F32) {
            numbers.putFloat(index * Float.BYTES, (float) number);
        } else {
            numbers.putDouble(index * Double.BYTES, number);
        }
        return this;
    }

    FileCopy whole(String name, long number) {
        numbers(name).putLong(0, number);
        return this;
    }

    private ByteBuffer numbers(String name) {
        return tensors.get(tensor(name)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private TensorInfo tensor(String name) {
        return tensors.keySet().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void write(Path file) {
        TensorFileWriter writer = new TensorFileWriter();
        metadata.forEach(writer::metadata);
        tensors.forEach((tensor, numbers) -> writer.add(tensor, sink -> sink.accept(numbers.duplicate())));
        writer.write(file);
    }
}
