package org.espalier.runtime.optim.update;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.runtime.kernel.memory.Parallel;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads all gradients that a step is going to use, ahead of it: for their norm, and to see that each is finite before
 * anything is changed. Parameters that lie one behind the other are read as one, in stretches.
 *
 * <p>Squares are summed as fast as memory is read, which may overflow. If the sum is not finite, the gradients are read
 * twice more, for the greatest and for the squares of what is divided by it.
 *
 * @param <A> array of the network's precision
 */
final class Gradients<A> {
    /** Numbers of a stretch. */
    private static final int LENGTH = 2 * Chunk.LENGTH;

    private final Arithmetic<A> arithmetic;
    private final INDArray flat;
    private final List<Slot<A>> slots;
    private final int threads;
    private final A[] blocks;
    private final List<Arithmetic.Store<A>> stretches = new ArrayList<>();

    /** Tables whose rows may be read one by one, each with its stretches. */
    private final Map<Slot<A>, List<Arithmetic.Store<A>>> tables = new LinkedHashMap<>();

    private List<Arithmetic.Store<A>> present = stretches;
    private double[] results = {};
    private boolean uncut = true;

    /** One stretch's part of a sum or maximum. */
    private interface Reader<A> {
        double read(Arithmetic.Store<A> stretch, A block);
    }

    Gradients(Arithmetic<A> arithmetic, INDArray flat, List<Slot<A>> slots, int threads) {
        this.arithmetic = arithmetic;
        this.flat = flat;
        this.slots = slots;
        this.threads = threads;
        this.blocks = arithmetic.blocks(threads, Chunk.BLOCK);
    }

    /** Takes note that a parameter was frozen, or no longer is. */
    void changed() {
        uncut = true;
    }

    private void cut() {
        stretches.clear();
        tables.clear();
        long start = 0;
        long end = 0;
        for (Slot<A> slot : slots) {
            if (slot.frozen) {
                continue;
            }
            long behind = slot.tensor.offset() + slot.tensor.length();
            if (slot.table.get().isPresent()) {
                List<Arithmetic.Store<A>> own = new ArrayList<>();
                cut(slot.tensor.offset(), behind, own);
                tables.put(slot, own);
                continue;
            }
            if (slot.tensor.offset() != end) {
                cut(start, end, stretches);
                start = slot.tensor.offset();
            }
            end = behind;
        }
        cut(start, end, stretches);
        uncut = false;
    }

    private void cut(long start, long end, List<Arithmetic.Store<A>> cuts) {
        for (long offset = start; offset < end; offset += LENGTH) {
            cuts.add(arithmetic.store(flat, offset, (int) Math.min(LENGTH, end - offset)));
        }
    }

    /**
     * Computes the norm.
     *
     * @param exact whether squares are added in one order, whichever rows of tables are known to be 0
     */
    GradientNorm norm(boolean exact) {
        if (uncut) {
            cut();
        }
        double squares = exact ? squaresOf(tables.keySet()) : squaresWithoutZeros();
        if (Double.isFinite(squares)) {
            return new GradientNorm(1, Math.sqrt(squares));
        }
        read(tables.keySet());
        each(this::largest);
        double largest = 0;
        for (double result : results) {
            largest = Math.max(largest, result);
        }
        if (!Double.isFinite(largest)) {
            return new GradientNorm(largest, 1);
        }
        double divisor = largest;
        return new GradientNorm(largest, Math.sqrt(sum((stretch, block) -> squares(stretch, block, divisor))));
    }

    private double squaresWithoutZeros() {
        List<Slot<A>> byRows = tables.keySet().stream()
                .filter(slot ->
                        slot.table.get().filter(gradient -> !gradient.isWhole()).isPresent())
                .toList();
        double[] sum = {
            squaresOf(tables.keySet().stream()
                    .filter(slot -> !byRows.contains(slot))
                    .toList())
        };
        for (Slot<A> slot : byRows) {
            for (int row : slot.table.get().orElseThrow().rows()) {
                slot.forEachStretch(row, (chunk, start, count) -> {
                    chunk.gradients.get(start, blocks[0], count);
                    sum[0] += arithmetic.squares(blocks[0], 1, 0, count);
                });
            }
        }
        return sum[0];
    }

    /** The squares of some tables, which are read whole, and of everything that is no table. */
    private double squaresOf(Collection<Slot<A>> whole) {
        read(whole);
        return sum(Arithmetic.Store::squares);
    }

    private void read(Collection<Slot<A>> whole) {
        if (whole.isEmpty()) {
            present = stretches;
        } else {
            present = new ArrayList<>(stretches);
            whole.forEach(slot -> present.addAll(Objects.requireNonNull(tables.get(slot))));
        }
        if (results.length != present.size()) {
            results = new double[present.size()];
        }
    }

    private double largest(Arithmetic.Store<A> stretch, A block) {
        double largest = 0;
        for (int start = 0; start < stretch.length(); start += Chunk.BLOCK) {
            int n = Math.min(Chunk.BLOCK, stretch.length() - start);
            stretch.get(start, block, n);
            largest = Math.max(largest, arithmetic.largest(block, 0, n));
        }
        return largest;
    }

    private double squares(Arithmetic.Store<A> stretch, A block, double divisor) {
        double sum = 0;
        for (int start = 0; start < stretch.length(); start += Chunk.BLOCK) {
            int n = Math.min(Chunk.BLOCK, stretch.length() - start);
            stretch.get(start, block, n);
            sum += arithmetic.squares(block, divisor, 0, n);
        }
        return sum;
    }

    /** The sum over all stretches, in their order. */
    private double sum(Reader<A> reader) {
        each(reader);
        double sum = 0;
        for (double result : results) {
            sum += result;
        }
        return sum;
    }

    private void each(Reader<A> reader) {
        AtomicInteger next = new AtomicInteger();
        List<Arithmetic.Store<A>> all = present;
        Parallel.forEach(Math.min(threads, all.size()), worker -> {
            for (int i = next.getAndIncrement(); i < all.size(); i = next.getAndIncrement()) {
                results[i] = reader.read(all.get(i), blocks[worker]);
            }
        });
    }
}
