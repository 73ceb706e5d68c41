package org.espalier.generator.elaborate.lowering;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.LayerValues;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Symbol;
import org.espalier.generator.elaborate.language.Tensors;
import org.espalier.generator.elaborate.language.Trace;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.elementwise.Add;
import org.espalier.generator.layer.elementwise.Broadcasting;
import org.espalier.generator.layer.embedding.ToFloat;
import org.espalier.generator.layer.shape.Concat;
import org.espalier.generator.source.SourceSpan;

/** Lays a network's layers out over shapes: operations in order, each value written before it is read. */
public final class Lowering {
    private final Session session;
    private final Frame network;
    private final Tensors tensors;
    private final Paths paths = new Paths();
    private final Trail trail = new Trail();
    private final Versions versions = new Versions();
    private final List<ForwardOp> operations = new ArrayList<>();
    private final Map<Layer, String> applied = new HashMap<>();
    private final Map<String, String> calls = new LinkedHashMap<>();
    private final Map<String, Layer.Call> blocks = new LinkedHashMap<>();
    private final Map<SourceSpan, Set<Value>> results = new LinkedHashMap<>();
    private final Activities activities = new Activities();
    private final Set<Layer> joined = new HashSet<>();
    private final Optional<SizeAdvice> advice;
    private final OptionalInt only;
    private boolean full;

    private Lowering(Session session, Frame network, Tensors tensors, Optional<SizeAdvice> advice, OptionalInt only) {
        this.session = session;
        this.network = network;
        this.tensors = tensors;
        this.advice = advice;
        this.only = only;
    }

    public Lowering(Session session, Frame network, Tensors tensors, SizeAdvice advice) {
        this(session, network, tensors, Optional.of(advice), OptionalInt.empty());
    }

    /**
     * A layout that only looks whether shapes fit.
     *
     * @param only the one axis along which tensors must fit where they are joined, if not along all; another is then
     *     what the first of them has
     */
    static Lowering trial(Session session, Frame network, Tensors tensors, OptionalInt only) {
        return new Lowering(session, network, tensors, Optional.empty(), only);
    }

    /** The layers that have joined tensors. */
    Set<Layer> joined() {
        return joined;
    }

    public List<ForwardOp> operations() {
        return operations;
    }

    /** The regularizers of activities at work. */
    public Activities activities() {
        return activities;
    }

    /** The paths of the language's own layers that ran. */
    public Map<Layer, String> applied() {
        return applied;
    }

    /** The calls of layers with values in place of names, by paths, where they were not written like that. */
    public Map<String, String> calls() {
        return calls;
    }

    /** The blocks that ran, by what the paths of their layers begin with; of several on one path the innermost. */
    public Map<String, Layer.Call> blocks() {
        return blocks;
    }

    /**
     * The tensors that applications and the layers of calls have made, in the order in which they did: what a name that
     * is bound to such an expression stands for. A body that runs several times makes several of one expression.
     */
    public Map<SourceSpan, Set<Value>> results() {
        return results;
    }

    private void made(SourceSpan expression, List<Value> values) {
        results.computeIfAbsent(expression, key -> new LinkedHashSet<>()).addAll(values);
    }

    /**
     * Runs a body.
     *
     * @param wanted names for its outputs
     * @return the values of its tensors, as far as there was no mistake
     */
    public Map<Symbol, Value> run(Trace trace, List<Value> inputs, String container, List<Optional<String>> wanted) {
        Map<Symbol, Value> values = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            values.put(trace.inputs().get(i).symbol(), inputs.get(i));
        }
        Map<Symbol, String> names = new HashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            Symbol output = trace.outputs().get(i).symbol();
            wanted.get(i).ifPresent(name -> names.putIfAbsent(output, name));
        }
        for (Trace.AppliedLayer applied : trace.appliedLayers()) {
            if (values.keySet().containsAll(applied.inputs())) {
                List<Value> arguments =
                        applied.inputs().stream().map(values::get).toList();
                apply(applied.layer(), applied.as(), arguments, container, results(applied, names))
                        .ifPresent(made -> {
                            made(applied.span(), made);
                            for (int i = 0; i < made.size(); i++) {
                                values.put(applied.outputs().get(i), made.get(i));
                            }
                        });
            }
        }
        return values;
    }

    /** The value that a tensor has now: what it was written as, or what a layer in place has made of it. */
    public Optional<Value> read(Value value, SourceSpan span, Frame frame) {
        Versions.Version version = versions.of(value);
        version.overwritten()
                .ifPresent(by -> session.report(
                        DiagnosticCode.OVERWRITTEN
                                .at(span, "'" + value.name() + "'", "'" + by + "'")
                                .withHelp("leave out inplace=true there"),
                        frame));
        return version.overwritten().isPresent() ? Optional.empty() : Optional.of(version.value());
    }

    private static List<Result> results(Trace.AppliedLayer applied, Map<Symbol, String> names) {
        return applied.outputs().stream()
                .map(symbol -> new Result(Optional.ofNullable(names.get(symbol)), symbol.used()))
                .toList();
    }

    private Optional<List<Value>> apply(
            Layer layer, Optional<LayerRule> as, List<Value> inputs, String container, List<Result> wanted) {
        if (!full && !session.budget().takeApplication()) {
            endAt(DiagnosticCode.TOO_MANY_LAYERS, Limits.APPLICATIONS);
        }
        if (!full && container.length() > Limits.PATH_LENGTH) {
            full = true;
            report(
                    layer,
                    DiagnosticCode.NAME_TOO_LONG
                            .at(layer.site().span(), "the path of this layer", container.length(), Limits.PATH_LENGTH)
                            .withHelp("it is made of the names of the layers that hold it: shorten those"));
        }
        if (full) {
            return Optional.empty();
        }
        Optional<List<Value>> made = layer.accept(new Applying(as, inputs, container, wanted));
        made.ifPresent(values -> made(layer.site().span(), values));
        return made;
    }

    private void endAt(DiagnosticCode code, int limit) {
        full = true;
        session.report(
                code.at(network.declaration().span(), network.declaration().name(), limit), network);
    }

    private void report(Layer layer, Diagnostic diagnostic) {
        session.report(diagnostic, layer.site().frame());
    }

    private void add(ForwardOp op) {
        operations.add(op);
        trail.made(op);
        if (!full && !session.budget().takeOperation()) {
            endAt(DiagnosticCode.TOO_MANY_LAYERS, Limits.LAYERS);
        } else if (!full && !session.budget().takeLetters(op.origin().layer())) {
            endAt(DiagnosticCode.PATHS_TOO_LONG, Limits.PATH_LETTERS);
        }
    }

    /**
     * A result that an application has.
     *
     * @param name that it should have, if somebody said so
     * @param used whether something reads it
     */
    private record Result(Optional<String> name, boolean used) {
        private static List<Result> unnamed(int count) {
            return Collections.nCopies(count, new Result(Optional.empty(), true));
        }
    }

    /** One application of a layer to values. */
    private final class Applying implements Layer.Visitor<Optional<List<Value>>> {
        private final Optional<LayerRule> as;
        private final List<Value> inputs;
        private final String container;
        private final List<Result> wanted;

        private Applying(Optional<LayerRule> as, List<Value> inputs, String container, List<Result> wanted) {
            this.as = as;
            this.inputs = inputs;
            this.container = container;
            this.wanted = wanted;
        }

        @Override
        public Optional<List<Value>> primitive(Layer.Primitive layer) {
            LayerRule rule = as.orElse(layer.rule());
            List<Value> given = inputs.stream()
                    .flatMap(input ->
                            read(input, layer.site().span(), layer.site().frame()).stream())
                    .toList();
            if (given.size() < inputs.size()) {
                return Optional.empty();
            }
            IntFunction<ElementType> elements = place -> rule.takesEither(place) || rule.convertsWhole()
                    ? given.get(place).element()
                    : rule.takes(place);
            if (!takes(layer, layer.word(), elements, given)) {
                return Optional.empty();
            }
            if (rule.isIdentity()) {
                applied.put(layer, paths.of(layer, container));
                activities.apply(layer, given.get(0));
                return Optional.of(given);
            }
            if (rule.inputCount() == 0) {
                String path = paths.of(layer, container);
                applied.put(layer, path);
                Origin origin = new Origin(path, layer.word(), layer.span());
                Optional<Value> source = rule.source(wiring(layer, path, origin));
                if (source.isEmpty()) {
                    report(
                            layer,
                            DiagnosticCode.PARAMETER_TOO_EARLY
                                    .at(layer.site().span(), layer.word())
                                    .withHelp("a layer has its parameters once it is applied: apply it before"));
                }
                return source.map(List::of);
            }
            List<Shape> shapes = given.stream().map(Value::shape).toList();
            Optional<Shape> parameter =
                    shapes.stream().filter(shape -> !shape.batched()).findFirst();
            Fit fit = parameter.isPresent() && !rule.takesParameters()
                    ? Fit.mismatch(layer.word(), "a tensor with a batch", parameter.get())
                            .withHelp("expand(…, batch, …) repeats a parameter for each sample")
                    : Fit.ofFewAxes(layer.word(), rule.fit(shapes));
            if (fit instanceof Fit.Misfit misfit) {
                report(layer, misfit.at(layer.site().span()).withNotes(trail.notes(given.get(given.size() - 1))));
                return Optional.empty();
            }
            String path = paths.of(layer, container);
            applied.put(layer, path);
            Origin origin = new Origin(paths.application(path), layer.word(), layer.span());
            layer.resolved().ifPresent(call -> calls.put(origin.layer(), call));
            List<Value> results = results(origin.layer(), rule, ((Fit.Fitting) fit).shapes(), layer.span());
            int before = operations.size();
            List<Value> operands = rule.convertsWhole() ? floats(given, origin) : given;
            rule.lower(wiring(layer, path, origin), operands, results);
            Optional<Value> large = tooLarge(operations.subList(before, operations.size()));
            if (large.isPresent()) {
                Value value = large.get();
                report(
                        layer,
                        DiagnosticCode.TENSOR_TOO_LARGE.at(
                                layer.site().span(), "'" + value.name() + "'", value.shape(), Limits.TENSOR_ELEMENTS));
                return Optional.empty();
            }
            activities.apply(layer, results.get(0));
            if (rule.isView()) {
                versions.view(operands.get(0), results.get(0));
            }
            if (rule.inPlace()) {
                versions.overwrite(operands.get(0), results.get(0), path);
            }
            return Optional.of(results);
        }

        /** The same numbers, the whole ones among them as floating-point ones. */
        private List<Value> floats(List<Value> given, Origin origin) {
            Map<Value, Value> made = new HashMap<>();
            List<Value> floats = new ArrayList<>();
            for (Value value : given) {
                if (value.element() == ElementType.INT && !made.containsKey(value)) {
                    Value number =
                            tensors.value(value.name() + ".float", value.shape(), Value.Kind.ACTIVATION, value.span());
                    made.put(value, number);
                    add(new ToFloat(origin, value, number));
                }
                floats.add(made.getOrDefault(value, value));
            }
            return floats;
        }

        private Wiring wiring(Layer.Primitive layer, String path, Origin origin) {
            return new Wiring(
                    tensors,
                    layer,
                    path,
                    origin,
                    Lowering.this::add,
                    place -> wanted.get(place).used());
        }

        /** A tensor between the operations of a layer that has more elements than there may be. */
        private static Optional<Value> tooLarge(List<ForwardOp> made) {
            return made.stream()
                    .flatMap(op -> op.outputs().stream())
                    .filter(value -> Limits.elements(value.shape().dimensions().stream()
                                    .mapToLong(Integer::longValue)
                                    .toArray())
                            > Limits.TENSOR_ELEMENTS)
                    .findFirst();
        }

        /** Tells whether tensors have elements of the type that a layer takes, and reports one that has not. */
        private boolean takes(Layer layer, String word, IntFunction<ElementType> elements, List<Value> given) {
            for (int i = 0; i < given.size(); i++) {
                Value value = given.get(i);
                ElementType element = elements.apply(i);
                if (value.element() != element) {
                    Diagnostic diagnostic =
                            mismatch(word, element, value, layer.site().span());
                    report(layer, diagnostic.withNotes(trail.notes(value)));
                    return false;
                }
            }
            return true;
        }

        private static Diagnostic mismatch(String word, ElementType element, Value given, SourceSpan span) {
            String wanted = element == ElementType.INT ? "whole numbers" : "floating-point numbers";
            Diagnostic diagnostic = DiagnosticCode.ELEMENT_TYPE.at(span, word, wanted, given.type());
            if (element == ElementType.FLOAT) {
                return diagnostic.withHelp("Embedding(num_embeddings, embedding_dim) makes vectors of whole numbers");
            }
            return given.kind() == Value.Kind.INPUT
                    ? diagnostic.withHelp("declare it as input " + given.name() + ": int" + given.shape())
                    : diagnostic.withHelp(
                            "whole numbers are inputs and buffers as they are declared, and no parts of them: "
                                    + "declare another, such as token: int[batch, 64]");
        }

        /** The first result is called as the layer is, the others after it. */
        private List<Value> results(String name, LayerRule rule, List<Shape> shapes, SourceSpan span) {
            List<Value> results = new ArrayList<>();
            for (int i = 0; i < shapes.size(); i++) {
                results.add(value(i, i == 0 ? name : name + "." + rule.resultName(i), shapes.get(i), span));
            }
            return results;
        }

        private Value value(String name, Shape shape, SourceSpan span) {
            return value(0, name, shape, span);
        }

        private Value value(int place, String name, Shape shape, SourceSpan span) {
            return wanted.get(place)
                    .name()
                    .map(given -> tensors.reserved(given, shape, Value.Kind.ACTIVATION, span))
                    .orElseGet(() -> tensors.value(name, shape, Value.Kind.ACTIVATION, span));
        }

        @Override
        public Optional<List<Value>> chain(Layer.Chain layer) {
            String inside = container;
            if (layer.name().isPresent()) {
                inside = paths.of(layer, container);
                place(layer, inside);
            }
            Optional<List<Value>> values = Optional.of(inputs);
            int last = lastThatComputes(layer.parts());
            for (int i = 0; i < layer.parts().size() && values.isPresent(); i++) {
                Layer part = layer.parts().get(i);
                if (!takes(part, values.get().size(), layer)) {
                    return Optional.empty();
                }
                List<Result> results = i == last ? wanted : Result.unnamed(part.outputCount());
                values = apply(part, Optional.empty(), values.get(), inside, results);
            }
            return values;
        }

        /** Calls the layers of a list that have no name by their places in it, behind the list's path. */
        private void place(Layer.Chain list, String path) {
            LayerValues.inPlaces(
                    list.parts().stream().map(Optional::of).toList(), (part, place) -> paths.place(part, path, place));
        }

        /** The part whose result is the chain's: what follows it hands that on. */
        private static int lastThatComputes(List<Layer> parts) {
            int last = parts.size() - 1;
            while (last > 0 && isIdentity(parts.get(last))) {
                last--;
            }
            return last;
        }

        private static boolean isIdentity(Layer layer) {
            return layer instanceof Layer.Element element
                    ? isIdentity(element.layer())
                    : layer instanceof Layer.Primitive primitive
                            && primitive.rule().isIdentity();
        }

        /** Tells whether a part of a composition takes as many tensors as it is given. */
        private boolean takes(Layer part, int given, Layer composition) {
            if (part.inputCount() == given) {
                return true;
            }
            report(
                    composition,
                    DiagnosticCode.LAYER_INPUTS.at(
                            composition.site().span(),
                            part.word(),
                            Words.count(part.inputCount(), "tensor"),
                            Words.count(given, "tensor")));
            return false;
        }

        @Override
        public Optional<List<Value>> merge(Layer.Merge layer) {
            String path = paths.of(layer, container);
            String inside = layer.name().isPresent() ? path : container;
            List<Value> parts = new ArrayList<>();
            if (layer.inputFirst()) {
                parts.add(inputs.get(0));
            }
            for (Layer part : layer.parts()) {
                if (!takes(part, inputs.size(), layer)) {
                    return Optional.empty();
                }
                Optional<List<Value>> made =
                        apply(part, Optional.empty(), inputs, inside, Result.unnamed(part.outputCount()));
                if (made.isEmpty()) {
                    return Optional.empty();
                }
                parts.addAll(made.get());
            }
            return join(layer, layer.joining(), parts, path);
        }

        /**
         * A sum is repeated along axes that a part has not, where a branch's result must fit as it is; it takes whole
         * numbers, as other arithmetic does.
         */
        @Override
        public Optional<List<Value>> join(Layer.Join layer) {
            boolean alike = inputs.stream().map(Value::shape).distinct().count() == 1
                    && inputs.get(0).shape().batched();
            boolean whole = inputs.stream().anyMatch(value -> value.element() == ElementType.INT);
            Broadcasting sum = Joinery.sum(inputs.size());
            boolean repeated = layer.joining() == Layer.Joining.ADD
                    && (whole || !alike)
                    && sum.fit(inputs.stream().map(Value::shape).toList()) instanceof Fit.Fitting;
            return repeated
                    ? primitive(repeating(layer, sum))
                    : join(layer, layer.joining(), inputs, paths.of(layer, container));
        }

        /** A join as a function of its tensors, under its name. */
        private Layer.Primitive repeating(Layer.Join layer, Broadcasting sum) {
            Layer.Primitive function = new Layer.Primitive(layer.site(), layer.word(), sum, Optional.empty());
            layer.name().ifPresent(name -> function.named(name.text(), name.scope(), name.span()));
            paths.share(function, paths.of(layer, container));
            return function;
        }

        /** Joins the values as they are now, after everything that has worked on them in place. */
        private Optional<List<Value>> join(Layer layer, Layer.Joining joining, List<Value> values, String path) {
            List<Value> parts = values.stream()
                    .flatMap(value ->
                            read(value, layer.site().span(), layer.site().frame()).stream())
                    .toList();
            if (parts.size() < values.size()) {
                return Optional.empty();
            }
            if (parts.size() == 1) {
                return Optional.of(parts);
            }
            if (!takes(layer, layer.word(), place -> ElementType.FLOAT, parts)) {
                return Optional.empty();
            }
            Origin origin = new Origin(paths.application(path), joining.word(), layer.span());
            Optional<Fit.Misfit> misfit = Joinery.misfit(joining, parts, only);
            if (misfit.isPresent()) {
                Value last = parts.get(parts.size() - 1);
                Diagnostic diagnostic = misfit.get().at(layer.site().span()).withNotes(trail.notes(last));
                Optional<String> help = advice.flatMap(sizes -> sizes.help(layer, parts, trail));
                report(layer, help.map(diagnostic::withHelp).orElse(diagnostic));
                return Optional.empty();
            }
            joined.add(layer);
            if (joining == Layer.Joining.CONCAT) {
                List<Value> few = inGroups(origin.layer(), parts, layer.span());
                Value y = value(origin.layer(), Joinery.concatenated(few), layer.span());
                add(new Concat(origin, few, y));
                return Optional.of(List.of(y));
            }
            Value sum = parts.get(0);
            for (int i = 1; i < parts.size() && !full; i++) {
                Value next = i + 1 == parts.size()
                        ? value(origin.layer(), sum.shape(), layer.span())
                        : tensors.value(origin.layer() + ".partial", sum.shape(), Value.Kind.ACTIVATION, layer.span());
                add(new Add(origin, sum, parts.get(i), next));
                sum = next;
            }
            return Optional.of(List.of(sum));
        }

        /**
         * Few enough parts for one operation: where there are more, concatenations of them. A concatenation within a
         * concatenation is a slice of it, so that nothing moves twice.
         */
        private List<Value> inGroups(String name, List<Value> parts, SourceSpan span) {
            if (parts.size() <= Joinery.PARTS) {
                return parts;
            }
            List<Value> partials = new ArrayList<>();
            for (List<Value> group : Joinery.groups(parts)) {
                Shape shape = Joinery.concatenated(group);
                Value partial = tensors.value(name + ".partial", shape, Value.Kind.ACTIVATION, span);
                add(new Concat(new Origin(partial.name(), Layer.Joining.CONCAT.word(), span), group, partial));
                partials.add(partial);
            }
            return inGroups(name, partials, span);
        }

        @Override
        public Optional<List<Value>> applied(Layer.Applied layer) {
            return apply(layer.result(), as, inputs, inside(layer), wanted);
        }

        @Override
        public Optional<List<Value>> element(Layer.Element layer) {
            return apply(layer.layer(), as, inputs, inside(layer.owner()), wanted);
        }

        /** The path that is in front of the names in a block. */
        private String inside(Layer.Applied layer) {
            String path = paths.of(layer, container);
            blocks.put(path, layer.call());
            Layer result = layer.result();
            boolean one = result instanceof Layer.Primitive
                    || result instanceof Layer.Applied
                    || result instanceof Layer.Traced;
            if (one && result.name().isEmpty()) {
                paths.share(result, path);
            } else if (result instanceof Layer.Chain list && list.name().isEmpty()) {
                place(list, path);
            }
            return path;
        }

        @Override
        public Optional<List<Value>> traced(Layer.Traced layer) {
            Trace trace = layer.trace();
            for (int i = 0; i < inputs.size(); i++) {
                Trace.Input input = trace.inputs().get(i);
                Value given = inputs.get(i);
                Optional<String> declared =
                        input.type().map(type -> type.element().of(type.shape()));
                if (declared.isPresent() && !declared.get().equals(given.type())) {
                    report(
                            layer,
                            DiagnosticCode.BLOCK_INPUT
                                    .at(layer.site().span(), input.name(), layer.word(), declared.get(), given.type())
                                    .withNotes(trail.notes(given)));
                    return Optional.empty();
                }
            }
            String path = paths.of(layer, container);
            blocks.put(path, layer.call());
            Map<Symbol, Value> values =
                    run(trace, inputs, path, wanted.stream().map(Result::name).toList());
            List<Value> outputs = trace.outputs().stream()
                    .flatMap(output -> Optional.ofNullable(values.get(output.symbol())).stream())
                    .toList();
            return outputs.size() == trace.outputs().size() ? Optional.of(outputs) : Optional.empty();
        }
    }
}
