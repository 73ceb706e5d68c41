package org.espalier.runtime.step;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.espalier.runtime.kernel.memory.Indices;
import org.espalier.runtime.storage.OffHeap;
import org.espalier.runtime.storage.Shapes;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The whole numbers that a network was given, under the names of its inputs, in memory of its own: what kernels read
 * until the backward, whatever becomes of the arrays that were given.
 */
final class IndexInputs {
    private final Map<String, Room> rooms = new HashMap<>();

    private record Room(OffHeap memory, INDArray view) {}

    /**
     * Checks that an array is of whole numbers in a range.
     *
     * @param what what the array is, for messages: {@code input 'token' of Tiny}
     * @param batch the batch size it must have, or 0 for any
     * @param limit what each number must be below, counted from 0
     * @param sample the shape of one sample
     * @return its elements in 'c' order
     * @throws IllegalArgumentException if type, shape or an element are not those expected, or its memory is gone
     */
    static long[] check(Supplier<String> what, INDArray array, long batch, int limit, long... sample) {
        Shapes.checkOpen(what, array);
        boolean isWhole = array.dataType() == DataType.INT32 || array.dataType() == DataType.INT64;
        if (!isWhole || !Shapes.hasShape(array, batch, sample)) {
            throw new IllegalArgumentException(what.get() + " must be " + Shapes.describe(batch, sample)
                    + " INT or LONG, but is " + Arrays.toString(array.shape()) + " " + array.dataType());
        }
        long[] elements = Indices.read(array);
        for (int i = 0; i < elements.length; i++) {
            if (elements[i] < 0 || elements[i] >= limit) {
                throw new IllegalArgumentException(what.get() + " is " + elements[i] + " at "
                        + Arrays.toString(place(i, array.shape())) + ", but must be from 0 to " + (limit - 1));
            }
        }
        return elements;
    }

    /** The indices of an element by its place in 'c' order. */
    private static long[] place(int element, long... shape) {
        long[] place = new long[shape.length];
        long rest = element;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            place[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        return place;
    }

    /** Keeps whole numbers under a name, where the next ones of that name overwrite them. */
    INDArray of(String name, long[] elements, long... shape) {
        Room room = rooms.get(name);
        if (room == null || room.memory.length() < elements.length) {
            if (room != null) {
                room.memory.free();
            }
            OffHeap memory = OffHeap.allocate(DataType.INT32, elements.length);
            room = new Room(memory, memory.view(0, shape.clone()));
            rooms.put(name, room);
        } else if (!Arrays.equals(room.view.shape(), shape)) {
            room = new Room(room.memory, room.memory.view(0, shape.clone()));
            rooms.put(name, room);
        }
        Indices.write(elements, room.view);
        return room.view;
    }

    /** Bytes that they hold. */
    long bytes() {
        return rooms.values().stream().mapToLong(room -> room.memory.bytes()).sum();
    }

    /** Frees them. */
    void free() {
        rooms.values().forEach(room -> room.memory.free());
        rooms.clear();
    }
}
