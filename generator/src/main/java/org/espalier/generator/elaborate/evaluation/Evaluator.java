package org.espalier.generator.elaborate.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.LayerValues;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.PytorchWords;
import org.espalier.generator.elaborate.language.Scope;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Site;
import org.espalier.generator.elaborate.language.Symbol;
import org.espalier.generator.elaborate.language.Trace;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.elaborate.library.Builtins;
import org.espalier.generator.elaborate.library.Compositions;
import org.espalier.generator.elaborate.library.Operators;
import org.espalier.generator.elaborate.library.PytorchNames;
import org.espalier.generator.layer.api.LayerParameter;
import org.espalier.generator.layer.api.TensorFunction;
import org.espalier.generator.layer.elementwise.ElementwiseFunctions;
import org.espalier.generator.layer.shape.Permuting;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Expression.BinaryOperator;
import org.espalier.generator.syntax.Expression.UnaryOperator;
import org.espalier.generator.syntax.Identifier;

/** Evaluates the expressions of one body. A mistake is reported where it is, and its value is unknown. */
public final class Evaluator implements Expression.Visitor<Datum> {
    /** Functions that move elements, whose result for a mask is a mask. */
    private static final Set<String> MOVES = Set.of(
            "expand",
            "flatten",
            "narrow",
            "permute",
            "reshape",
            "roll",
            "select",
            "squeeze",
            "transpose",
            "unsqueeze",
            "view");

    private static final List<String> ORDINALS = List.of("first", "second", "third");

    /** Name of the size of the batch. */
    static final String BATCH = "batch";

    /** Name of what is larger than every number. */
    static final String INFINITY = "inf";

    private final Session session;
    private final BodyNames names;
    private final Frame frame;
    private final Scope scope;
    private final Optional<Trace> trace;

    /**
     * An evaluator.
     *
     * @param trace what the body does with tensors, if it does
     */
    public Evaluator(Session session, BodyNames names, Frame frame, Scope scope, Optional<Trace> trace) {
        this.session = session;
        this.names = names;
        this.frame = frame;
        this.scope = scope;
        this.trace = trace;
    }

    /** The same for a body that does something with tensors. */
    Evaluator tracing(Trace body) {
        return new Evaluator(session, names, frame, scope, Optional.of(body));
    }

    Session session() {
        return session;
    }

    BodyNames names() {
        return names;
    }

    Scope scope() {
        return scope;
    }

    Frame frame() {
        return frame;
    }

    Site site(SourceSpan span) {
        return new Site(scope, frame, span);
    }

    private CallSite callSite(SourceSpan span) {
        return new CallSite(session, scope, frame, trace, span);
    }

    Datum.Unknown report(Diagnostic diagnostic) {
        return session.report(diagnostic, frame);
    }

    /** The value of an expression. */
    Datum evaluate(Expression expression) {
        try {
            return session.enter(expression.span(), frame)
                    ? paidFor(expression.accept(this), expression.span())
                    : session.unknown();
        } finally {
            session.leave();
        }
    }

    /** A value, if its size is within the limits: what follows looks at each of its parts. */
    private Datum paidFor(Datum value, SourceSpan span) {
        if (value instanceof Datum.Text text && text.value().length() > Limits.TEXT_LENGTH) {
            return report(DiagnosticCode.TEXT_TOO_LONG.at(span, text.value().length(), Limits.TEXT_LENGTH));
        }
        return session.take(value.size(), span, frame) ? value : session.unknown();
    }

    /** The default of a parameter, as its type has it. */
    public Datum defaultOf(Declaration.Formal formal, String callee) {
        if (formal.defaultValue().isEmpty()) {
            return session.unknown();
        }
        Datum value = evaluate(formal.defaultValue().get());
        Type type = Type.named(formal.type().text()).orElse(Type.ANY);
        return convert(
                value,
                type,
                formal.type().optional(),
                formal.name().text(),
                callee,
                formal.defaultValue().get().span());
    }

    private Datum convert(Datum value, Type type, boolean optional, String name, String callee, SourceSpan span) {
        if (value instanceof Datum.Unknown || (optional && value instanceof Datum.None)) {
            return value;
        }
        Optional<Builtin> named = type == Type.BLOCK && value instanceof Datum.Text word
                ? Builtins.layerOfFunction(word.value())
                : Optional.empty();
        if (named.isPresent()) {
            return named.get();
        }
        return type.convert(value, site(span)).orElseGet(() -> {
            Diagnostic diagnostic =
                    DiagnosticCode.ARGUMENT_TYPE.at(span, name, callee, type.description(), value.describe());
            if (value instanceof Datum.Tensor) {
                return report(diagnostic.withHelp(
                        PytorchWords.ofTensorAsArgument(callee, PytorchNames.takesArguments(callee), span.text())));
            }
            boolean made = type == Type.LAYER || type == Type.LAYERS || type == Type.REGULARIZER;
            return report(
                    made && value instanceof Datum.Function function
                            ? diagnostic.withHelp(
                                    "call it: " + function.signature().callee() + "(…)")
                            : diagnostic);
        });
    }

    @Override
    public Datum integer(Expression.IntegerLiteral expression) {
        try {
            return new Datum.Int(Long.parseLong(expression.digits()));
        } catch (NumberFormatException e) {
            return report(DiagnosticCode.ARITHMETIC.at(
                    expression.span(), expression.span().quotation() + " is out of range"));
        }
    }

    @Override
    public Datum decimal(Expression.DecimalLiteral expression) {
        return Double.isFinite(expression.value()) && !isTooSmall(expression)
                ? new Datum.Real(expression.value())
                : report(DiagnosticCode.ARITHMETIC.at(
                        expression.span(), expression.span().quotation() + " is out of range"));
    }

    /** Tells whether it is written as something other than 0 and is 0 all the same. */
    private static boolean isTooSmall(Expression.DecimalLiteral expression) {
        return expression.value() == 0 && expression.span().text().matches("[^eE]*[1-9].*");
    }

    @Override
    public Datum string(Expression.StringLiteral expression) {
        return new Datum.Text(expression.value());
    }

    @Override
    public Datum bool(Expression.BooleanLiteral expression) {
        return new Datum.Bool(expression.value());
    }

    @Override
    public Datum none(Expression.NoneLiteral expression) {
        return new Datum.None();
    }

    @Override
    public Datum reference(Expression.Reference expression) {
        String name = expression.name();
        Optional<Datum> local = names.lookup(name);
        if (local.isPresent()) {
            return local.get();
        }
        Optional<Datum.Function> declared = names.module().function(name);
        if (declared.isPresent()) {
            return declared.get() instanceof RegularizerFunction regularizer
                            && regularizer.declaration().formals().isEmpty()
                    ? call(regularizer, List.of(), expression.span(), expression.span())
                    : declared.get();
        }
        if (name.equals(BATCH)) {
            return new Datum.BatchSize();
        }
        if (name.equals(INFINITY)) {
            return new Datum.Infinity(false);
        }
        return Builtins.named(name)
                .<Datum>map(builtin -> builtin)
                .or(() -> StandardLibrary.function(name))
                .orElseGet(session::unknown);
    }

    @Override
    public Datum list(Expression.ListLiteral expression) {
        return items(evaluateAll(expression.elements()), expression.span());
    }

    /** A list; lists in it are spread, so that lists never nest. */
    private Datum items(List<Datum> elements, SourceSpan span) {
        List<Datum> flat = new ArrayList<>();
        for (Datum element : elements) {
            if (element instanceof Datum.Unknown || element instanceof Datum.Tuple) {
                return element instanceof Datum.Unknown
                        ? element
                        : report(DiagnosticCode.OPERAND_TYPE.at(span, "[…]", element.describe()));
            }
            flat.addAll(element instanceof Datum.Items items ? items.elements() : List.of(element));
        }
        return flat.size() > Limits.LIST_LENGTH
                ? report(DiagnosticCode.LIST_TOO_LONG.at(span, Limits.LIST_LENGTH))
                : new Datum.Items(flat);
    }

    @Override
    public Datum tuple(Expression.TupleLiteral expression) {
        List<Datum> elements = evaluateAll(expression.elements());
        for (Datum element : elements) {
            if (element instanceof Datum.Unknown) {
                return element;
            }
            if (element instanceof Datum.Tuple) {
                return report(DiagnosticCode.OPERAND_TYPE.at(expression.span(), "(…, …)", element.describe()));
            }
        }
        return new Datum.Tuple(elements);
    }

    private List<Datum> evaluateAll(List<Expression> expressions) {
        return expressions.stream().map(this::evaluate).toList();
    }

    @Override
    public Datum member(Expression.Member expression) {
        Datum owner = evaluate(expression.owner());
        if (owner instanceof Datum.Unknown) {
            return owner;
        }
        Optional<LayerRule> transposed = owner instanceof Datum.Tensor
                ? Permuting.member(expression.name().text())
                : Optional.empty();
        if (transposed.isPresent()) {
            return TensorFunction.apply(callSite(expression.span()), "transpose", transposed.get(), List.of(owner));
        }
        if (!(owner instanceof Datum.LayerDatum one)
                || !(one.layer() instanceof Layer.Primitive layer)
                || trace.isEmpty()) {
            return report(DiagnosticCode.MEMBER.at(expression.owner().span(), owner.describe()));
        }
        LayerRule parameter = new LayerParameter(layer, expression.name().text());
        return TensorFunction.apply(
                callSite(expression.span()), Words.oneLine(expression.span()), parameter, List.of());
    }

    @Override
    public Datum subscript(Expression.Subscript expression) {
        Datum owner = evaluate(expression.owner());
        if (owner instanceof Datum.Unknown) {
            return owner;
        }
        if (owner instanceof Datum.Tuple || owner instanceof Datum.Items) {
            return element(Type.elements(owner), expression);
        }
        if (owner instanceof Datum.Sections sections) {
            return index(expression)
                    .map(place -> sections.element().apply(place))
                    .orElseGet(session::unknown);
        }
        if (owner instanceof Datum.Tensor several
                && !several.further().isEmpty()
                && expression.indices().size() == 1
                && expression.indices().get(0) instanceof Expression.Index.Element) {
            return element(several.parts(), expression);
        }
        if (owner instanceof Datum.Comparison mask) {
            Datum truth = ElementwiseFunctions.truth(callSite(expression.owner().span()), mask);
            Datum part = truth instanceof Datum.Tensor ? part(expression, truth) : truth;
            return part instanceof Datum.Tensor moved ? ElementwiseFunctions.isTrue(moved) : part;
        }
        if (!(owner instanceof Datum.Tensor)) {
            return report(DiagnosticCode.OPERAND_TYPE
                    .at(expression.span(), "[…]", owner.describe())
                    .withHelp("parts are taken of tensors: x[:, 0:3]"));
        }
        return part(expression, owner);
    }

    private Datum part(Expression.Subscript expression, Datum tensor) {
        SubscriptReader reader = new SubscriptReader(this);
        Optional<LayerRule> rule = reader.read(expression);
        List<Datum> tensors = new ArrayList<>(List.of(tensor));
        reader.picked().ifPresent(tensors::add);
        String word = reader.picked().isPresent() ? "index_select" : "slice";
        return rule.isPresent()
                ? TensorFunction.apply(callSite(expression.span()), word, rule.get(), tensors)
                : session.unknown();
    }

    /** The index of a part of a tensor, of which there are any number. */
    private Optional<Long> index(Expression.Subscript expression) {
        Expression.Index index = expression.indices().get(0);
        Datum place = expression.indices().size() == 1 && index instanceof Expression.Index.Element element
                ? evaluate(element.value())
                : new Datum.None();
        if (place instanceof Datum.Int whole) {
            return Optional.of(whole.value());
        }
        if (!(place instanceof Datum.Unknown)) {
            report(DiagnosticCode.ARGUMENT_RANGE.at(
                    index.span(),
                    "the index",
                    "[…]",
                    "a whole number",
                    index.span().quotation()));
        }
        return Optional.empty();
    }

    /** {@code chunk(x, 2, dim=1)[0]}: an element of a tuple or list, counted from its end if below 0. */
    private Datum element(List<Datum> elements, Expression.Subscript expression) {
        Expression.Index index = expression.indices().get(0);
        Datum place = expression.indices().size() == 1 && index instanceof Expression.Index.Element element
                ? evaluate(element.value())
                : new Datum.None();
        if (place instanceof Datum.Unknown) {
            return place;
        }
        if (!(place instanceof Datum.Int whole)
                || whole.value() >= elements.size()
                || whole.value() < -elements.size()) {
            return report(DiagnosticCode.ARGUMENT_RANGE.at(
                    index.span(),
                    "the index",
                    "[…]",
                    "a whole number below " + elements.size() + ", as there are elements",
                    place instanceof Datum.Int ? place.describe() : index.span().quotation()));
        }
        return elements.get((int) (whole.value() < 0 ? whole.value() + elements.size() : whole.value()));
    }

    @Override
    public Datum broken(Expression.Broken expression) {
        return session.unknown();
    }

    @Override
    public Datum lambda(Expression.Lambda expression) {
        if (frame.kind().equals("regularizer")) {
            return new Definitions(this, expression).penalty();
        }
        return report(
                DiagnosticCode.FORMULA_PLACE
                        .at(expression.span())
                        .withHelp(
                                "write regularizer name = w -> … above the network; other functions are for repeat(n, i -> layer)"));
    }

    @Override
    public Datum unary(Expression.Unary expression) {
        Datum operand = evaluate(expression.operand());
        if (operand instanceof Datum.Unknown) {
            return operand;
        }
        if (expression.operator() == UnaryOperator.NEGATE) {
            return Operators.negate(callSite(expression.span()), operand);
        }
        if (expression.operator() == UnaryOperator.INVERT) {
            return Operators.invert(callSite(expression.span()), operand);
        }
        return operand instanceof Datum.Bool bool
                ? new Datum.Bool(!bool.value())
                : report(notACondition(expression.operand(), operand));
    }

    @Override
    public Datum binary(Expression.Binary expression) {
        BinaryOperator operator = expression.operator();
        if (operator == BinaryOperator.AND || operator == BinaryOperator.OR) {
            Optional<Boolean> left = condition(expression.left());
            boolean decided = left.isPresent() && left.get() == (operator == BinaryOperator.OR);
            Optional<Boolean> right = decided ? left : condition(expression.right());
            return left.isPresent() && right.isPresent() ? new Datum.Bool(right.get()) : session.unknown();
        }
        Datum left = evaluate(expression.left());
        Datum right = evaluate(expression.right());
        if (left instanceof Datum.Unknown || right instanceof Datum.Unknown) {
            return session.unknown();
        }
        return Operators.apply(callSite(expression.span()), operator, left, right);
    }

    private Optional<Boolean> condition(Expression expression) {
        Datum value = evaluate(expression);
        if (value instanceof Datum.Bool bool) {
            return Optional.of(bool.value());
        }
        if (!(value instanceof Datum.Unknown)) {
            report(notACondition(expression, value));
        }
        return Optional.empty();
    }

    private static Diagnostic notACondition(Expression expression, Datum value) {
        Diagnostic diagnostic = DiagnosticCode.CONDITION_TYPE.at(expression.span(), value.describe());
        return value instanceof Datum.Comparison || value instanceof Datum.Tensor
                ? diagnostic.withHelp("write where(x > 0, a, b), which chooses for each element")
                : diagnostic;
    }

    @Override
    public Datum conditional(Expression.Conditional expression) {
        return condition(expression.condition())
                .map(holds -> evaluate(holds ? expression.then() : expression.otherwise()))
                .orElseGet(session::unknown);
    }

    @Override
    public Datum call(Expression.Call expression) {
        List<Given> given = new ArrayList<>();
        Datum callee = expression.callee() instanceof Expression.Member member
                ? method(member, given)
                : evaluate(expression.callee());
        if (callee.equals(Compositions.REPEAT) && expression.arguments().size() == 2) {
            return repeat(expression);
        }
        for (Expression.Argument argument : expression.arguments()) {
            Optional<Datum> choice = choice(callee, argument, given.size());
            given.addAll(
                    choice.isPresent()
                            ? List.of(new Given(
                                    argument.name(),
                                    choice.get(),
                                    argument.value().span()))
                            : given(argument));
        }
        if (callee instanceof Datum.Unknown
                || given.stream().anyMatch(argument -> argument.value() instanceof Datum.Unknown)) {
            return session.unknown();
        }
        if (callee.equals(Compositions.THROUGH) && given.size() > 1) {
            return through(expression, given);
        }
        Datum overload = callee instanceof Builtin builtin && given.stream().anyMatch(Given::isOfTensors)
                ? Builtins.ofTensors(builtin.name()).orElse(builtin)
                : callee;
        return call(overload, given, expression.callee().span(), expression.span());
    }

    /** Resolves the function that {@code x.mean} calls; the tensor becomes the first argument. */
    private Datum method(Expression.Member member, List<Given> given) {
        Datum owner = evaluate(member.owner());
        Optional<Builtin> function = Builtins.ofTensors(member.name().text());
        if (owner instanceof Datum.Unknown || function.isEmpty()) {
            return session.unknown();
        }
        if (!(owner instanceof Datum.Tensor) && !(owner instanceof Datum.Comparison)) {
            return report(DiagnosticCode.MEMBER.at(member.span(), owner.describe()));
        }
        given.add(new Given(Optional.empty(), owner, member.owner().span()));
        return function.get();
    }

    /** An argument with its value. */
    private record Given(Optional<Identifier> name, Datum value, SourceSpan span) {
        boolean isOfTensors() {
            return value instanceof Datum.Tensor || value instanceof Datum.Comparison;
        }
    }

    /** A word that only the callee knows: {@code mode=prox}. */
    private Optional<Datum> choice(Datum callee, Expression.Argument argument, int index) {
        if (!(callee instanceof Datum.Function function)
                || !(argument.value() instanceof Expression.Reference word)
                || names.lookup(word.name()).isPresent()) {
            return Optional.empty();
        }
        return function.signature()
                .formal(argument.name(), index)
                .filter(formal -> formal.type().choices().contains(word.name()))
                .map(formal -> new Datum.Text(word.name()));
    }

    private List<Given> given(Expression.Argument argument) {
        Datum value = evaluate(argument.value());
        SourceSpan span = argument.value().span();
        return argument.spread() && !(value instanceof Datum.Unknown)
                ? Type.elements(value).stream()
                        .map(element -> new Given(Optional.empty(), element, span))
                        .toList()
                : List.of(new Given(argument.name(), value, span));
    }

    /**
     * Evaluates the arguments of a call whose callee is known later.
     *
     * @param span of the call
     */
    Function<Builtin, Datum> callLater(List<Expression.Argument> arguments, SourceSpan span) {
        List<Given> given =
                arguments.stream().flatMap(argument -> given(argument).stream()).toList();
        boolean known = given.stream().noneMatch(argument -> argument.value() instanceof Datum.Unknown);
        return callee -> known ? call((Datum.Function) callee, given, span, span) : session.unknown();
    }

    private Datum call(Datum callee, List<Given> given, SourceSpan calleeSpan, SourceSpan span) {
        if (callee instanceof Datum.Function function) {
            return call(function, given, calleeSpan, span);
        }
        if (callee instanceof Datum.LossDatum loss) {
            return lossOf(loss, given, span);
        }
        Optional<Layer> layer = LayerValues.of(callee, site(calleeSpan));
        return layer.isPresent()
                ? applied(layer.get(), given, span)
                : report(DiagnosticCode.NOT_CALLABLE.at(calleeSpan, callee.describe()));
    }

    /** The function of a comparison's truth; a mask that is moved stays a mask: {@code (token != 0).unsqueeze(1)}. */
    private Datum ofMask(
            Builtin function, Datum.Comparison mask, List<Given> given, SourceSpan calleeSpan, SourceSpan span) {
        List<Given> replaced = new ArrayList<>(given);
        Given first = given.get(0);
        Datum truth = ElementwiseFunctions.truth(callSite(first.span()), mask);
        replaced.set(0, new Given(first.name(), truth, first.span()));
        Datum result =
                truth instanceof Datum.Unknown ? truth : call((Datum.Function) function, replaced, calleeSpan, span);
        return result instanceof Datum.Tensor moved && MOVES.contains(function.name())
                ? ElementwiseFunctions.isTrue(moved)
                : result;
    }

    private static boolean takesTensorFirst(Builtin function) {
        return function.kind() == Builtin.Kind.TENSOR_FUNCTION
                && function.signature().formals().stream()
                        .findFirst()
                        .filter(formal -> formal.type() == Type.TENSOR)
                        .isPresent();
    }

    private Datum call(Datum.Function function, List<Given> given, SourceSpan calleeSpan, SourceSpan span) {
        if (function instanceof Builtin builtin
                && !given.isEmpty()
                && given.get(0).value() instanceof Datum.Comparison mask
                && takesTensorFirst(builtin)) {
            return ofMask(builtin, mask, given, calleeSpan, span);
        }
        Optional<Arguments> assigned = arguments(function.signature(), given, calleeSpan, span);
        if (assigned.isEmpty()) {
            return session.unknown();
        }
        Arguments arguments = assigned.get();
        if (function instanceof Builtin builtin && builtin.keepsNumbers()) {
            arguments.names().stream()
                    .filter(arguments::isWritten)
                    .forEach(name -> keepNumbers(builtin.name(), name, arguments));
        }
        Datum result = function.call(callSite(span), arguments);
        return result instanceof Datum.LayerDatum made && made.layer().depth() > Limits.LAYER_DEPTH
                ? report(DiagnosticCode.NESTED_TOO_DEEPLY.at(span, Limits.LAYER_DEPTH))
                : result;
    }

    /** The arguments of a call as the callee's parameters have them; empty if one is missing or wrong. */
    private Optional<Arguments> arguments(
            Signature signature, List<Given> given, SourceSpan calleeSpan, SourceSpan span) {
        List<Signature.Slot> slots = given.stream()
                .map(argument -> new Signature.Slot(argument.name(), argument.span()))
                .toList();
        Optional<Map<Signature.Formal, List<Integer>>> assigned =
                signature.assign(slots, true, calleeSpan, this::report);
        if (assigned.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Datum> values = new LinkedHashMap<>();
        Map<String, SourceSpan> spans = new HashMap<>();
        assigned.get().forEach((formal, indices) -> {
            List<Datum> converted = indices.stream()
                    .map(given::get)
                    .map(argument -> convert(
                            argument.value(),
                            formal.type(),
                            formal.optional(),
                            formal.name(),
                            signature.callee(),
                            argument.span()))
                    .toList();
            boolean rest = formal.passing() == Signature.Passing.REST;
            values.put(formal.name(), rest ? new Datum.Items(converted) : converted.get(0));
            spans.put(formal.name(), given.get(indices.get(0)).span());
        });
        boolean known = values.values().stream()
                .flatMap(value -> Type.elements(value).stream())
                .noneMatch(Datum.Unknown.class::isInstance);
        return known ? Optional.of(new Arguments(signature, values, spans, span, this::report)) : Optional.empty();
    }

    private void keepNumbers(String callee, String name, Arguments arguments) {
        List<Datum> elements = Type.elements(arguments.get(name));
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) instanceof Datum.Real real) {
                String element = elements.size() == 1 ? name : name + "[" + i + "]";
                session.given(new Session.Constant(element, callee, real.value(), arguments.span(name), frame));
            }
        }
    }

    /** A layer applied to tensors, alone or in tuples: one tensor, or a tuple of them. */
    private Datum applied(Layer layer, List<Given> given, SourceSpan span) {
        Optional<LayerRule> rule = layer.single().filter(one -> one.forward().isPresent());
        if (rule.isPresent() && trace.isPresent()) {
            return applied(layer, rule.get(), given, span);
        }
        if (layer instanceof Layer.Traced block && block.forward().isPresent() && trace.isPresent()) {
            return applied(block, block.forward().get().signature(), given, span);
        }
        List<Symbol> symbols = new ArrayList<>();
        for (Given argument : spread(given)) {
            if (!(argument.value() instanceof Datum.Tensor tensor) || trace.isEmpty()) {
                return report(DiagnosticCode.LAYER_OPERAND
                        .at(argument.span(), argument.value().describe())
                        .withHelp("layers follow each other in a list: [first, second]"));
            }
            symbols.add(tensor.symbol());
        }
        if (symbols.size() != layer.inputCount() || trace.isEmpty()) {
            return report(DiagnosticCode.LAYER_INPUTS.at(
                    span,
                    layer.word(),
                    Words.count(layer.inputCount(), "tensor"),
                    Words.count(symbols.size(), "tensor")));
        }
        List<Datum> results = trace.get().apply(layer, symbols, span).stream()
                .<Datum>map(Datum.Tensor::new)
                .toList();
        return results.size() == 1 ? results.get(0) : new Datum.Tuple(results);
    }

    /** Arguments of which tuples of tensors, such as {@code (h, c)}, are as many as they have elements. */
    private static List<Given> spread(List<Given> given) {
        return given.stream()
                .flatMap(argument -> argument.value() instanceof Datum.Tuple tuple
                                && tuple.elements().stream().allMatch(Datum.Tensor.class::isInstance)
                        ? tuple.elements().stream().map(element -> new Given(argument.name(), element, argument.span()))
                        : Stream.of(argument))
                .toList();
    }

    /** A layer applied to what its {@code forward} takes. */
    private Datum applied(Layer layer, LayerRule rule, List<Given> given, SourceSpan span) {
        Signature signature = rule.forward().orElseThrow();
        Optional<Arguments> arguments = arguments(signature, given, span, span);
        if (arguments.isEmpty()) {
            return session.unknown();
        }
        arguments
                .get()
                .replace(value -> value instanceof Datum.Comparison comparison ? truth(comparison, span) : value);
        LayerRule as = rule.applied(arguments.get());
        if (!arguments.get().areSound()) {
            return session.unknown();
        }
        List<Symbol> symbols = TensorFunction.tensors(signature, arguments.get()).stream()
                .map(Datum.Tensor::symbol)
                .toList();
        return as.result(trace.orElseThrow().apply(layer, Optional.of(as), symbols, span).stream()
                .map(Datum.Tensor::new)
                .toList());
    }

    private Datum truth(Datum.Comparison comparison, SourceSpan span) {
        Datum tensor = ElementwiseFunctions.truth(callSite(span), comparison);
        return tensor instanceof Datum.Tensor made ? new Datum.Truth(made) : tensor;
    }

    /** A block applied that has inputs with defaults: the first application decides which of them it is given. */
    private Datum applied(Layer.Traced block, Signature signature, List<Given> given, SourceSpan span) {
        Optional<Arguments> arguments = arguments(signature, given, span, span);
        if (arguments.isEmpty()) {
            return session.unknown();
        }
        Map<String, Datum> chosen = new LinkedHashMap<>();
        List<Symbol> symbols = new ArrayList<>();
        for (Signature.Formal formal : signature.formals()) {
            Datum value = arguments.get().get(formal.name());
            Datum tensor = value instanceof Datum.Comparison comparison
                    ? ElementwiseFunctions.truth(callSite(span), comparison)
                    : value;
            if (tensor instanceof Datum.Tensor one) {
                symbols.add(one.symbol());
            }
            boolean optional = !(formal.fallback() instanceof Signature.Default.Required);
            if (optional && !formal.fallback().equals(new Signature.Default.Constant(value))) {
                chosen.put(formal.name(), value);
            }
        }
        Optional<Set<String>> before = block.give(chosen);
        if (before.isPresent()) {
            return report(DiagnosticCode.LAYER_INPUTS
                    .at(span, block.word(), named(before.get()), named(chosen.keySet()))
                    .withHelp("it is given the same inputs each time that it is applied; or make two of it"));
        }
        List<Datum.Tensor> results = trace.orElseThrow().apply(block, symbols, span).stream()
                .map(Datum.Tensor::new)
                .toList();
        return results.size() == 1 ? results.get(0) : new Datum.Tuple(List.copyOf(results));
    }

    private static String named(Set<String> inputs) {
        return inputs.isEmpty() ? "no input with a default" : String.join(", ", new TreeSet<>(inputs));
    }

    /** {@code through(layers, x, mask=mask)}: x through each layer, which is given the other arguments too. */
    private Datum through(Expression.Call expression, List<Given> given) {
        List<Given> arguments = given.subList(1, given.size());
        Optional<List<Datum>> layers = LayerValues.elements(given.get(0).value());
        Datum x = arguments.get(0).value();
        if (layers.isEmpty()) {
            return report(DiagnosticCode.ARGUMENT_TYPE.at(
                    given.get(0).span(),
                    "layers",
                    "through",
                    Type.LAYERS.description(),
                    given.get(0).value().describe()));
        }
        for (Datum layer : layers.get()) {
            List<Given> each = new ArrayList<>(arguments);
            each.set(0, new Given(Optional.empty(), x, arguments.get(0).span()));
            x = call(layer, each, given.get(0).span(), expression.span());
            if (x instanceof Datum.Unknown) {
                return x;
            }
        }
        return x;
    }

    /** A loss that is told what to compare: {@code L1Loss()(colours, truth)}. */
    private Datum lossOf(Datum.LossDatum loss, List<Given> given, SourceSpan span) {
        List<Datum> operands = given.stream().map(Given::value).toList();
        if (operands.contains(new Datum.Unknown())) {
            return session.unknown();
        }
        Datum.LossTerm term = loss.terms().get(0);
        boolean comparable = operands.stream()
                .allMatch(value -> value instanceof Datum.Tensor || value instanceof Datum.TargetDatum);
        boolean named = given.stream().anyMatch(argument -> argument.name().isPresent());
        if (loss.terms().size() > 1 || !term.operands().isEmpty()) {
            return report(DiagnosticCode.LOSS_OPERANDS
                    .at(span, "this says already what it compares")
                    .withHelp("call each loss: L1Loss()(y, t) + MSELoss()(z, t)"));
        }
        Optional<Datum.Preparation> preparation = term.preparation();
        int arity =
                preparation.map(Datum.Preparation::arity).orElse(term.function().arity());
        Set<Integer> tensors = preparation.map(Datum.Preparation::tensors).orElse(Set.of(0));
        boolean placed = operands.size() == arity
                && tensors.stream().allMatch(place -> operands.get(place) instanceof Datum.Tensor);
        if (!comparable || named || !placed) {
            String what = arity == 2
                    ? "a loss compares an output with a target"
                    : term.function().word() + " compares " + arity + compared(arity, tensors);
            return report(DiagnosticCode.LOSS_OPERANDS.at(span, what));
        }
        operands.stream()
                .filter(Datum.Tensor.class::isInstance)
                .forEach(tensor -> ((Datum.Tensor) tensor).symbol().use());
        List<Datum> compared = preparation
                .map(rule -> rule.rule().apply(callSite(span), operands))
                .orElse(operands);
        return compared.contains(new Datum.Unknown())
                ? session.unknown()
                : new Datum.LossDatum(List.of(term.of(compared, span)));
    }

    private static String compared(int arity, Set<Integer> tensors) {
        if (tensors.size() == arity) {
            return " tensors, of which none is a target";
        }
        return " tensors and targets, the "
                + tensors.stream().sorted().map(ORDINALS::get).collect(Collectors.joining(" and the "))
                + (tensors.size() == 1 ? " a tensor" : " tensors");
    }

    /** Evaluates the second argument as often as the first says, so that its layers are new each time. */
    private Datum repeat(Expression.Call expression) {
        Expression counted = expression.arguments().get(0).value();
        Datum count = evaluate(counted);
        if (!(count instanceof Datum.Int times)) {
            return count instanceof Datum.Unknown
                    ? count
                    : report(DiagnosticCode.ARGUMENT_TYPE.at(
                            counted.span(), "count", "repeat", Type.INT.description(), count.describe()));
        }
        if (times.value() < 0 || times.value() > Limits.LIST_LENGTH) {
            return report(
                    times.value() < 0
                            ? DiagnosticCode.ARGUMENT_RANGE.at(
                                    counted.span(), "count", "repeat", "at least 0", times.describe())
                            : DiagnosticCode.LIST_TOO_LONG.at(counted.span(), Limits.LIST_LENGTH));
        }
        Expression element = expression.arguments().get(1).value();
        List<Datum> elements = new ArrayList<>();
        for (long i = 0; i < times.value(); i++) {
            Datum made = element(element, i);
            if (made instanceof Datum.Unknown) {
                return made;
            }
            if (made instanceof Datum.LayerDatum && i > 0 && made.equals(elements.get(elements.size() - 1))) {
                return report(DiagnosticCode.REPEATED_LAYER
                        .at(element.span())
                        .withHelp("write the call that makes the layer; to share its weights, list it several times"));
            }
            elements.add(made);
        }
        return items(elements, expression.span());
    }

    private Datum element(Expression element, long index) {
        if (!(element instanceof Expression.Lambda lambda)) {
            return evaluate(element);
        }
        BodyNames inner = names.inner();
        inner.bind(lambda.parameter().text(), new Datum.Int(index), lambda.span());
        return new Evaluator(session, inner, frame, scope, trace).evaluate(lambda.body());
    }
}
