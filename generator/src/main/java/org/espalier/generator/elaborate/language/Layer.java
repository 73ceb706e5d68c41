package org.espalier.generator.elaborate.language;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;

/**
 * A layer: a value of the language that takes tensors and makes tensors. Told apart by identity: the same layer applied
 * twice has its parameters once. It gets its name from the first binding (or parameter) that it becomes the value of.
 */
public abstract sealed class Layer {
    private final Site site;
    private final int depth;
    private Optional<Name> name = Optional.empty();

    /**
     * The call of a block that made a layer.
     *
     * @param block what was called
     * @param sizes the whole numbers that names stood for in its body, in the order in which they were bound
     */
    public record Call(Declaration block, Map<String, Long> sizes) {
        private String word() {
            return block.name().text();
        }
    }

    /** A name, the scope it is a name in, and the statement that gave it. */
    public record Name(String text, Scope scope, SourceSpan span) {}

    /** One method for each kind, all abstract. */
    public interface Visitor<R> {
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

    public abstract int inputCount();

    public abstract int outputCount();

    /** Returns the word that it was written as: {@code Conv2d}, {@code skip}, {@code UnetBlock}. */
    public abstract String word();

    /** Returns the name that it has by default: {@code conv}, {@code skip}, {@code unetblock}. */
    public String kind() {
        return word().toLowerCase(Locale.ROOT);
    }

    public abstract <R> R accept(Visitor<R> visitor);

    /** Returns the rule of the one layer of the language that it is, if it is one. */
    public Optional<LayerRule> single() {
        return Optional.empty();
    }

    /** Returns the place where it was made. */
    public Site site() {
        return site;
    }

    /** Returns the depth to which layers nest in it, itself included. */
    public int depth() {
        return depth;
    }

    public Optional<Name> name() {
        return name;
    }

    /** Gives it a name, unless it has one. */
    public void named(String text, Scope scope, SourceSpan statement) {
        if (name.isEmpty()) {
            name = Optional.of(new Name(text, scope, statement));
        }
    }

    /** The statement that named it, or else the expression that made it. */
    public SourceSpan span() {
        return name().map(Name::span).orElse(site.span());
    }

    /** One of the language's own layers. */
    public static final class Primitive extends Layer {
        private final String word;
        private final LayerRule rule;
        private final Optional<ActivityPenalty> activity;
        private final Optional<String> resolved;

        /** A layer that no call of the specification makes. */
        public Primitive(Site site, String word, LayerRule rule, Optional<ActivityPenalty> activity) {
            this(site, word, rule, activity, Optional.empty());
        }

        /**
         * A layer of the language.
         *
         * @param resolved its call with values in place of names, if it was not written like that
         */
        public Primitive(
                Site site, String word, LayerRule rule, Optional<ActivityPenalty> activity, Optional<String> resolved) {
            super(site, List.of());
            this.resolved = resolved;
            this.word = word;
            this.rule = rule;
            this.activity = activity;
        }

        /** Its call with values in place of names, if it was not written like that. */
        public Optional<String> resolved() {
            return resolved;
        }

        /** The regularizer of what it computes. */
        public Optional<ActivityPenalty> activity() {
            return activity;
        }

        /** The regularizers that it was given. */
        public List<Datum.Penalty> penalties() {
            return Stream.of(rule.weightPenalty(), rule.biasPenalty(), activity.map(ActivityPenalty::penalty))
                    .flatMap(Optional::stream)
                    .toList();
        }

        public LayerRule rule() {
            return rule;
        }

        @Override
        public Optional<LayerRule> single() {
            return Optional.of(rule);
        }

        @Override
        public int inputCount() {
            return rule.inputCount();
        }

        @Override
        public int outputCount() {
            return rule.outputCount();
        }

        @Override
        public String word() {
            return word;
        }

        @Override
        public String kind() {
            return rule.kind();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.primitive(this);
        }
    }

    /** Layers one after the other. */
    public static final class Chain extends Layer {
        private final List<Layer> parts;

        public Chain(Site site, List<Layer> parts) {
            super(site, parts);
            this.parts = List.copyOf(parts);
        }

        public List<Layer> parts() {
            return parts;
        }

        @Override
        public int inputCount() {
            return parts.isEmpty() ? 1 : parts.get(0).inputCount();
        }

        @Override
        public int outputCount() {
            return parts.isEmpty() ? 1 : parts.get(parts.size() - 1).outputCount();
        }

        @Override
        public String word() {
            return "sequential";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.chain(this);
        }
    }

    /** Operation that makes one tensor of several. */
    public enum Joining {
        /** One after the other along the channels. */
        CONCAT("concat"),
        /** Their sum. */
        ADD("add");

        private final String word;

        Joining(String word) {
            this.word = word;
        }

        /** Returns the word that is written for it. */
        public String word() {
            return word;
        }
    }

    /** Layers side by side over one input, joined; a part that is the input itself is an empty chain. */
    public static final class Merge extends Layer {
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
        public Merge(Site site, String word, List<Layer> parts, Joining joining, boolean inputFirst) {
            super(site, parts);
            this.word = word;
            this.parts = List.copyOf(parts);
            this.joining = joining;
            this.inputFirst = inputFirst;
        }

        public List<Layer> parts() {
            return parts;
        }

        public Joining joining() {
            return joining;
        }

        public boolean inputFirst() {
            return inputFirst;
        }

        @Override
        public int inputCount() {
            return 1;
        }

        @Override
        public int outputCount() {
            return 1;
        }

        @Override
        public String word() {
            return word;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.merge(this);
        }
    }

    /** Tensors joined: {@code a + b}, {@code concat(a, b)}. */
    public static final class Join extends Layer {
        private final Joining joining;
        private final int inputs;

        public Join(Site site, Joining joining, int inputs) {
            super(site, List.of());
            this.joining = joining;
            this.inputs = inputs;
        }

        public Joining joining() {
            return joining;
        }

        @Override
        public int inputCount() {
            return inputs;
        }

        @Override
        public int outputCount() {
            return 1;
        }

        @Override
        public String word() {
            return joining.word();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.join(this);
        }
    }

    /** Layer that a block returned: a scope for the names in it. */
    public static final class Applied extends Layer {
        private final Call call;
        private final Layer result;
        private final Optional<List<Layer>> list;

        /**
         * A block's result.
         *
         * @param list the elements, if the block returned a list, of which {@code result} is the chain
         */
        public Applied(Site site, Call call, Layer result, Optional<List<Layer>> list) {
            super(site, List.of(result));
            this.call = call;
            this.result = result;
            this.list = list.map(List::copyOf);
        }

        public Call call() {
            return call;
        }

        public Layer result() {
            return result;
        }

        @Override
        public Optional<LayerRule> single() {
            return result.single();
        }

        /** The elements as the block returned them, if it returned a list. */
        public Optional<List<Layer>> list() {
            return list;
        }

        /** The elements, if the block returned a list; each is at home in the block wherever it is applied. */
        Optional<List<Layer>> elements() {
            return list.map(elements -> elements.stream()
                    .<Layer>map(element -> new Element(this, element))
                    .toList());
        }

        @Override
        public int inputCount() {
            return result.inputCount();
        }

        @Override
        public int outputCount() {
            return result.outputCount();
        }

        @Override
        public String word() {
            return call.word();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.applied(this);
        }
    }

    /** An element of a list that a block returned: the layer itself, named within the block. */
    public static final class Element extends Layer {
        private final Applied owner;
        private final Layer layer;

        /** An element of what {@code owner} is. */
        public Element(Applied owner, Layer layer) {
            super(layer.site(), List.of(layer));
            this.owner = owner;
            this.layer = layer;
        }

        public Applied owner() {
            return owner;
        }

        public Layer layer() {
            return layer;
        }

        @Override
        public Optional<LayerRule> single() {
            return layer.single();
        }

        @Override
        public Optional<Name> name() {
            return layer.name();
        }

        @Override
        public void named(String text, Scope scope, SourceSpan statement) {
            layer.named(text, scope, statement);
        }

        @Override
        public int inputCount() {
            return layer.inputCount();
        }

        @Override
        public int outputCount() {
            return layer.outputCount();
        }

        @Override
        public String word() {
            return layer.word();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.element(this);
        }
    }

    /** A block that has inputs with defaults: what it takes, and what it does with those that are given. */
    public interface Forward {
        /** Its inputs. */
        Signature signature();

        /** Evaluates it with some of them; empty after a mistake, which is reported. */
        Optional<Trace> trace(Traced layer, Map<String, Datum> given);
    }

    /** Layer made by a block with inputs and outputs. */
    public static final class Traced extends Layer {
        private final Call call;
        private final Optional<Forward> forward;
        private Optional<Set<String>> chosen = Optional.empty();
        private final Trace plain;
        private Trace trace;

        /**
         * A block's layer.
         *
         * @param trace what it does where no input with a default is given
         */
        public Traced(Site site, Call call, Trace trace, Optional<Forward> forward) {
            super(
                    site,
                    trace.appliedLayers().stream()
                            .map(Trace.AppliedLayer::layer)
                            .toList());
            this.call = call;
            this.plain = trace;
            this.trace = trace;
            this.forward = forward;
        }

        /** Returns the trace of the block where no input with a default is given. */
        public Trace plain() {
            return plain;
        }

        public Optional<Forward> forward() {
            return forward;
        }

        /**
         * Gives some of the inputs that have defaults, before it is applied. Its layers are those of the first time, so
         * it is given the same ones each time.
         *
         * @return the names of those that it was given before, if they are others
         */
        public Optional<Set<String>> give(Map<String, Datum> given) {
            if (chosen.isEmpty()) {
                chosen = Optional.of(Set.copyOf(given.keySet()));
                if (!given.isEmpty()) {
                    trace = forward.flatMap(block -> block.trace(this, given)).orElse(trace);
                }
            }
            return chosen.filter(names -> !names.equals(given.keySet()));
        }

        public Call call() {
            return call;
        }

        public Trace trace() {
            return trace;
        }

        @Override
        public int inputCount() {
            return trace.inputs().size();
        }

        @Override
        public int outputCount() {
            return trace.outputs().size();
        }

        @Override
        public String word() {
            return call.word();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.traced(this);
        }
    }
}
