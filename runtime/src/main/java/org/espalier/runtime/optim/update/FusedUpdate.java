package org.espalier.runtime.optim.update;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.espalier.runtime.kernel.embedding.TableGradient;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.OptimizerAccess;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.Penalty;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.Term;
import org.espalier.runtime.optim.regularizer.TermAccess;
import org.espalier.weights.TensorFileWriter.Sink;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/**
 * The update of all parameters in one pass over memory. A block of 4,096 numbers is small enough for the processor's
 * cache, so every step below costs arithmetic only:
 *
 * <pre>
 *   w, g ← block of the flat parameters and gradients
 *   g    ← clipped g, −g where the optimizer climbs
 *   g    ← g + λ f'(w),  sum ← sum + f(w)      for each penalty of the parameter
 *   g    ← g + factor · w                       for each penalty on norms of groups
 *   g    ← g + Σ factor · f'(w)                 for each penalty on sums over groups
 *   w    ← (1 − lr λ) w                         for decoupled decay
 *   w    ← one step of the optimizer            its state lives on the heap, block by block
 *   w    ← proximal map of w                    for each penalty in that mode
 *   block of the flat parameters ← w
 * </pre>
 *
 * <p>A block never spans two parameters. Blocks are handed to threads 16 at a time; each such chunk sums its penalties
 * by itself, and the chunks' sums are added in order, so every number is the same however many threads there are.
 *
 * <p>Adam with no other penalties than L1 and L2 does without copying the block where {@link InPlaceAdam} is available.
 *
 * <p>Norms of groups, and sums over them, are needed before the pass: those parameters, and only those, are read once
 * more ahead of it. What changes whole groups, proximal group lasso and max norm, has to see the stepped group and
 * follows the pass, again for those parameters only.
 *
 * <p>An optimizer that looks at a parameter as a whole, {@link Optimizer.WholeUpdate}, divides the pass in two: the
 * first one ends with the directions of all blocks, and the second one goes along them.
 *
 * <p>Of a table few of whose rows have a gradient, the other rows are not looked at where the step would leave them as
 * they are: see {@link #tableGradient}.
 *
 * <p>Penalties are those of the weights before the step. A frozen parameter is left alone: it has no step and no
 * penalty.
 *
 * @param <A> array of the network's precision
 */
public final class FusedUpdate<A> {
    /** Below this many numbers, waking another thread costs more than it saves. */
    private static final long PARALLEL = 2L * Chunk.LENGTH;

    /** Rows of a table for which another thread pays. */
    private static final int ROWS_PER_THREAD = 64;

    private final Arithmetic<A> arithmetic;

    /** Values and gradients, kept reachable here since chunks work on them by address. */
    private final List<INDArray> memory;

    private final List<Slot<A>> slots = new ArrayList<>();
    private final List<Chunk<A>> chunks = new ArrayList<>();
    private final Map<Regularizer, double[]> groups = new LinkedHashMap<>();
    private final List<Scratch<A>> scratches = new ArrayList<>();
    private final Gradients<A> trained;
    private final int mostFollowing;
    private final boolean anyAhead;

    /**
     * One parameter's place.
     *
     * @param offset of its first number in the flat arrays
     * @param shape of the parameter, which lies in 'c' order
     * @param outputAxis the axis whose indices are the output units
     * @param regularizer its terms, if any
     */
    public record Tensor(
            long offset,
            List<Long> shape,
            int outputAxis,
            @Nullable Regularizer regularizer) {
        public Tensor {
            shape = List.copyOf(shape);
        }

        /** One whose first axis is that of the output units. */
        public Tensor(long offset, List<Long> shape, @Nullable Regularizer regularizer) {
            this(offset, shape, 0, regularizer);
        }

        /** One that has a single axis. */
        public Tensor(long offset, long length, @Nullable Regularizer regularizer) {
            this(offset, List.of(length), regularizer);
        }

        /** Returns the number of elements. */
        public long length() {
            return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
        }
    }

    private FusedUpdate(
            Arithmetic<A> arithmetic, INDArray values, INDArray gradients, List<Tensor> tensors, int threads) {
        this.arithmetic = arithmetic;
        this.memory = List.of(values, gradients);
        int mostPenalties = 0;
        int mostFollowing = 0;
        boolean anyAhead = false;
        long numbers = 0;
        for (Tensor tensor : tensors) {
            Slot<A> slot = new Slot<>(arithmetic, tensor);
            slots.add(slot);
            long count = tensor.length();
            for (long done = 0; done < count; done += Chunk.LENGTH) {
                int length = (int) Math.min(Chunk.LENGTH, count - done);
                long offset = tensor.offset() + done;
                Chunk<A> chunk = new Chunk<>(
                        slot,
                        arithmetic.store(values, offset, length),
                        arithmetic.store(gradients, offset, length),
                        arithmetic.inPlace(values, gradients, offset, length),
                        done,
                        length);
                chunks.add(chunk);
                slot.chunks.add(chunk);
            }
            if (tensor.regularizer() != null) {
                groups.putIfAbsent(
                        tensor.regularizer(),
                        new double[tensor.regularizer().terms().size()]);
                mostPenalties = Math.max(mostPenalties, slot.penalties.size());
            }
            numbers += count;
            mostFollowing = Math.max(mostFollowing, slot.following.size());
            anyAhead |= slot.readsAhead();
        }
        this.mostFollowing = mostFollowing;
        this.anyAhead = anyAhead;
        int workers = numbers < PARALLEL ? 1 : Math.min(threads, chunks.size());
        for (int worker = 0; worker < workers; worker++) {
            scratches.add(new Scratch<>(arithmetic, mostPenalties));
        }
        this.trained = new Gradients<>(arithmetic, gradients, slots, Math.max(1, workers));
    }

    /**
     * For the parameters that lie in {@code values}, with their gradients at the same places of {@code gradients}. It
     * works on the memory of both arrays and keeps it, so neither may be closed as long as it is used: update and
     * penalties are then {@link IllegalStateException}s.
     *
     * @throws IllegalArgumentException if the arrays are neither FLOAT nor DOUBLE, are not of one type and length, have
     *     gaps or were closed, if a tensor reaches beyond them, or a term needs an axis that its parameter does not
     *     have
     */
    public static FusedUpdate<?> over(INDArray values, INDArray gradients, List<Tensor> tensors) {
        return over(values, gradients, tensors, Parallel.THREADS, InPlaceAdam.find());
    }

    static FusedUpdate<?> over(
            INDArray values, INDArray gradients, List<Tensor> tensors, int threads, Optional<InPlaceAdam> inPlace) {
        requireFlat("values", values);
        requireFlat("gradients", gradients);
        if (values.dataType() != gradients.dataType() || values.length() != gradients.length()) {
            throw new IllegalArgumentException("expected values and gradients of one type and length, found "
                    + values.length() + " " + values.dataType() + " and " + gradients.length() + " "
                    + gradients.dataType());
        }
        for (Tensor tensor : tensors) {
            if (tensor.offset() < 0 || tensor.offset() > values.length() - tensor.length()) {
                throw new IllegalArgumentException("expected tensors within " + values.length() + " values, found "
                        + tensor.shape() + " at " + tensor.offset());
            }
        }
        if (values.dataType() == DataType.FLOAT) {
            return new FusedUpdate<>(new Floats(inPlace), values, gradients, tensors, threads);
        }
        if (values.dataType() == DataType.DOUBLE) {
            return new FusedUpdate<>(new Doubles(), values, gradients, tensors, threads);
        }
        throw new IllegalArgumentException("parameters must be FLOAT or DOUBLE, but are " + values.dataType());
    }

    /** Checks that every place of an array is that of its memory, by which the update finds it. */
    private static void requireFlat(String name, INDArray array) {
        if (array.wasClosed()) {
            throw new IllegalArgumentException("expected " + name + " that are open, found an array that was closed");
        }
        if (array.length() > 1 && !Shape.hasDefaultStridesForShape(array)) {
            throw new IllegalArgumentException("expected " + name + " in 'c' order without gaps, found "
                    + Arrays.toString(array.shape()) + " with strides " + Arrays.toString(array.stride()));
        }
    }

    /**
     * Lets a parameter follow another of the optimizers that {@link #update(List, GradientNorm, double)} is given.
     *
     * @param optimizer its place among them; at first it is 0
     */
    public void optimizer(int tensor, int optimizer) {
        slots.get(tensor).optimizer = optimizer;
    }

    /** The place of the optimizer that a parameter follows. */
    public int optimizer(int tensor) {
        return slots.get(tensor).optimizer;
    }

    /**
     * Says which rows of a parameter's gradient may be other than 0. A step that leaves weights without gradient as
     * they are then has no look at the others: one of an optimizer that {@link Optimizer.Update#restsWithoutGradient},
     * and of a parameter without terms.
     *
     * @param gradient what is known of them at that time
     */
    public void tableGradient(int tensor, Supplier<Optional<TableGradient>> gradient) {
        slots.get(tensor).table = gradient;
    }

    /** Leaves a parameter alone from now on, or takes it up again. */
    public void frozen(int tensor, boolean frozen) {
        slots.get(tensor).frozen = frozen;
        trained.changed();
    }

    /**
     * Reads the gradients of every parameter that is not frozen, to see whether all are finite, and for their norm. It
     * costs the time to read them once more.
     */
    public GradientNorm gradientNorm() {
        requireOpen();
        return trained.norm(true);
    }

    /**
     * The same for steps of an optimizer: where it does not clip by the norm, rows that are 0 are not read, and their
     * sum may differ in its last digits.
     */
    public GradientNorm gradientNorm(Optimizer optimizer) {
        requireOpen();
        return trained.norm(optimizer.clipNorm() < Double.POSITIVE_INFINITY);
    }

    /**
     * One step of every parameter that is not frozen. Gradients that are infinite or NaN are used as they are.
     *
     * @return the penalties of the weights before the step, one entry for each term of each regularizer
     */
    public List<LedgerEntry> update(Optimizer optimizer) {
        boolean clips = optimizer.clipNorm() < Double.POSITIVE_INFINITY;
        return update(optimizer, clips ? gradientNorm() : new GradientNorm(1, 0));
    }

    /**
     * {@link #update(Optimizer)} for gradients whose norm is known.
     *
     * @param norm what {@link #gradientNorm} gave for them
     */
    public List<LedgerEntry> update(Optimizer optimizer, GradientNorm norm) {
        return update(List.of(optimizer), norm, 1);
    }

    /**
     * {@link #update(Optimizer)} for gradients whose norm is known, times a factor.
     *
     * @param optimizers that parameters follow, see {@link #optimizer(int, int)}; the first of them says how gradients
     *     are clipped
     * @param norm what {@link #gradientNorm} gave for them without the factor
     * @param factor what they are multiplied by before they are clipped
     */
    public List<LedgerEntry> update(List<Optimizer> optimizers, GradientNorm norm, double factor) {
        requireOpen();
        double limit = optimizers.get(0).clipValue();
        beginStep(optimizers, factor * norm.scale(optimizers.get(0).clipNorm(), factor));
        readAhead();
        forEachChunk((scratch, chunk) -> {
            if (chunk.slot.rows.isEmpty()) {
                update(scratch, chunk, limit);
            }
        });
        for (Slot<A> slot : slots) {
            if (!slot.frozen && slot.rows.isPresent()) {
                updateRows(slot, slot.rows.get(), limit);
            }
        }
        goAlong();
        for (int place = 0; place < mostFollowing; place++) {
            change(place);
        }
        return ledger();
    }

    /** The penalties of the weights as they are, without a step. */
    public List<LedgerEntry> penalties() {
        requireOpen();
        readAhead();
        forEachChunk(this::measure);
        return ledger();
    }

    private void requireOpen() {
        for (INDArray array : memory) {
            if (array.wasClosed()) {
                throw new IllegalStateException("the values or gradients of this update were closed; it works on their"
                        + " memory, so keep both open as long as it is used");
            }
        }
    }

    /** Reads the weights before the step, for penalties on groups and on products. */
    private void readAhead() {
        if (!anyAhead) {
            return;
        }
        forEachChunk((scratch, chunk) -> {
            if (chunk.slot.readsAhead()) {
                readAhead(scratch, chunk);
            }
        });
        for (Slot<A> slot : slots) {
            if (!slot.frozen) {
                slot.ahead.forEach(TermState::finishReading);
            }
        }
    }

    private void readAhead(Scratch<A> scratch, Chunk<A> chunk) {
        List<TermState<A>> ahead = chunk.slot.ahead;
        ahead.forEach(term -> term.clear(chunk.index()));
        for (int start = 0; start < chunk.length; start += Chunk.BLOCK) {
            int n = Math.min(Chunk.BLOCK, chunk.length - start);
            chunk.values.get(start, scratch.w, n);
            for (int term = 0; term < ahead.size(); term++) {
                ahead.get(term).read(chunk.index(), chunk.start + start, scratch.w, n);
            }
        }
    }

    /** Norms of the stepped groups, then what the slots' term at a place does to each group. */
    private void change(int place) {
        forEachChunk((scratch, chunk) -> {
            if (place < chunk.slot.following.size()) {
                measureStepped(scratch, chunk, chunk.slot.following.get(place));
            }
        });
        for (Slot<A> slot : slots) {
            if (place < slot.following.size() && !slot.frozen) {
                slot.following.get(place).finishMeasuring(slot.lr);
            }
        }
        forEachChunk((scratch, chunk) -> {
            if (place < chunk.slot.following.size()) {
                scaleGroups(scratch, chunk, chunk.slot.following.get(place));
            }
        });
    }

    private void measureStepped(Scratch<A> scratch, Chunk<A> chunk, TermState<A> term) {
        Optimizer.Update step = Objects.requireNonNull(chunk.slot.step);
        term.clear(chunk.index());
        for (int start = 0, block = 0; start < chunk.length; start += Chunk.BLOCK, block++) {
            int n = Math.min(Chunk.BLOCK, chunk.length - start);
            chunk.values.get(start, scratch.w, n);
            A[] state = chunk.state.get(block);
            term.measure(chunk.index(), chunk.start + start, step, state, scratch.w, scratch.g, n);
        }
    }

    private void scaleGroups(Scratch<A> scratch, Chunk<A> chunk, TermState<A> term) {
        if (term.leavesAll()) {
            return;
        }
        for (int start = 0; start < chunk.length; start += Chunk.BLOCK) {
            int n = Math.min(Chunk.BLOCK, chunk.length - start);
            chunk.values.get(start, scratch.w, n);
            term.scale(chunk.start + start, scratch.w, n);
            chunk.values.put(start, scratch.w, n);
        }
    }

    private void beginStep(List<Optimizer> optimizers, double scale) {
        // There may be no memory for it: then no parameter has begun its step.
        for (Slot<A> slot : slots) {
            if (!slot.frozen) {
                slot.ensureState(
                        arithmetic, optimizers.get(slot.optimizer).stateNames().size());
            }
        }
        record Step(int optimizer, long count) {}
        Map<Step, Optimizer.Update> steps = new HashMap<>();
        for (Slot<A> slot : slots) {
            if (slot.frozen) {
                continue;
            }
            slot.steps++;
            Optimizer optimizer = optimizers.get(slot.optimizer);
            Optimizer.Update step = steps.computeIfAbsent(
                    new Step(slot.optimizer, slot.steps), begun -> OptimizerAccess.update(optimizer, begun.count()));
            slot.step = step;
            if (step instanceof Optimizer.WholeUpdate && slot.whole == null) {
                slot.whole = new WholeParameter<>(arithmetic, slot, memory.get(0));
            }
            slot.lr = optimizer.lr();
            slot.scale = optimizer.maximizes() ? -scale : scale;
            slot.keep = slot.keptBy(optimizer);
            slot.inPlace = slot.coefficients(optimizer, step, slot.scale);
            slot.rows = slot.changedRows(step);
        }
    }

    private void update(Scratch<A> scratch, Chunk<A> chunk, double limit) {
        // The step overwrites the weights whose penalties it sums, so what may overflow is summed before.
        double[] exact = mayOverflow(chunk) ? measure(scratch, chunk) : null;
        step(scratch, chunk, limit);
        for (int term = 0; exact != null && term < exact.length; term++) {
            // Others are those of the step, whose order of summing may be another: a resumed run reports the same bits.
            if (arithmetic.mayOverflow(exact[term])) {
                chunk.sums[term] = exact[term];
            }
        }
    }

    private boolean mayOverflow(Chunk<A> chunk) {
        for (double sum : chunk.sums) {
            if (arithmetic.mayOverflow(sum)) {
                return true;
            }
        }
        return false;
    }

    private void step(Scratch<A> scratch, Chunk<A> chunk, double limit) {
        if (chunk.inPlace.isPresent() && chunk.slot.inPlace.isPresent()) {
            updateInPlace(chunk, chunk.inPlace.get(), chunk.slot.inPlace.get());
            return;
        }
        List<Penalty> penalties = chunk.slot.penalties;
        List<TermState<A>> ahead = chunk.slot.ahead;
        double scale = chunk.slot.scale;
        boolean clips = scale != 1 || limit < Double.POSITIVE_INFINITY;
        Optimizer.Update step = Objects.requireNonNull(chunk.slot.step);
        scratch.clearSums(arithmetic, penalties.size(), Math.min(Chunk.BLOCK, chunk.length));
        for (int start = 0, block = 0; start < chunk.length; start += Chunk.BLOCK, block++) {
            int n = Math.min(Chunk.BLOCK, chunk.length - start);
            chunk.values.get(start, scratch.w, n);
            chunk.gradients.get(start, scratch.g, n);
            if (clips) {
                arithmetic.clip(scratch.g, scale, limit, n);
            }
            arithmetic.accumulate(penalties, scratch.w, scratch.g, scratch.sums, n);
            for (int term = 0; term < ahead.size(); term++) {
                ahead.get(term).addGradient(chunk.start + start, scratch.w, scratch.g, n);
            }
            if (chunk.slot.keep != 1) {
                arithmetic.scale(scratch.w, chunk.slot.keep, 1, 0, n);
            }
            if (step instanceof Optimizer.WholeUpdate whole) {
                direct(scratch, chunk, whole, start, block, n);
                continue;
            }
            arithmetic.apply(step, scratch.w, scratch.g, chunk.state.get(block), n);
            shrink(scratch, chunk, block, n);
            chunk.values.put(start, scratch.w, n);
        }
        keepSums(scratch, chunk);
    }

    /** The step of some rows of a table, the other ones being left as they are. */
    private void updateRows(Slot<A> slot, int[] rows, double limit) {
        AtomicInteger next = new AtomicInteger();
        int tasks = Math.min(scratches.size(), rows.length / ROWS_PER_THREAD + 1);
        Parallel.forEach(tasks, worker -> {
            Scratch<A> scratch = scratches.get(worker);
            for (int i = next.getAndIncrement(); i < rows.length; i = next.getAndIncrement()) {
                slot.forEachStretch(rows[i], (chunk, start, count) -> step(scratch, chunk, start, count, limit));
            }
        });
    }

    private void step(Scratch<A> scratch, Chunk<A> chunk, int start, int n, double limit) {
        double scale = chunk.slot.scale;
        A[] state = chunk.state.get(start / Chunk.BLOCK);
        A[] part = arithmetic.blocks(state.length, n);
        chunk.values.get(start, scratch.w, n);
        chunk.gradients.get(start, scratch.g, n);
        if (scale != 1 || limit < Double.POSITIVE_INFINITY) {
            arithmetic.clip(scratch.g, scale, limit, n);
        }
        for (int name = 0; name < state.length; name++) {
            System.arraycopy(state[name], start % Chunk.BLOCK, part[name], 0, n);
        }
        arithmetic.apply(Objects.requireNonNull(chunk.slot.step), scratch.w, scratch.g, part, n);
        for (int name = 0; name < state.length; name++) {
            System.arraycopy(part[name], 0, state[name], start % Chunk.BLOCK, n);
        }
        chunk.values.put(start, scratch.w, n);
    }

    /** Ends the first pass of an update that looks at the whole parameter. */
    private void direct(Scratch<A> scratch, Chunk<A> chunk, Optimizer.WholeUpdate step, int start, int block, int n) {
        WholeParameter<A> whole = Objects.requireNonNull(chunk.slot.whole);
        if (block == 0) {
            whole.clear(chunk);
        }
        arithmetic.direct(step, scratch.w, scratch.g, chunk.state.get(block), n);
        whole.take(chunk, scratch.w, scratch.g, n);
        Objects.requireNonNull(chunk.directions).put(start, scratch.g, n);
    }

    /** The second pass of updates that look at whole parameters. */
    private void goAlong() {
        boolean any = false;
        for (Slot<A> slot : slots) {
            if (!slot.frozen && slot.step instanceof Optimizer.WholeUpdate step) {
                slot.step = step.along(Objects.requireNonNull(slot.whole));
                slot.goesAlong = true;
                any = true;
            } else {
                slot.goesAlong = false;
            }
        }
        if (any) {
            forEachChunk((scratch, chunk) -> {
                if (chunk.slot.goesAlong) {
                    goAlong(scratch, chunk);
                }
            });
        }
    }

    private void goAlong(Scratch<A> scratch, Chunk<A> chunk) {
        Optimizer.Update step = Objects.requireNonNull(chunk.slot.step);
        Arithmetic.Store<A> directions = Objects.requireNonNull(chunk.directions);
        for (int start = 0, block = 0; start < chunk.length; start += Chunk.BLOCK, block++) {
            int n = Math.min(Chunk.BLOCK, chunk.length - start);
            chunk.values.get(start, scratch.w, n);
            directions.get(start, scratch.g, n);
            if (chunk.slot.keep != 1) {
                arithmetic.scale(scratch.w, chunk.slot.keep, 1, 0, n);
            }
            arithmetic.apply(step, scratch.w, scratch.g, chunk.state.get(block), n);
            shrink(scratch, chunk, block, n);
            chunk.values.put(start, scratch.w, n);
        }
    }

    private void updateInPlace(Chunk<A> chunk, Arithmetic.InPlace<A> adam, InPlaceAdam.Coefficients coefficients) {
        double[] sums = new double[2];
        for (int start = 0, block = 0; start < chunk.length; start += Chunk.BLOCK, block++) {
            adam.step(start, chunk.blockLength(block), chunk.state.get(block), coefficients, sums);
        }
        for (int term = 0; term < chunk.sums.length; term++) {
            chunk.sums[term] = InPlaceAdam.Coefficients.sumOf(chunk.slot.penalties.get(term), sums);
        }
    }

    /** The proximal maps of penalties that work element by element, g being no longer needed. */
    private void shrink(Scratch<A> scratch, Chunk<A> chunk, int block, int n) {
        Optimizer.Update step = Objects.requireNonNull(chunk.slot.step);
        List<Penalty> penalties = chunk.slot.penalties;
        for (int term = 0; term < penalties.size(); term++) {
            double threshold = TermAccess.threshold(penalties.get(term));
            if (threshold > 0) {
                arithmetic.rates(step, scratch.g, chunk.state.get(block), n);
                arithmetic.shrink(scratch.w, scratch.g, threshold, n);
            }
        }
    }

    /** Computes the sum of each penalty over the weights as they are, in double precision where single may overflow. */
    private double[] measure(Scratch<A> scratch, Chunk<A> chunk) {
        List<Penalty> penalties = chunk.slot.penalties;
        scratch.clearSums(arithmetic, penalties.size(), Math.min(Chunk.BLOCK, chunk.length));
        if (penalties.isEmpty()) {
            return chunk.sums;
        }
        for (int start = 0; start < chunk.length; start += Chunk.BLOCK) {
            int n = Math.min(Chunk.BLOCK, chunk.length - start);
            chunk.values.get(start, scratch.w, n);
            arithmetic.accumulate(penalties, scratch.w, scratch.g, scratch.sums, n);
        }
        keepSums(scratch, chunk);
        for (int term = 0; term < chunk.sums.length; term++) {
            if (arithmetic.mayOverflow(chunk.sums[term])) {
                chunk.sums[term] = exactSum(scratch, chunk, penalties.get(term));
            }
        }
        return chunk.sums.clone();
    }

    private double exactSum(Scratch<A> scratch, Chunk<A> chunk, Penalty penalty) {
        double sum = 0;
        for (int start = 0; start < chunk.length; start += Chunk.BLOCK) {
            int n = Math.min(Chunk.BLOCK, chunk.length - start);
            chunk.values.get(start, scratch.w, n);
            sum += arithmetic.sum(penalty, scratch.w, n);
        }
        return sum;
    }

    private void keepSums(Scratch<A> scratch, Chunk<A> chunk) {
        for (int term = 0; term < chunk.sums.length; term++) {
            chunk.sums[term] = arithmetic.sum(scratch.sums[term], Math.min(Chunk.BLOCK, chunk.length));
        }
    }

    /** Runs {@code work} on every chunk that is not frozen, whichever thread comes first taking the next. */
    private void forEachChunk(BiConsumer<Scratch<A>, Chunk<A>> work) {
        AtomicInteger next = new AtomicInteger();
        Parallel.Task worker = index -> {
            Scratch<A> scratch = scratches.get(index);
            for (int chunk = next.getAndIncrement(); chunk < chunks.size(); chunk = next.getAndIncrement()) {
                if (!chunks.get(chunk).slot.frozen) {
                    work.accept(scratch, chunks.get(chunk));
                }
            }
        };
        try {
            Parallel.forEach(scratches.size(), worker);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    private List<LedgerEntry> ledger() {
        for (double[] sums : groups.values()) {
            Arrays.fill(sums, 0);
        }
        for (Slot<A> slot : slots) {
            double[] sums = slot.tensor.regularizer() == null ? null : groups.get(slot.tensor.regularizer());
            if (sums != null && !slot.frozen) {
                slot.addSums(sums);
            }
        }
        List<LedgerEntry> entries = new ArrayList<>();
        groups.forEach((regularizer, sums) -> {
            for (int place = 0; place < sums.length; place++) {
                Term term = regularizer.terms().get(place);
                if (term.isPenalty()) {
                    entries.add(new LedgerEntry(
                            regularizer.name(), regularizer.names().get(place), TermAccess.weight(term) * sums[place]));
                }
            }
        });
        return entries;
    }

    /** Returns the number of steps that a parameter has had. */
    public long steps(int tensor) {
        return slots.get(tensor).steps;
    }

    /** Forgets the steps and the optimizer's numbers of a parameter, as for a new optimizer. */
    public void reset(int tensor) {
        Slot<A> slot = slots.get(tensor);
        slot.steps = 0;
        slot.whole = null;
        slot.chunks.forEach(chunk -> chunk.state.clear());
    }

    /**
     * The optimizer's numbers of one parameter, little-endian, a block at a time.
     *
     * @param state place of the number's name in the optimizer's list
     * @param sink takes each block
     */
    public void writeState(int tensor, int state, Sink sink) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Chunk.BLOCK * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Chunk<A> chunk : slots.get(tensor).chunks) {
            for (int block = 0; block < chunk.state.size(); block++) {
                arithmetic.write(chunk.state.get(block)[state], chunk.blockLength(block), buffer.clear());
                sink.accept(buffer.flip());
            }
        }
    }

    /** Steps and the optimizer's numbers of every parameter, on their way from a file and not yet in use. */
    public interface Restored {
        /**
         * Makes room for the numbers of a parameter that had steps; one that is not named had none.
         *
         * @param steps at least 1
         */
        void steps(int tensor, long steps);

        /**
         * Takes the next numbers of a parameter, as {@link #writeState} gave them.
         *
         * @param state place of the number's name in the optimizer's list
         * @param piece little-endian, whole blocks of 4,096 numbers except at the end
         */
        void read(int tensor, int state, ByteBuffer piece);

        /** Replaces what is in use. Nothing can fail any more. */
        void use();
    }

    /**
     * Begins to take what {@link #writeState} and {@link #steps} gave.
     *
     * @param optimizers that parameters follow
     */
    public Restored restore(List<Optimizer> optimizers) {
        List<Integer> states = slots.stream()
                .map(slot -> optimizers.get(slot.optimizer).stateNames().size())
                .toList();
        return new RestoredState<>(arithmetic, slots, states);
    }

    /** Bytes of the optimizer's numbers, which are on the heap, and of what steps of whole parameters need besides. */
    public long stateBytes() {
        long whole = slots.stream()
                .map(slot -> slot.whole)
                .filter(Objects::nonNull)
                .mapToLong(WholeParameter::bytes)
                .sum();
        return whole
                + chunks.stream()
                        .mapToLong(chunk -> chunk.stateBytes(arithmetic))
                        .sum();
    }

    /** Scratch memory of one thread. */
    private static final class Scratch<A> {
        /**
         * Bytes by which arrays are longer than a block, 16 less than 1 KiB for what precedes an array's numbers.
         * Arrays that are made one after the other then lie 1 KiB apart modulo 4 KiB, and all begin at the same place
         * of a cache line. Without that, a processor that compares the last 12 bits of addresses mistakes a number that
         * was just written to one array for that which it is about to read from the next, and waits.
         */
        private static final int PADDING = 1_024 - 16;

        final A w;
        final A g;
        final A[] sums;

        Scratch(Arithmetic<A> arithmetic, int penalties) {
            int length = Chunk.BLOCK + PADDING / arithmetic.bytes();
            this.w = arithmetic.block(length);
            this.g = arithmetic.block(length);
            this.sums = arithmetic.blocks(penalties, length);
        }

        void clearSums(Arithmetic<A> arithmetic, int penalties, int n) {
            for (int term = 0; term < penalties; term++) {
                arithmetic.clear(sums[term], n);
            }
        }
    }
}
