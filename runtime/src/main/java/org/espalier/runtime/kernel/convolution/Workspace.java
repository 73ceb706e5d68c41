package org.espalier.runtime.kernel.convolution;

import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.ServiceLoader;
import org.bytedeco.javacpp.BytePointer;
import org.espalier.runtime.kernel.memory.ForeignMemory;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.window.Window;
import org.jspecify.annotations.Nullable;

/**
 * Scratch memory of a network's kernels, outside the Java heap: it grows to the most that one of them asked for and
 * stays so until closed. Convolutions by algorithms of their own have theirs on the heap. One network, one workspace:
 * kernels that share one must not run at the same time.
 */
public final class Workspace implements AutoCloseable {
    /** Bytes of a cache line, which matrices start on. */
    private static final int LINE = 64;

    private static final Optional<ThreeByThree> THREE_BY_THREE = ServiceLoader.load(ThreeByThree.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(ThreeByThree::isAvailable)
            .findFirst();

    private @Nullable BytePointer memory;
    private ThreeByThree.@Nullable Convolutions threeByThree;
    private FloatBuffer floats = FloatBuffer.allocate(0);
    private long address;
    private final SmallConvolutions smallConvolutions;

    /** An empty workspace. */
    public Workspace() {
        this(new SmallConvolutions());
    }

    Workspace(SmallConvolutions smallConvolutions) {
        this.smallConvolutions = smallConvolutions;
    }

    /** The network's, which keep something of its weights. */
    SmallConvolutions smallConvolutions() {
        return smallConvolutions;
    }

    /** Tells whether a convolution is one of {@link #threeByThree}. */
    static boolean isThreeByThree(Operand image, Operand map, Window window) {
        return isThreeByThree(window) && THREE_BY_THREE.get().takes(image, map, window);
    }

    /** The same for the gradient of its weight. */
    static boolean isThreeByThreeOfWeight(Operand image, Operand map, Window window) {
        return isThreeByThree(window) && THREE_BY_THREE.get().takesWeight(image, map, window);
    }

    private static boolean isThreeByThree(Window window) {
        return THREE_BY_THREE.isPresent()
                && window.kernelHeight() == 3
                && window.kernelWidth() == 3
                && window.strideHeight() == 1
                && window.strideWidth() == 1
                && window.dilationHeight() == 1
                && window.dilationWidth() == 1;
    }

    /** The network's convolutions by kernels of 3 × 3 elements. */
    ThreeByThree.Convolutions threeByThree() {
        if (threeByThree == null) {
            threeByThree = THREE_BY_THREE.orElseThrow().open();
        }
        return threeByThree;
    }

    /** Returns its present size in bytes, with what convolutions by algorithms of their own keep on the heap. */
    public long bytes() {
        long tiles = threeByThree == null ? 0 : threeByThree.bytes();
        return (long) floats.capacity() * Float.BYTES + tiles + smallConvolutions.bytes();
    }

    /**
     * At least so many floats. What was in the workspace before is lost.
     *
     * @throws IllegalArgumentException if that is more than 2 GiB
     */
    public FloatBuffer reserve(long count) {
        if (count > floats.capacity()) {
            long bytes = count * Float.BYTES;
            if (bytes > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "a kernel needs a workspace of " + bytes + " bytes, more than 2 GiB; use smaller batches");
            }
            free();
            BytePointer grown = new BytePointer(bytes + LINE);
            memory = grown;
            address = (grown.address() + LINE - 1) / LINE * LINE;
            floats = ForeignMemory.buffer(address, bytes).asFloatBuffer();
        }
        return floats;
    }

    /** The address of an element of what was reserved. */
    public long address(int element) {
        return ForeignMemory.at(address, element);
    }

    /** So many floats, rounded up so that what comes behind them starts on a cache line. */
    static int aligned(long count) {
        int perLine = LINE / Float.BYTES;
        return Math.toIntExact((count + perLine - 1) / perLine * perLine);
    }

    /** Frees the memory. A kernel that is given the workspace afterwards makes it grow again. */
    @Override
    public void close() {
        smallConvolutions.clear();
        threeByThree = null;
        free();
    }

    private void free() {
        BytePointer held = memory;
        if (held != null) {
            memory = null;
            floats = FloatBuffer.allocate(0);
            held.deallocate();
        }
    }
}
