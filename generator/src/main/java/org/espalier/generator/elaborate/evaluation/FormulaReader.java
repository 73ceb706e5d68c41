package org.espalier.generator.elaborate.evaluation;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Suggestions;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.Formula.Operator;
import org.espalier.generator.formula.Subformulas;
import org.espalier.generator.formula.Substitution;
import org.espalier.generator.layer.elementwise.ScalarFormulas;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Expression;

/**
 * Reads the body of {@code w -> …} as a formula of w. What does not mention w is a number, which the evaluator knows;
 * the rest is read sign by sign. A mistake is reported and makes the formula empty.
 */
final class FormulaReader implements Expression.Visitor<Optional<Formula>> {
    /** Functions that only derivatives, places and tensors have: where their pieces meet is not looked for. */
    private static final Set<Function> OF_TENSORS = EnumSet.of(
            Function.SIGN,
            Function.STEP,
            Function.FLOOR,
            Function.ROUND,
            Function.SIN,
            Function.COS,
            Function.ATAN,
            Function.ERF);

    private static final Map<String, Function> FUNCTIONS = functions();

    /**
     * A sum over the weights of a group.
     *
     * @param variable what the formula around it has for it
     * @param summand as a formula of the weight
     * @param axis of the parameter, an index of which is a group; empty for the whole parameter
     */
    record Sum(String variable, Formula summand, OptionalInt axis, SourceSpan span) {}

    private static final String FLOOR = "floor";
    private static final String CLAMP = "clamp";
    private static final String POWER = "pow";
    private static final String WHERE = "where";

    private static final Signature POWERS = Signature.of(POWER)
            .required("input", Type.ANY)
            .required("exponent", Type.ANY)
            .build();
    private static final Signature CHOICES = Signature.of(WHERE)
            .required("condition", Type.ANY)
            .required("input", Type.ANY)
            .required("other", Type.ANY)
            .build();

    /** The functions of many elements, which no formula of one element has. */
    private static final Set<String> OF_ELEMENTS =
            Set.of("amax", "amin", "logsumexp", "mean", "norm", "prod", "std", "sum", "var");

    /** Kind of what a formula is for. */
    private enum Use {
        /** A penalty on a weight, whose kinks are looked for. */
        PENALTY,
        /** A loss, which is differentiated as it is. */
        LOSS,
        /** Values by places, which are never differentiated. */
        PLACES
    }

    private final Evaluator evaluator;
    private final List<String> variables;
    private final Use use;
    private final boolean summed;
    private final List<Sum> sums = new ArrayList<>();
    private boolean inSum;

    /**
     * A reader of one formula.
     *
     * @param evaluator knows the regularizer's parameters
     * @param weight what the function calls its argument
     * @param body what is going to be read
     */
    FormulaReader(Evaluator evaluator, String weight, Expression body) {
        this(evaluator, List.of(weight), body, Use.PENALTY);
    }

    /**
     * A reader of the formula of a loss.
     *
     * @param operands what the function calls its arguments
     */
    static FormulaReader ofLoss(Evaluator evaluator, List<String> operands, Expression body) {
        return new FormulaReader(evaluator, operands, body, Use.LOSS);
    }

    /** A reader of a formula of places, which has {@code floor} and remainders: it is never differentiated. */
    static FormulaReader ofPlaces(Evaluator evaluator, List<String> places, Expression body) {
        return new FormulaReader(evaluator, places, body, Use.PLACES);
    }

    private FormulaReader(Evaluator evaluator, List<String> variables, Expression body, Use use) {
        this.use = use;
        this.evaluator = evaluator;
        this.variables = List.copyOf(variables);
        this.summed = Mentions.any(body, this::isSum);
    }

    private static Map<String, Function> functions() {
        Map<String, Function> functions = new TreeMap<>();
        for (Function function : Function.values()) {
            if (!OF_TENSORS.contains(function)) {
                functions.put(function.name().toLowerCase(Locale.ROOT), function);
            }
        }
        return functions;
    }

    /** The functions of formulas, as they are written. */
    static List<String> functionNames() {
        Set<String> names = new TreeSet<>(FUNCTIONS.keySet());
        names.addAll(List.of("max", "min", POWER, "sum", WHERE));
        ScalarFormulas.names().stream()
                .filter(name -> isOfPenalties(ScalarFormulas.named(name).orElseThrow()))
                .forEach(names::add);
        return List.copyOf(names);
    }

    /** Returns the arguments of a function that formulas have, and that is none of numbers alone. */
    static Optional<Signature> signature(String name) {
        if (name.equals(POWER) || name.equals(WHERE)) {
            return Optional.of(name.equals(POWER) ? POWERS : CHOICES);
        }
        return ScalarFormulas.named(name)
                .filter(entry -> !FUNCTIONS.containsKey(name) && !name.equals(FLOOR))
                .map(ScalarFormulas.Entry::signature);
    }

    /** Tells whether a function is of many elements. */
    static boolean isOfElements(String name) {
        return OF_ELEMENTS.contains(name);
    }

    /** A function of many elements in the formula of a loss. */
    static Diagnostic ofElements(SourceSpan span) {
        return DiagnosticCode.FORMULA_SUM
                .at(span, "the formula of a loss is of one element: its reduction adds them up")
                .withHelp("compute the tensor in the network, and judge it by loss Value = v -> v: "
                        + "loss Value()(1 - sum(p * t, dim=1) / sum(p + t, dim=1))");
    }

    private static boolean isOfPenalties(ScalarFormulas.Entry entry) {
        return Subformulas.of(entry.formula()).stream()
                .noneMatch(part -> part instanceof Formula.Apply apply && OF_TENSORS.contains(apply.function()));
    }

    /** A call of what is no function of formulas. */
    static Diagnostic unknownFunction(String name, SourceSpan span) {
        return DiagnosticCode.FORMULA_FUNCTION
                .at(span, name)
                .withHelp(Suggestions.closest(name, functionNames())
                        .map(meant -> "did you mean '" + meant + "'?")
                        .orElse("its functions are " + String.join(", ", functionNames())));
    }

    /** Tells whether its variables are places of elements. */
    boolean isOfPlaces() {
        return use == Use.PLACES;
    }

    /** Tells whether its variables are elements of the operands of a loss. */
    boolean isOfLoss() {
        return use == Use.LOSS;
    }

    /** The sums found, in the order written. */
    List<Sum> sums() {
        return sums;
    }

    private boolean isSum(String name) {
        return name.equals("sum")
                && !variables.contains(name)
                && evaluator.names().lookup(name).isEmpty();
    }

    private boolean varies(Expression expression) {
        return Mentions.any(expression, name -> variables.contains(name) || isSum(name));
    }

    /** The formula that an expression is. */
    Optional<Formula> read(Expression expression) {
        return varies(expression) ? expression.accept(this) : number(expression);
    }

    private Optional<Formula> number(Expression expression) {
        Datum value = evaluator.evaluate(expression);
        if (value instanceof Datum.Unknown) {
            return Optional.empty();
        }
        Optional<Datum> number = Type.FLOAT.convert(value, evaluator.site(expression.span()));
        return number.isPresent()
                ? Optional.of(Algebra.constant(((Datum.Real) number.get()).value()))
                : notANumber(expression.span(), value.describe());
    }

    private Optional<Formula> notANumber(SourceSpan span, String what) {
        return report(DiagnosticCode.FORMULA_RESULT.at(span, "a number", what));
    }

    Optional<Formula> report(Diagnostic diagnostic) {
        evaluator.report(diagnostic);
        return Optional.empty();
    }

    @Override
    public Optional<Formula> reference(Expression.Reference expression) {
        if (!variables.contains(expression.name())) {
            return notANumber(expression.span(), "the function " + expression.name());
        }
        return summed && !inSum
                ? report(DiagnosticCode.FORMULA_OUTSIDE_SUM
                        .at(expression.span(), expression.name())
                        .withHelp("a formula with sums has one value for each group: write sum(…) around it"))
                : Optional.of(Algebra.variable(expression.name()));
    }

    @Override
    public Optional<Formula> unary(Expression.Unary expression) {
        return expression.operator() == Expression.UnaryOperator.NEGATE
                ? read(expression.operand()).map(Algebra::negate)
                : notANumber(expression.span(), "a condition");
    }

    @Override
    public Optional<Formula> binary(Expression.Binary expression) {
        return switch (expression.operator()) {
            case ADD -> binary(Operator.ADD, expression.left(), expression.right());
            case SUBTRACT -> binary(Operator.SUBTRACT, expression.left(), expression.right());
            case MULTIPLY -> binary(Operator.MULTIPLY, expression.left(), expression.right());
            case DIVIDE -> binary(Operator.DIVIDE, expression.left(), expression.right());
            case POWER -> power(expression.left(), expression.right());
            case REMAINDER -> isOfPlaces() ? remainder(expression.left(), expression.right()) : misplaced(expression);
            case MATRIX_MULTIPLY -> misplaced(expression);
            case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, AND, OR, INTERSECT, UNITE ->
                notANumber(expression.span(), "a condition");
        };
    }

    private Optional<Formula> misplaced(Expression.Binary expression) {
        return report(DiagnosticCode.FORMULA_OPERATOR.at(
                expression.span(), expression.operator().symbol()));
    }

    /** a − b ⌊a / b⌋, as Python has it. */
    private Optional<Formula> remainder(Expression left, Expression right) {
        Optional<Formula> a = read(left);
        Optional<Formula> b = read(right);
        return a.isPresent() && b.isPresent()
                ? Optional.of(Algebra.subtract(
                        a.get(),
                        Algebra.multiply(
                                b.get(),
                                Algebra.apply(Function.FLOOR, Algebra.binary(Operator.DIVIDE, a.get(), b.get())))))
                : Optional.empty();
    }

    private Optional<Formula> binary(Operator operator, Expression left, Expression right) {
        Optional<Formula> a = read(left);
        Optional<Formula> b = read(right);
        return a.isPresent() && b.isPresent()
                ? Optional.of(Algebra.binary(operator, a.get(), b.get()))
                : Optional.empty();
    }

    /** A power; one whose exponent varies is exp(exponent · log(base)). */
    private Optional<Formula> power(Expression left, Expression right) {
        return power(read(left), read(right));
    }

    private static Optional<Formula> power(Optional<Formula> base, Optional<Formula> exponent) {
        if (base.isEmpty() || exponent.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                exponent.get() instanceof Formula.Constant constant
                        ? Algebra.power(base.get(), constant.value())
                        : Algebra.apply(
                                Function.EXP,
                                Algebra.multiply(exponent.get(), Algebra.apply(Function.LOG, base.get()))));
    }

    @Override
    public Optional<Formula> conditional(Expression.Conditional expression) {
        return choice(expression.condition(), expression.then(), expression.otherwise());
    }

    private Optional<Formula> choice(Expression holding, Expression left, Expression right) {
        ConditionReader conditions = new ConditionReader(this, evaluator);
        if (!varies(holding)) {
            return conditions.known(holding).flatMap(holds -> read(holds ? left : right));
        }
        Optional<org.espalier.generator.formula.Condition> condition = conditions.read(holding);
        Optional<Formula> then = read(left);
        Optional<Formula> otherwise = read(right);
        return condition.isPresent() && then.isPresent() && otherwise.isPresent()
                ? Optional.of(Algebra.choose(condition.get(), then.get(), otherwise.get()))
                : Optional.empty();
    }

    @Override
    public Optional<Formula> call(Expression.Call expression) {
        if (expression.callee() instanceof Expression.Member method) {
            List<Expression.Argument> arguments = new ArrayList<>();
            arguments.add(new Expression.Argument(
                    Optional.empty(), method.owner(), false, method.owner().span()));
            arguments.addAll(expression.arguments());
            return function(method.name().text(), method.name().span(), arguments);
        }
        SourceSpan span = expression.callee().span();
        Datum callee = evaluator.evaluate(expression.callee());
        if (callee instanceof Datum.Unknown) {
            return Optional.empty();
        }
        if (callee instanceof Builtin function && signature(function.name()).isPresent()) {
            return function(function.name(), span, expression.arguments());
        }
        if (use == Use.LOSS && callee instanceof Builtin function && isOfElements(function.name())) {
            return report(ofElements(span));
        }
        if (!(callee instanceof Builtin function) || function.kind() != Builtin.Kind.FUNCTION) {
            return report(unknownFunction(Words.oneLine(span), span));
        }
        for (Expression.Argument argument : expression.arguments()) {
            if (argument.spread()) {
                return report(DiagnosticCode.FORMULA_OPERATOR.at(argument.span(), "*"));
            }
        }
        if (function.name().equals("sum")) {
            return sum(expression);
        }
        List<Optional<Formula>> arguments = expression.arguments().stream()
                .map(argument -> read(argument.value()))
                .toList();
        if (arguments.stream().anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        List<Formula> given = arguments.stream().flatMap(Optional::stream).toList();
        return switch (function.name()) {
            case "min" -> Optional.of(joined(given, Algebra::min));
            case "max" -> Optional.of(joined(given, Algebra::max));
            case FLOOR ->
                use != Use.PENALTY
                        ? Optional.of(Algebra.apply(Function.FLOOR, given.get(0)))
                        : report(unknownFunction(function.name(), span));
            default ->
                FUNCTIONS.containsKey(function.name())
                        ? Optional.of(Algebra.apply(FUNCTIONS.get(function.name()), given.get(0)))
                        : report(unknownFunction(function.name(), span));
        };
    }

    /** A call of a function that {@link ScalarFormulas} has; {@code y.abs()} is one of y. */
    private Optional<Formula> function(String name, SourceSpan callee, List<Expression.Argument> arguments) {
        if (use == Use.LOSS && isOfElements(name)) {
            return report(ofElements(callee));
        }
        Optional<Signature> signature =
                signature(name).or(() -> ScalarFormulas.named(name).map(ScalarFormulas.Entry::signature));
        Optional<ScalarFormulas.Entry> entry = ScalarFormulas.named(name);
        boolean allowed =
                use != Use.PENALTY || entry.filter(one -> !isOfPenalties(one)).isEmpty();
        if (signature.isEmpty() || !allowed || arguments.stream().anyMatch(Expression.Argument::spread)) {
            return report(unknownFunction(name, callee));
        }
        List<Signature.Slot> slots = arguments.stream()
                .map(argument ->
                        new Signature.Slot(argument.name(), argument.value().span()))
                .toList();
        Optional<Map<Signature.Formal, List<Integer>>> assigned =
                signature.get().assign(slots, true, callee, evaluator::report);
        if (assigned.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Expression> given = new HashMap<>();
        assigned.get()
                .forEach((formal, places) ->
                        given.put(formal.name(), arguments.get(places.get(0)).value()));
        if (name.equals(WHERE)) {
            return choice(given(given, "condition"), given(given, "input"), given(given, "other"));
        }
        if (name.equals(POWER)) {
            return power(given(given, "input"), given(given, "exponent"));
        }
        Formula formula = name.equals(CLAMP)
                ? ScalarFormulas.clamp(given.containsKey("min"), given.containsKey("max"))
                : entry.orElseThrow().formula();
        return substituted(formula, signature.get(), given);
    }

    /** An argument that a signature requires. */
    private static Expression given(Map<String, Expression> given, String name) {
        return Objects.requireNonNull(given.get(name), name);
    }

    /** The formula of a function's arguments, which may have names of this formula's own variables. */
    private Optional<Formula> substituted(Formula function, Signature signature, Map<String, Expression> given) {
        List<Signature.Formal> formals = signature.formals();
        List<String> names = formals.stream().map(Signature.Formal::name).toList();
        List<String> places = IntStream.range(0, names.size())
                .mapToObj(place -> "argument " + place)
                .toList();
        Formula result = Substitution.ofVariables(names, places, function);
        for (int i = 0; i < names.size(); i++) {
            Expression written = given.get(names.get(i));
            Optional<Formula> value = written == null ? Optional.of(fallback(formals.get(i))) : read(written);
            if (value.isEmpty()) {
                return value;
            }
            result = Substitution.of(Algebra.variable(places.get(i)), value.get(), result);
        }
        return Optional.of(result);
    }

    private static Formula fallback(Signature.Formal formal) {
        return formal.fallback() instanceof Signature.Default.Constant constant
                        && constant.value() instanceof Datum.Real number
                ? Algebra.constant(number.value())
                : Algebra.ZERO;
    }

    /** Of many, each half by itself: as deep as their number has digits, and not as there are. */
    private static Formula joined(List<Formula> formulas, BinaryOperator<Formula> operator) {
        if (formulas.size() == 1) {
            return formulas.get(0);
        }
        int half = (formulas.size() + 1) / 2;
        return operator.apply(
                joined(formulas.subList(0, half), operator), joined(formulas.subList(half, formulas.size()), operator));
    }

    private Optional<Formula> sum(Expression.Call expression) {
        if (inSum) {
            return report(DiagnosticCode.FORMULA_SUM.at(expression.span(), "a sum cannot stand in a sum"));
        }
        OptionalInt axis = OptionalInt.empty();
        Optional<Expression> summand = Optional.empty();
        for (Expression.Argument argument : expression.arguments()) {
            if (argument.name().map(name -> name.text().equals("axis")).orElse(false)) {
                Datum value = evaluator.evaluate(argument.value());
                if (!(value instanceof Datum.Int whole) || whole.value() < 0 || whole.value() > Integer.MAX_VALUE) {
                    return value instanceof Datum.Unknown
                            ? Optional.empty()
                            : report(DiagnosticCode.FORMULA_SUM.at(
                                    argument.span(),
                                    "the axis of a sum must be a whole number of at least 0, but is "
                                            + value.describe()));
                }
                axis = OptionalInt.of((int) whole.value());
            } else {
                summand = Optional.of(argument.value());
            }
        }
        if (!sums.isEmpty() && !sums.get(0).axis().equals(axis)) {
            return report(DiagnosticCode.FORMULA_SUM
                    .at(expression.span(), "the sums of a formula must be over the same groups")
                    .withHelp("give all of them the same axis, or none"));
        }
        inSum = true;
        Optional<Formula> each = summand.flatMap(this::read);
        inSum = false;
        if (each.isEmpty()) {
            return Optional.empty();
        }
        if (variables.stream().noneMatch(variable -> Algebra.mentions(each.get(), variable))) {
            return report(DiagnosticCode.FORMULA_WITHOUT_WEIGHT.at(expression.span(), variables.get(0)));
        }
        for (Sum known : sums) {
            if (known.summand().equals(each.get())) {
                return Optional.of(Algebra.variable(known.variable()));
            }
        }
        String variable = sums.isEmpty() ? "sum" : "sum" + (sums.size() + 1);
        sums.add(new Sum(variable, each.get(), axis, expression.span()));
        return Optional.of(Algebra.variable(variable));
    }

    @Override
    public Optional<Formula> list(Expression.ListLiteral expression) {
        return notANumber(expression.span(), "a list");
    }

    @Override
    public Optional<Formula> tuple(Expression.TupleLiteral expression) {
        return notANumber(expression.span(), "a tuple");
    }

    @Override
    public Optional<Formula> lambda(Expression.Lambda expression) {
        return notANumber(expression.span(), "a function");
    }

    @Override
    public Optional<Formula> member(Expression.Member expression) {
        return Optional.empty();
    }

    @Override
    public Optional<Formula> subscript(Expression.Subscript expression) {
        return notANumber(expression.span(), "a part of a tensor");
    }

    @Override
    public Optional<Formula> broken(Expression.Broken expression) {
        return Optional.empty();
    }

    // What mentions nothing is a number, and does not come here.

    @Override
    public Optional<Formula> integer(Expression.IntegerLiteral expression) {
        return number(expression);
    }

    @Override
    public Optional<Formula> decimal(Expression.DecimalLiteral expression) {
        return number(expression);
    }

    @Override
    public Optional<Formula> string(Expression.StringLiteral expression) {
        return number(expression);
    }

    @Override
    public Optional<Formula> bool(Expression.BooleanLiteral expression) {
        return number(expression);
    }

    @Override
    public Optional<Formula> none(Expression.NoneLiteral expression) {
        return number(expression);
    }
}
