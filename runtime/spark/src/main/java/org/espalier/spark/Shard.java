package org.espalier.spark;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.storage.ArrayBytes;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The examples of one partition, each field's in one array: little for the garbage collector to look at. */
final class Shard implements Serializable {
    private static final long serialVersionUID = 1;

    private final int partition;
    private final ExampleFields fields;
    private final Object[] arrays;
    private final int size;

    Shard(int partition, ExampleFields fields, List<Example> examples) {
        this.partition = partition;
        this.fields = fields;
        this.size = examples.size();
        List<Field> all = fields.all();
        this.arrays = new Object[all.size()];
        for (int i = 0; i < arrays.length; i++) {
            Field field = all.get(i);
            int length = Math.multiplyExact(size, field.length());
            arrays[i] = field.type() == DataType.FLOAT ? new float[length] : new int[length];
            for (int example = 0; example < size; example++) {
                examples.get(example).copy(i, field, arrays[i], example * field.length());
            }
        }
    }

    int partition() {
        return partition;
    }

    int size() {
        return size;
    }

    /** Some of the examples, in arrays that {@link #close} frees. */
    Batch batch(int[] rows, int from, int to) {
        List<INDArray> made = new ArrayList<>();
        List<Field> all = fields.all();
        for (int i = 0; i < arrays.length; i++) {
            Field field = all.get(i);
            INDArray array = NdArrays.detached(field.type(), field.batchShape(to - from));
            ByteBuffer bytes = ArrayBytes.of(array);
            for (int row = from; row < to; row++) {
                int place = rows[row] * field.length();
                if (arrays[i] instanceof float[] floats) {
                    bytes.asFloatBuffer().put((row - from) * field.length(), floats, place, field.length());
                } else {
                    bytes.asIntBuffer().put((row - from) * field.length(), (int[]) arrays[i], place, field.length());
                }
            }
            made.add(array);
        }
        int inputs = fields.inputs().size();
        return new Batch(made.subList(0, inputs), made.subList(inputs, made.size()));
    }

    /** Frees the memory of a batch, which many steps would otherwise leave to the garbage collector. */
    static void close(Batch batch) {
        Stream.concat(batch.inputs().stream(), batch.targets().stream()).forEach(INDArray::close);
    }
}
