package org.espalier.generator.analysis;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.generator.source.SourceSpan;

/**
 * A layer: a value of the language that takes tensors and makes tensors. Told apart by identity: the same layer applied
 * twice has its parameters once. It gets its name from the first binding (or parameter) that it becomes the value of.
 */
abstract sealed class Layer {
    private final Site site;
    private final int depth;
    private Optional<Name> name = Optional.empty();

    /** A name, the scope it is a name in, and the statement that gave it. */
    record Name(String text, Scope scope, SourceSpan span) {}

    /** One method for each kind, all abstract. */
    interface Visitor<R> {
        R primitive(Primitive layer);

        R chain(Chain layer);

        R merge(Merge layer);

        R join(Join layer);

        R applied(Applied layer);

        R element(Element layer);

        R traced(Traced layer);
    }

    private Layer(Site site, List<Layer> parts) {
        this.site = site;
        this.depth = 1 + parts.stream().mapToInt(Layer::depth).max().orElse(0);
    }

    abstract int inputCount();

    abstract int outputCount();

    /** What it was written as: {@code Conv2d}, {@code skip}, {@code UnetBlock}. */
    abstract String word();

    /** What it is called without a name: {@code conv}, {@code skip}, {@code unetblock}. */
    String kind() {
        return word().toLowerCase(Locale.ROOT);
    }

    abstract <R> R accept(Visitor<R> visitor);

    /** Where it was made. */
    Site site() {
        return site;
    }

    /** How deep layers nest in it. */
    int depth() {
        return depth;
    }

    Optional<Name> name() {
        return name;
    }

    /** Gives it a name, unless it has one. */
    void named(String text, Scope scope, SourceSpan statement) {
        if (name.isEmpty()) {
            name = Optional.of(new Name(text, scope, statement));
        }
    }

    /** The statement that named it, or else the expression that made it. */
    SourceSpan span() {
        return name().map(Name::span).orElse(site.span());
    }

    /** One of the language's own layers. */
    static final class Primitive extends Layer {
        private final String word;
        private final LayerRule rule;
        private final Optional<ActivityPenalty> activity;

        Primitive(Site site, String word, LayerRule rule, Optional<ActivityPenalty> activity) {
            super(site, List.of());
            this.word = word;
            this.rule = rule;
            this.activity = activity;
        }

        /** The regularizer of what it computes. */
        Optional<ActivityPenalty> activity() {
            return activity;
        }

        /** The regularizers that it was given. */
        List<Datum.Penalty> penalties() {
            return Stream.of(rule.weightPenalty(), rule.biasPenalty(), activity.map(ActivityPenalty::penalty))
                    .flatMap(Optional::stream)
                    .toList();
        }

        LayerRule rule() {
            return rule;
        }

        @Override
        int inputCount() {
            return 1;
        }

        @Override
        int outputCount() {
            return 1;
        }

        @Override
        String word() {
            return word;
        }

        @Override
        String kind() {
            return rule.kind();
        }

        @Override
        <R> R accept(Visitor<R> visitor) {
            return visitor.primitive(this);
        }
    }

    /** Layers one after the other. */
    static final class Chain extends Layer {
        private final List<Layer> parts;

        Chain(Site site, List<Layer> parts) {
            super(site, parts);
            this.parts = List.copyOf(parts);
        }

        List<Layer> parts() {
            return parts;
        }

        @Override
        int inputCount() {
            return parts.isEmpty() ? 1 : parts.get(0).inputCount();
        }

        @Override
        int outputCount() {
            return parts.isEmpty() ? 1 : parts.get(parts.size() - 1).outputCount();
        }

        @Override
        String word() {
            return "sequential";
        }

        @Override
        <R> R accept(Visitor<R> visitor) {
            return visitor.chain(this);
        }
    }

    /** How tensors become one. */
    enum Joining {
        /** One after the other along the channels. */
        CONCAT,
        /** Their sum. */
        ADD
    }

    /** Layers side by side over one input, joined; a part that is the input itself is an empty chain. */
    static final class Merge extends Layer {
        private final String word;
        private final List<Layer> parts;
        private final Joining joining;
        private final boolean inputFirst;

        /**
         * Layers side by side.
         *
         * @param inputFirst whether the input itself is joined too, before what the parts make of it; it is read after
         *     they ran
         */
        Merge(Site site, String word, List<Layer> parts, Joining joining, boolean inputFirst) {
            super(site, parts);
            this.word = word;
            this.parts = List.copyOf(parts);
            this.joining = joining;
            this.inputFirst = inputFirst;
        }

        List<Layer> parts() {
            return parts;
        }

        Joining joining() {
            return joining;
        }

        boolean inputFirst() {
            return inputFirst;
        }

        @Override
        int inputCount() {
            return 1;
        }

        @Override
        int outputCount() {
            return 1;
        }

        @Override
        String word() {
            return word;
        }

        @Override
        <R> R accept(Visitor<R> visitor) {
            return visitor.merge(this);
        }
    }

    /** Tensors joined: {@code a + b}, {@code concat(a, b)}. */
    static final class Join extends Layer {
        private final Joining joining;
        private final int inputs;

        Join(Site site, Joining joining, int inputs) {
            super(site, List.of());
            this.joining = joining;
            this.inputs = inputs;
        }

        Joining joining() {
            return joining;
        }

        @Override
        int inputCount() {
            return inputs;
        }

        @Override
        int outputCount() {
            return 1;
        }

        @Override
        String word() {
            return joining == Joining.CONCAT ? "concat" : "add";
        }

        @Override
        <R> R accept(Visitor<R> visitor) {
            return visitor.join(this);
        }
    }

    /** What a block that returns a layer made: a scope for the names in it. */
    static final class Applied extends Layer {
        private final String block;
        private final Layer result;
        private final Optional<List<Layer>> list;

        /**
         * A block's result.
         *
         * @param list the elements, if the block returned a list, of which {@code result} is the chain
         */
        Applied(Site site, String block, Layer result, Optional<List<Layer>> list) {
            super(site, List.of(result));
            this.block = block;
            this.result = result;
            this.list = list.map(List::copyOf);
        }

        Layer result() {
            return result;
        }

        /** The elements, if the block returned a list; each is at home in the block wherever it is applied. */
        Optional<List<Layer>> elements() {
            return list.map(elements -> elements.stream()
                    .<Layer>map(element -> new Element(this, element))
                    .toList());
        }

        @Override
        int inputCount() {
            return result.inputCount();
        }

        @Override
        int outputCount() {
            return result.outputCount();
        }

        @Override
        String word() {
            return block;
        }

        @Override
        <R> R accept(Visitor<R> visitor) {
            return visitor.applied(this);
        }
    }

    /** An element of a list that a block returned: the layer itself, named within the block. */
    static final class Element extends Layer {
        private final Applied owner;
        private final Layer layer;

        private Element(Applied owner, Layer layer) {
            super(layer.site(), List.of(layer));
            this.owner = owner;
            this.layer = layer;
        }

        Applied owner() {
            return owner;
        }

        Layer layer() {
            return layer;
        }

        @Override
        Optional<Name> name() {
            return layer.name();
        }

        @Override
        void named(String text, Scope scope, SourceSpan statement) {
            layer.named(text, scope, statement);
        }

        @Override
        int inputCount() {
            return layer.inputCount();
        }

        @Override
        int outputCount() {
            return layer.outputCount();
        }

        @Override
        String word() {
            return layer.word();
        }

        @Override
        <R> R accept(Visitor<R> visitor) {
            return visitor.element(this);
        }
    }

    /** What a block with inputs and outputs made. */
    static final class Traced extends Layer {
        private final String block;
        private final Trace trace;

        Traced(Site site, String block, Trace trace) {
            super(site, trace.steps().stream().map(Trace.Step::layer).toList());
            this.block = block;
            this.trace = trace;
        }

        Trace trace() {
            return trace;
        }

        @Override
        int inputCount() {
            return trace.inputs().size();
        }

        @Override
        int outputCount() {
            return trace.outputs().size();
        }

        @Override
        String word() {
            return block;
        }

        @Override
        <R> R accept(Visitor<R> visitor) {
            return visitor.traced(this);
        }
    }
}
