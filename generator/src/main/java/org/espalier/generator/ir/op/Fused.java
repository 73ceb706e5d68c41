package org.espalier.generator.ir.op;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Operations done in one pass over memory, block by block: the steps of a normalization's kernel, or of one that does
 * nothing else. Each part reads the result of the one before it. At most one is a normalization, which comes first, or
 * the gradient of one; all others work element by element.
 *
 * @param parts in their order, two at least
 * @param outputs what is written, in the order of the parts; their other results only pass through the cache
 */
public record Fused(List<Op> parts, List<Value> outputs) implements Op {
    /** Copies the lists. */
    public Fused {
        parts = List.copyOf(parts);
        outputs = List.copyOf(outputs);
    }

    /** Some operations in one pass, of which nothing is written that is not among these values. */
    public static Fused of(List<Op> parts, Set<Value> written) {
        Set<Value> results = new HashSet<>(last(parts).outputs());
        return new Fused(
                parts,
                parts.stream()
                        .flatMap(part -> part.outputs().stream())
                        .filter(value -> results.contains(value) || written.contains(value))
                        .toList());
    }

    /** The operations themselves, those that are fused one by one. */
    public static List<Op> apart(List<Op> operations) {
        return operations.stream()
                .flatMap(op -> op instanceof Fused fused ? fused.parts.stream() : Stream.of(op))
                .toList();
    }

    /** The layer of the normalization, which takes the others' work over, or else of the first part. */
    @Override
    public Origin origin() {
        return parts.get(Math.max(0, core())).origin();
    }

    @Override
    public OpSignature signature() {
        List<Value> within =
                parts.stream().flatMap(part -> part.outputs().stream()).toList();
        List<Value> read = parts.stream()
                .flatMap(part -> part.inputs().stream())
                .filter(value -> !within.contains(value))
                .distinct()
                .toList();
        List<Value> sources = parts.get(0).epilogues() == Epilogues.AFTER ? List.of() : List.of(source());
        return new OpSignature("in_one_pass", read, sources, outputs, List.of(), List.of(), List.of());
    }

    /** The place of the operation whose kernel takes the others' work over; -1 if all work element by element. */
    private int core() {
        return IntStream.range(0, parts.size())
                .filter(i -> parts.get(i).epilogues() != Epilogues.NONE)
                .findFirst()
                .orElse(-1);
    }

    /** Returns the value that the first part works on. */
    private Value source() {
        return parts.get(0).signature().sources().get(0);
    }

    /** Returns the value that the last part computes. */
    @Override
    public Value result() {
        return last(parts).result();
    }

    /**
     * The kernel of the operation that takes the others' work over, or one that only copies, with that work.
     *
     * <pre>{@code
     * batchNorm(conv, …, relu, 1e-5, 0.1, training, store(norm), relu());
     * batchNormBackward(conv, …, dRelu, dConv, …, training, accumulate, reluBackward(relu), add(dNormFromSkip));
     * batchNormBackward(conv, …, dRelu, dConv, …, reluBackward(relu), afterwards(activityPenaltyMean(conv, sparse)));
     * inOnePass(dRelu, dConv, reluBackward(relu), add(dConvFromSkip));
     * }</pre>
     */
    @Override
    public KernelCall call() {
        int core = core();
        if (core < 0) {
            Argument[] arguments = {new Argument.Operand(source()), new Argument.Operand(result())};
            return KernelCall.of("in_one_pass", arguments).with(epilogues(0, parts.size(), source()));
        }
        Op op = parts.get(core);
        KernelCall call = op.call().replacing(op.result(), result());
        if (op.epilogues() == Epilogues.AFTER) {
            return call.with(epilogues(1, parts.size(), op.result()));
        }
        List<KernelCall> epilogues = epilogues(0, core, source());
        if (core + 1 < parts.size()) {
            epilogues.add(KernelCall.of("afterwards").with(epilogues(core + 1, parts.size(), op.result())));
        }
        return call.replacing(op.signature().sources().get(0), source()).with(epilogues);
    }

    /** The work of some parts; each stores what the one before it computed where that is read elsewhere. */
    private List<KernelCall> epilogues(int from, int to, Value source) {
        List<KernelCall> calls = new ArrayList<>();
        Value before = source;
        for (int i = from; i <= to && i < parts.size(); i++) {
            Op part = parts.get(i);
            if (i > 0 && outputs.contains(before)) {
                calls.add(KernelCall.of("store", new Argument.Operand(before)));
            }
            if (i < to && !(part.effect() instanceof Effect.Reshapes)) {
                calls.add(part.call().without(before).without(part.result()));
            }
            before = part.result();
        }
        return calls;
    }

    private static Op last(List<Op> parts) {
        return parts.get(parts.size() - 1);
    }

    /**
     * Steps may read what their kernel writes at last. What is stored on the way may overwrite nothing: a later step
     * may read it. A gradient of a normalization goes over memory twice, and what steps before it compute lies in
     * between where the result will: whatever it and the steps behind it read may not lie there.
     */
    @Override
    public Effect effect() {
        int core = core();
        List<Value> read = inputs();
        List<Op> afterwards = core > 0 ? parts.subList(core, parts.size()) : List.of();
        List<Value> candidates = parts.subList(0, parts.size() - afterwards.size()).stream()
                .flatMap(part ->
                        part.effect() instanceof Effect.MayOverwrite step ? step.candidates().stream() : Stream.of())
                .filter(read::contains)
                .toList();
        List<Value> readAfterwards = afterwards.stream()
                .flatMap(part -> part.inputs().stream())
                .filter(read::contains)
                .toList();
        return candidates.isEmpty() ? Effect.COMPUTES : new Effect.MayOverwrite(candidates, result(), readAfterwards);
    }

    /** Checks the parts' own rules, and that each goes on with what the one before it computes. */
    @Override
    public List<String> violations() {
        ShapeCheck check = new ShapeCheck().that(parts.size() > 1, () -> "one operation alone is not fused");
        for (int i = 0; i < parts.size(); i++) {
            Op part = parts.get(i);
            boolean core = i == core() && (i == 0 || part.epilogues() == Epilogues.AROUND);
            boolean goesOn =
                    i == 0 || part.inputs().contains(parts.get(i - 1).outputs().get(0));
            check.that(part.isElementwise() || core, () -> part.signature().name() + " cannot be fused there")
                    .that(goesOn, () -> part.signature().name() + " does not read what is computed before it")
                    .and(part.violations());
        }
        return check.violations();
    }

    @Override
    public long multiplyAdds() {
        return parts.stream().mapToLong(Op::multiplyAdds).sum();
    }
}
