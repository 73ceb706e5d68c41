package org.espalier.generator.elaborate.evaluation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.diagnostic.Suggestions;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.PytorchWords;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.library.Builtins;
import org.espalier.generator.elaborate.library.PytorchNames;
import org.espalier.generator.elaborate.library.StandardBlocks;
import org.espalier.generator.layer.shape.Permuting;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Identifier;
import org.espalier.generator.syntax.Statement;
import org.espalier.generator.syntax.Statement.TensorType;

/**
 * Finds what is wrong with a declaration without evaluating it, so that blocks which nothing calls are checked as well:
 * unknown names, types and arguments.
 */
public final class NameCheck implements Statement.Visitor, Expression.Visitor<Boolean> {
    /** Names that layers give their parameters. */
    private static final Set<String> PARAMETERS = Set.of("weight", "bias");

    private final Module module;
    private final Declaration declaration;
    private final Frame frame;
    private final boolean complete;
    private final Uses uses;
    private final Diagnostics diagnostics;
    private final Set<String> known = new LinkedHashSet<>();
    private final Set<String> later = new HashSet<>();
    private boolean inRegularizer;
    private boolean inFormula;
    private Optional<Builtin.Kind> inClause = Optional.empty();

    private NameCheck(
            Module module, Declaration declaration, String kind, boolean complete, Uses uses, Diagnostics diagnostics) {
        this.module = module;
        this.declaration = declaration;
        this.frame = new Frame(kind, declaration, java.util.Map.of(), Optional.empty(), Optional.empty());
        this.complete = complete;
        this.uses = uses;
        this.diagnostics = diagnostics;
    }

    /** Checks every declaration of a file, and takes note of what it mentions. */
    public static void check(Module module, Uses uses, Diagnostics diagnostics) {
        for (Declaration declaration : module.file().declarations()) {
            if (declaration instanceof Declaration.BlockDecl block) {
                check(module, block, "block", block.body(), uses, diagnostics);
            } else if (declaration instanceof Declaration.NetworkDecl network) {
                check(module, network, "network", network.body(), uses, diagnostics);
            } else if (declaration instanceof Declaration.LossDecl loss) {
                NameCheck check = new NameCheck(module, loss, "loss", module.isComplete(), uses, diagnostics);
                check.formals();
                check.formula(loss);
            } else if (declaration instanceof Declaration.RegularizerDecl regularizer) {
                NameCheck check =
                        new NameCheck(module, regularizer, "regularizer", module.isComplete(), uses, diagnostics);
                check.formals();
                check.regularizer(regularizer.value());
            }
        }
    }

    private static void check(
            Module module,
            Declaration declaration,
            String kind,
            Declaration.Body body,
            Uses uses,
            Diagnostics diagnostics) {
        boolean complete = module.isComplete() && !body.broken();
        NameCheck check = new NameCheck(module, declaration, kind, complete, uses, diagnostics);
        check.formals();
        body.statements().forEach(statement -> check.later.addAll(bound(statement)));
        body.statements().forEach(statement -> statement.accept(check));
    }

    private static List<String> bound(Statement statement) {
        return statement instanceof Statement.Binding binding
                ? binding.names().stream().map(Identifier::text).toList()
                : List.of();
    }

    private void formula(Declaration.LossDecl loss) {
        loss.variables().forEach(variable -> known.add(variable.text()));
        inFormula = true;
        check(loss.value());
        inFormula = false;
    }

    private void formals() {
        for (Declaration.Formal formal : declaration.formals()) {
            if (Type.named(formal.type().text()).isEmpty()) {
                report(DiagnosticCode.UNKNOWN_TYPE
                        .at(formal.type().span(), formal.type().text())
                        .withHelp(Suggestions.closest(formal.type().text(), Type.words())
                                .map(meant -> "did you mean '" + meant + "'?")
                                .orElse("types are " + String.join(", ", Type.words()))));
            }
            formal.defaultValue().ifPresent(this::check);
            if (!known.add(formal.name().text())) {
                report(DiagnosticCode.ALREADY_BOUND.at(
                        formal.name().span(), formal.name(), declaration.span().citation()));
            }
        }
    }

    private void report(Diagnostic diagnostic) {
        diagnostics.report(diagnostic.withNotes(frame.notes()));
    }

    private void check(Expression expression) {
        expression.accept(this);
    }

    @Override
    public void binding(Statement.Binding statement) {
        check(statement.value());
        statement.names().stream()
                .map(Identifier::text)
                .filter(name -> !name.equals(BodyRun.NOTHING))
                .forEach(known::add);
    }

    @Override
    public void input(Statement.Input statement) {
        statement.type().ifPresent(this::check);
        statement.fallback().ifPresent(this::check);
        known.add(statement.name().text());
    }

    @Override
    public void target(Statement.Target statement) {
        statement.type().ifPresent(this::check);
        known.add(statement.name().text());
    }

    @Override
    public void parameter(Statement.OwnParameter statement) {
        statement.type().dimensions().forEach(this::check);
        check(statement.initializer());
        known.add(statement.name().text());
    }

    @Override
    public void buffer(Statement.OwnBuffer statement) {
        statement.type().dimensions().forEach(this::check);
        List<String> added = statement.places().stream()
                .map(Identifier::text)
                .filter(known::add)
                .toList();
        check(statement.value());
        added.forEach(known::remove);
        known.add(statement.name().text());
    }

    private void check(TensorType type) {
        type.dimensions().stream()
                .filter(dimension -> !TensorTypes.isBatch(dimension))
                .forEach(this::check);
    }

    @Override
    public void output(Statement.Output statement) {
        statement.value().ifPresent(this::check);
        if (statement.value().isEmpty() && !isKnown(statement.name().text())) {
            unknown(statement.name(), false);
        }
        known.add(statement.name().text());
    }

    @Override
    public void returns(Statement.Return statement) {
        check(statement.value());
    }

    @Override
    public void regularize(Statement.Regularize statement) {
        regularizer(statement.by());
    }

    /** Checks what must be a regularizer, where an unknown callee is an unknown one of those. */
    private void regularizer(Expression expression) {
        boolean before = inRegularizer;
        inRegularizer = true;
        check(expression);
        inRegularizer = before;
    }

    @Override
    public void initialize(Statement.Initialize statement) {
        clause(statement.by(), Builtin.Kind.INITIALIZER);
    }

    /** Checks what a clause takes, where an unknown word is an unknown one of those that can stand there. */
    private void clause(Expression value, Builtin.Kind kind) {
        Optional<Builtin.Kind> before = inClause;
        inClause = Optional.of(kind);
        if (value instanceof Expression.Reference word && !isKnown(word.name())) {
            unknown(new Identifier(word.name(), word.span()), true);
        } else {
            check(value);
        }
        inClause = before;
    }

    @Override
    public void freeze(Statement.Freeze statement) {}

    @Override
    public void reportSparsity(Statement.ReportSparsity statement) {
        statement.below().ifPresent(this::check);
    }

    @Override
    public void loss(Statement.LossClause statement) {
        clause(statement.value(), Builtin.Kind.LOSS);
    }

    @Override
    public void optimizer(Statement.OptimizerClause statement) {
        clause(statement.value(), Builtin.Kind.OPTIMIZER);
    }

    @Override
    public void optimize(Statement.Optimize statement) {
        statement.settings().forEach(setting -> check(setting.value()));
        statement.optimizer().ifPresent(optimizer -> clause(optimizer, Builtin.Kind.OPTIMIZER));
    }

    @Override
    public void precision(Statement.PrecisionClause statement) {}

    @Override
    public void broken(Statement.BrokenStatement statement) {}

    @Override
    public Boolean integer(Expression.IntegerLiteral expression) {
        return true;
    }

    @Override
    public Boolean decimal(Expression.DecimalLiteral expression) {
        return true;
    }

    @Override
    public Boolean string(Expression.StringLiteral expression) {
        return true;
    }

    @Override
    public Boolean bool(Expression.BooleanLiteral expression) {
        return true;
    }

    @Override
    public Boolean none(Expression.NoneLiteral expression) {
        return true;
    }

    @Override
    public Boolean broken(Expression.Broken expression) {
        return true;
    }

    @Override
    public Boolean reference(Expression.Reference expression) {
        use(expression.name());
        if (isKnown(expression.name()) && !isBoundLater(expression.name())) {
            return true;
        }
        unknown(new Identifier(expression.name(), expression.span()), false);
        return false;
    }

    /** Tells whether a name is that of a function of tensors, which is not called here, and of a value further down. */
    private boolean isBoundLater(String name) {
        return later.contains(name) && isOfTensors(name);
    }

    /** Tells whether the language binds a name, and nothing else so far, to a function of tensors alone. */
    private boolean isOfTensors(String name) {
        return !known.contains(name)
                && Builtins.named(name)
                        .filter(builtin -> builtin.kind() == Builtin.Kind.TENSOR_FUNCTION)
                        .isPresent();
    }

    private void use(String name) {
        if (!known.contains(name)) {
            module.meaning(name).ifPresent(mentioned -> uses.add(declaration, mentioned));
            module.mention(name);
        }
    }

    private boolean isKnown(String name) {
        return known.contains(name)
                || module.knows(name)
                || Builtins.named(name).isPresent()
                || StandardBlocks.isNamed(name)
                || name.equals(Evaluator.BATCH)
                || name.equals(Evaluator.INFINITY);
    }

    private void unknown(Identifier name, boolean called) {
        if (!complete) {
            return;
        }
        if (later.contains(name.text())) {
            report(DiagnosticCode.UNKNOWN_NAME
                    .at(name.span(), name)
                    .withHelp("it is bound further down: move that line up"));
            return;
        }
        if (called && inFormula) {
            report(
                    isOfElements(name)
                            ? FormulaReader.ofElements(name.span())
                            : FormulaReader.unknownFunction(name.text(), name.span()));
            return;
        }
        if (called && inRegularizer) {
            report(unknownRegularizer(name));
            return;
        }
        if (called && inClause.isPresent()) {
            report(unknownWord(name, inClause.get()));
            return;
        }
        boolean layer = called && Character.isUpperCase(name.text().codePointAt(0));
        Diagnostic diagnostic = layer
                ? DiagnosticCode.UNKNOWN_LAYER.at(name.span(), "layer", name)
                : DiagnosticCode.UNKNOWN_NAME.at(name.span(), name);
        if (diagnostics.isFull(name.span().file())) {
            report(diagnostic);
            return;
        }
        report(advice(name.text(), called)
                .map(diagnostic::withHelp)
                .orElseGet(() -> diagnostic.withSuggestion(Suggestions.closest(name.text(), names()))));
    }

    /** Advice for a word of PyTorch; a function's may as well be a misspelt name of the body. */
    private Optional<String> advice(String name, boolean called) {
        return PytorchWords.ofClass(name)
                .or(() -> called && Suggestions.closest(name, known).isEmpty()
                        ? PytorchNames.ofFunction(name)
                        : Optional.empty());
    }

    private static Diagnostic unknownRegularizer(Identifier name) {
        List<String> words = Builtins.names(Builtin.Kind.REGULARIZER);
        return DiagnosticCode.UNKNOWN_REGULARIZER
                .at(name.span(), name)
                .withHelp(Suggestions.closest(name.text(), words)
                        .map(meant -> "did you mean '" + meant + "'?")
                        .orElse("regularizers are " + String.join(", ", words) + ", their sums and multiples"));
    }

    private Diagnostic unknownWord(Identifier name, Builtin.Kind kind) {
        Diagnostic diagnostic = DiagnosticCode.UNKNOWN_LAYER.at(name.span(), word(kind), name);
        if (diagnostics.isFull(name.span().file())) {
            return diagnostic;
        }
        List<String> words = new ArrayList<>(Builtins.names(kind));
        String all = plural(kind) + " are " + String.join(", ", words);
        module.names().stream()
                .filter(own ->
                        kind == Builtin.Kind.LOSS && module.meaning(own).orElse(null) instanceof Declaration.LossDecl)
                .forEach(words::add);
        return diagnostic.withHelp(PytorchWords.ofClass(name.text())
                .or(() -> Suggestions.closest(name.text(), words).map(meant -> "did you mean '" + meant + "'?"))
                .or(() -> PytorchNames.ofFunction(name.text()))
                .orElse(all));
    }

    private static String word(Builtin.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static String plural(Builtin.Kind kind) {
        return kind == Builtin.Kind.LOSS ? "losses" : word(kind) + "s";
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(Builtins.names());
        names.addAll(StandardBlocks.names());
        names.addAll(known);
        names.addAll(module.names());
        return names;
    }

    @Override
    public Boolean list(Expression.ListLiteral expression) {
        expression.elements().forEach(this::check);
        return true;
    }

    @Override
    public Boolean tuple(Expression.TupleLiteral expression) {
        expression.elements().forEach(this::check);
        return true;
    }

    @Override
    public Boolean call(Expression.Call expression) {
        Optional<Signature> signature = Optional.empty();
        if (expression.callee() instanceof Expression.Reference callee) {
            Optional<Signature> formula =
                    inFormula && isOfTensors(callee.name()) ? FormulaReader.signature(callee.name()) : Optional.empty();
            if (formula.isPresent()) {
                checkArguments(formula.get(), expression);
            } else if (!isKnown(callee.name()) || (inFormula && isOfTensors(callee.name()))) {
                unknown(new Identifier(callee.name(), callee.span()), true);
            } else if (!known.contains(callee.name())) {
                use(callee.name());
                signature = module.function(callee.name())
                        .<Datum.Function>map(function -> function)
                        .or(() -> Builtins.named(callee.name()))
                        .or(() -> StandardLibrary.function(callee.name()))
                        .map(Datum.Function::signature);
                if (inFormula || !Builtins.isOverloaded(callee.name())) {
                    signature.ifPresent(known -> checkArguments(known, expression));
                }
            }
        } else if (expression.callee() instanceof Expression.Member member && isMethod(member)) {
            check(member.owner());
            if (inFormula && isOfElements(member.name())) {
                unknown(member.name(), true);
            }
        } else {
            check(expression.callee());
        }
        Optional<Builtin.Kind> clause = inClause;
        inClause = Optional.empty();
        int index = 0;
        for (Expression.Argument argument : expression.arguments()) {
            int at = index++;
            Optional<Signature.Formal> formal = signature.flatMap(known -> known.formal(argument.name(), at));
            if (formal.isPresent() && isChoice(signature.get(), formal.get(), argument)) {
                continue;
            }
            boolean regularizer = argument.name()
                    .map(name -> name.text().endsWith("_regularizer"))
                    .orElse(false);
            if (regularizer) {
                regularizer(argument.value());
            } else {
                check(argument.value());
            }
        }
        inClause = clause;
        return true;
    }

    /** Tells whether the formula of a loss calls what is a function of all elements of a tensor. */
    private boolean isOfElements(Identifier name) {
        return declaration instanceof Declaration.LossDecl && FormulaReader.isOfElements(name.text());
    }

    /** Tells whether a function of tensors is called behind a dot: {@code x.mean(dim=1)}. */
    private static boolean isMethod(Expression.Member member) {
        return Builtins.ofTensors(member.name().text()).isPresent()
                && !PytorchWords.isNamespace(member.owner().span().text());
    }

    @Override
    public Boolean subscript(Expression.Subscript expression) {
        check(expression.owner());
        expression.parts().forEach(this::check);
        return true;
    }

    /** Tells whether an argument is a word that only the callee knows; one that nobody knows is reported. */
    private boolean isChoice(Signature signature, Signature.Formal formal, Expression.Argument argument) {
        List<String> choices = formal.type().choices();
        if (choices.isEmpty()
                || !(argument.value() instanceof Expression.Reference word)
                || known.contains(word.name())) {
            return false;
        }
        if (!choices.contains(word.name()) && complete) {
            report(DiagnosticCode.ARGUMENT_TYPE
                    .at(
                            word.span(),
                            formal.name(),
                            signature.callee(),
                            formal.type().description(),
                            word.name())
                    .withSuggestion(Suggestions.closest(word.name(), choices)));
        }
        return true;
    }

    private void checkArguments(Signature signature, Expression.Call call) {
        List<Signature.Slot> slots = call.arguments().stream()
                .filter(argument -> !argument.spread())
                .map(argument ->
                        new Signature.Slot(argument.name(), argument.value().span()))
                .toList();
        boolean complete = slots.size() == call.arguments().size();
        signature.assign(slots, complete, call.callee().span(), this::report);
    }

    @Override
    public Boolean member(Expression.Member expression) {
        if (PARAMETERS.contains(expression.name().text())
                && expression.owner() instanceof Expression.Reference owner
                && known.contains(owner.name())) {
            check(owner);
            return true;
        }
        if (Permuting.member(expression.name().text()).isPresent()) {
            return expression.owner().accept(this);
        }
        Diagnostic diagnostic = DiagnosticCode.MEMBER.at(
                expression.owner().span(), expression.owner().span().quotation());
        report(PytorchNames.ofMember(
                        expression.owner().span().text(), expression.name().text())
                .map(diagnostic::withHelp)
                .orElse(diagnostic));
        return false;
    }

    @Override
    public Boolean unary(Expression.Unary expression) {
        return expression.operand().accept(this);
    }

    @Override
    public Boolean binary(Expression.Binary expression) {
        check(expression.left());
        return expression.right().accept(this);
    }

    @Override
    public Boolean conditional(Expression.Conditional expression) {
        check(expression.condition());
        check(expression.then());
        return expression.otherwise().accept(this);
    }

    @Override
    public Boolean lambda(Expression.Lambda expression) {
        boolean added = known.add(expression.parameter().text());
        boolean before = inFormula;
        inFormula = inRegularizer;
        check(expression.body());
        inFormula = before;
        if (added) {
            known.remove(expression.parameter().text());
        }
        return true;
    }
}
