package org.espalier.runtime.storage;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.espalier.runtime.kernel.Kernels;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Copies of arrays under names, each in memory of its own, which the next copy of the same name overwrites: what passes
 * read that others could change meanwhile, and what they give out that is in the way of the next one.
 */
public final class Copies {
    private final DataType type;
    private final Map<String, Room> rooms = new HashMap<>();

    /** None yet, of arrays of this type. */
    public Copies(DataType type) {
        this.type = type;
    }

    /** A copy for the network itself. */
    public INDArray of(String name, INDArray array) {
        return room(name, array).view;
    }

    /** A copy to be given out; the same object as long as the shape does not change. */
    public INDArray sharedOf(String name, INDArray array) {
        return room(name, array).shared.get();
    }

    private Room room(String name, INDArray array) {
        Room room = rooms.get(name);
        if (room == null || room.memory.length() < array.length()) {
            // Written before the old memory is freed, in which the array may lie.
            Room larger = new Room(OffHeap.allocate(type, array.length()), array);
            rooms.put(name, larger);
            if (room != null) {
                room.memory.free();
            }
            return larger;
        }
        if (!Arrays.equals(room.view.shape(), array.shape())) {
            room = new Room(room.memory, array);
            rooms.put(name, room);
            return room;
        }
        room.fill(array);
        return room;
    }

    /** Returns the size of their memory in bytes. */
    public long bytes() {
        return rooms.values().stream().mapToLong(room -> room.memory.bytes()).sum();
    }

    /** Frees them, or lets those that were given out be freed. */
    public void free() {
        rooms.values().forEach(room -> room.memory.free());
        rooms.clear();
    }

    /** The place of one copy, under the shape that it has. */
    private static final class Room {
        final OffHeap memory;
        final INDArray view;
        final Shared shared;

        Room(OffHeap memory, INDArray array) {
            this.memory = memory;
            this.view = memory.view(0, array.shape().clone());
            this.shared = new Shared(memory, 0, array.shape());
            fill(array);
        }

        void fill(INDArray array) {
            if (!Shapes.isContiguous(array)) {
                view.assign(array);
                return;
            }
            try {
                Kernels.copy(array, view);
            } finally {
                // Kernels work on addresses, and the caller may have let go of the array.
                Reference.reachabilityFence(array);
            }
        }
    }
}
