package org.espalier.runtime.cpu;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of floats in memory outside the heap. The Vector API reaches it through byte buffers up to JDK 18 and through
 * memory segments after that, by methods of other names; handles that never change cost nothing where code is compiled.
 */
final class VectorMemory {
    /** As many floats as this processor's registers hold. */
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private static final MethodHandle OF;
    private static final MethodHandle LOAD;
    private static final MethodHandle STORE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> memory;
            Class<?> offset;
            MethodHandle of;
            String name;
            if (Runtime.version().feature() < 19) {
                memory = ByteBuffer.class;
                offset = int.class;
                of = MethodHandles.identity(ByteBuffer.class);
                name = "ByteBuffer";
            } else {
                memory = Class.forName("java.lang.foreign.MemorySegment");
                offset = long.class;
                of = lookup.findStatic(memory, "ofBuffer", MethodType.methodType(memory, Buffer.class));
                name = "MemorySegment";
            }
            MethodHandle load = lookup.findStatic(
                    FloatVector.class,
                    "from" + name,
                    MethodType.methodType(FloatVector.class, VectorSpecies.class, memory, offset, ByteOrder.class));
            MethodHandle store = lookup.findVirtual(
                    FloatVector.class,
                    "into" + name,
                    MethodType.methodType(void.class, memory, offset, ByteOrder.class));
            ByteOrder order = ByteOrder.nativeOrder();
            OF = of.asType(MethodType.methodType(Object.class, ByteBuffer.class));
            LOAD = MethodHandles.insertArguments(MethodHandles.insertArguments(load, 3, order), 0, SPECIES)
                    .asType(MethodType.methodType(FloatVector.class, Object.class, int.class));
            STORE = MethodHandles.insertArguments(store, 3, order)
                    .asType(MethodType.methodType(void.class, FloatVector.class, Object.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private VectorMemory() {}

    /**
     * Wraps a direct buffer for {@link #load} and {@link #store}: its bytes from the first to the capacity, wherever
     * its position and limit are.
     */
    static Object of(ByteBuffer buffer) {
        try {
            return (Object) OF.invokeExact(buffer.duplicate().clear());
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The vector at so many bytes from the start. */
    static FloatVector load(Object memory, int offset) {
        try {
            return (FloatVector) LOAD.invokeExact(memory, offset);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a vector. */
    static void store(FloatVector vector, Object memory, int offset) {
        try {
            STORE.invokeExact(vector, memory, offset);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
