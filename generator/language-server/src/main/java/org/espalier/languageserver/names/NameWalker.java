package org.espalier.languageserver.names;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.elaborate.library.Builtins;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Identifier;
import org.espalier.generator.syntax.Statement;

/** Finds the names of one declaration. A name is known from its definition on, as the compiler has it. */
final class NameWalker implements Statement.Visitor, Expression.Visitor<Optional<Meaning>> {
    private final Declaration declaration;
    private final Function<String, Optional<Meaning>> outside;
    private final List<Occurrence> found;
    private final Map<String, Meaning.Local> locals = new HashMap<>();
    private final Map<String, Expression> bindings = new LinkedHashMap<>();

    NameWalker(Declaration declaration, Function<String, Optional<Meaning>> outside, List<Occurrence> found) {
        this.declaration = declaration;
        this.outside = outside;
        this.found = found;
    }

    Map<String, Expression> bindings() {
        return bindings;
    }

    void walk() {
        for (Declaration.Formal formal : declaration.formals()) {
            if (formal.type().span().start() > formal.name().span().start()) {
                found.add(new Occurrence(
                        formal.type().span(), new Meaning.TypeWord(formal.type().text()), false));
            }
            formal.defaultValue().ifPresent(this::walk);
            define(formal.name(), Meaning.Kind.FORMAL);
        }
        if (declaration instanceof Declaration.BlockDecl block) {
            block.body().statements().forEach(statement -> statement.accept(this));
        } else if (declaration instanceof Declaration.NetworkDecl network) {
            network.body().statements().forEach(statement -> statement.accept(this));
        } else if (declaration instanceof Declaration.LossDecl loss) {
            loss.variables().forEach(variable -> define(variable, Meaning.Kind.VARIABLE));
            walk(loss.value());
        } else if (declaration instanceof Declaration.RegularizerDecl regularizer) {
            walk(regularizer.value());
        }
    }

    private void define(Identifier name, Meaning.Kind kind) {
        Meaning.Local local = locals.computeIfAbsent(
                name.text(),
                text -> new Meaning.Local(
                        declaration.name().text(), text, kind, name.span().start()));
        // The output of a formula has a name that nobody wrote.
        if (name.span().text().equals(name.text())) {
            found.add(
                    new Occurrence(name.span(), local, local.at() == name.span().start()));
        }
    }

    private void walk(Expression expression) {
        expression.accept(this);
    }

    private void walk(Statement.TensorType type) {
        found.add(new Occurrence(
                type.element().span(), new Meaning.TypeWord(type.element().text()), false));
        type.dimensions().forEach(this::walk);
    }

    private void walk(List<Statement.Selector> selectors) {
        for (Statement.Selector selector : selectors) {
            String written = selector.span().text();
            if (!written.equals(selector.toString())) {
                continue;
            }
            int at = selector.span().start();
            for (int i = 0; i < selector.segments().size(); i++) {
                String segment = selector.segments().get(i);
                boolean name = !segment.contains("*") && !Character.isDigit(segment.charAt(0));
                if (name) {
                    found.add(new Occurrence(
                            new SourceSpan(selector.span().file(), at, at + segment.length()),
                            new Meaning.Step(
                                    declaration.name().text(),
                                    selector.segments().subList(0, i),
                                    segment),
                            false));
                }
                at += segment.length() + 1;
            }
        }
    }

    @Override
    public void binding(Statement.Binding statement) {
        walk(statement.value());
        for (Identifier name : statement.names()) {
            define(name, Meaning.Kind.BINDING);
            bindings.putIfAbsent(name.text(), statement.value());
        }
    }

    @Override
    public void input(Statement.Input statement) {
        statement.type().ifPresent(this::walk);
        statement.fallback().ifPresent(this::walk);
        define(statement.name(), Meaning.Kind.INPUT);
    }

    @Override
    public void target(Statement.Target statement) {
        statement.type().ifPresent(this::walk);
        define(statement.name(), Meaning.Kind.TARGET);
    }

    @Override
    public void parameter(Statement.OwnParameter statement) {
        walk(statement.type());
        walk(statement.initializer());
        define(statement.name(), Meaning.Kind.PARAMETER);
    }

    @Override
    public void buffer(Statement.OwnBuffer statement) {
        walk(statement.type());
        Map<String, Meaning.Local> before = new HashMap<>(locals);
        statement.places().forEach(place -> locals.remove(place.text()));
        statement.places().forEach(place -> define(place, Meaning.Kind.VARIABLE));
        walk(statement.value());
        restore(before);
        define(statement.name(), Meaning.Kind.BUFFER);
    }

    private void restore(Map<String, Meaning.Local> before) {
        locals.clear();
        locals.putAll(before);
    }

    @Override
    public void output(Statement.Output statement) {
        statement.value().ifPresent(this::walk);
        define(statement.name(), Meaning.Kind.OUTPUT);
        statement
                .value()
                .ifPresent(value -> bindings.putIfAbsent(statement.name().text(), value));
    }

    @Override
    public void returns(Statement.Return statement) {
        walk(statement.value());
    }

    @Override
    public void regularize(Statement.Regularize statement) {
        walk(statement.selectors());
        walk(statement.by());
    }

    @Override
    public void initialize(Statement.Initialize statement) {
        walk(statement.selectors());
        walk(statement.by());
    }

    @Override
    public void freeze(Statement.Freeze statement) {
        walk(statement.selectors());
    }

    @Override
    public void reportSparsity(Statement.ReportSparsity statement) {
        walk(statement.selectors());
        statement.below().ifPresent(this::walk);
    }

    @Override
    public void loss(Statement.LossClause statement) {
        walk(statement.value());
    }

    @Override
    public void optimizer(Statement.OptimizerClause statement) {
        walk(statement.value());
    }

    @Override
    public void optimize(Statement.Optimize statement) {
        walk(statement.selectors());
        statement.settings().forEach(setting -> walk(setting.value()));
        statement.optimizer().ifPresent(this::walk);
    }

    @Override
    public void precision(Statement.PrecisionClause statement) {}

    @Override
    public void broken(Statement.BrokenStatement statement) {}

    @Override
    public Optional<Meaning> integer(Expression.IntegerLiteral expression) {
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> decimal(Expression.DecimalLiteral expression) {
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> string(Expression.StringLiteral expression) {
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> bool(Expression.BooleanLiteral expression) {
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> none(Expression.NoneLiteral expression) {
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> reference(Expression.Reference expression) {
        Optional<Meaning> meaning =
                Optional.<Meaning>ofNullable(locals.get(expression.name())).or(() -> outside.apply(expression.name()));
        meaning.ifPresent(known -> found.add(new Occurrence(expression.span(), known, false)));
        return meaning;
    }

    @Override
    public Optional<Meaning> list(Expression.ListLiteral expression) {
        expression.elements().forEach(this::walk);
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> tuple(Expression.TupleLiteral expression) {
        expression.elements().forEach(this::walk);
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> call(Expression.Call expression) {
        Optional<Meaning> callee = expression.callee() instanceof Expression.Member member
                ? method(member)
                : expression.callee().accept(this);
        for (Expression.Argument argument : expression.arguments()) {
            argument.name()
                    .ifPresent(name -> callee.ifPresent(known ->
                            found.add(new Occurrence(name.span(), new Meaning.Argument(known, name.text()), false))));
            walk(argument.value());
        }
        return Optional.empty();
    }

    private Optional<Meaning> method(Expression.Member member) {
        walk(member.owner());
        Optional<Meaning> function =
                Builtins.ofTensors(member.name().text()).map(word -> new Meaning.BuiltIn(word.name()));
        function.ifPresent(known -> found.add(new Occurrence(member.name().span(), known, false)));
        return function;
    }

    @Override
    public Optional<Meaning> member(Expression.Member expression) {
        walk(expression.owner());
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> subscript(Expression.Subscript expression) {
        walk(expression.owner());
        expression.parts().forEach(this::walk);
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> unary(Expression.Unary expression) {
        walk(expression.operand());
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> binary(Expression.Binary expression) {
        walk(expression.left());
        walk(expression.right());
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> conditional(Expression.Conditional expression) {
        walk(expression.condition());
        walk(expression.then());
        walk(expression.otherwise());
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> lambda(Expression.Lambda expression) {
        Map<String, Meaning.Local> before = new HashMap<>(locals);
        locals.remove(expression.parameter().text());
        define(expression.parameter(), Meaning.Kind.VARIABLE);
        walk(expression.body());
        restore(before);
        return Optional.empty();
    }

    @Override
    public Optional<Meaning> broken(Expression.Broken expression) {
        return Optional.empty();
    }
}
