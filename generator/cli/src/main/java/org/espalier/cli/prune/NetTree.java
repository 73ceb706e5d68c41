package org.espalier.cli.prune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.generator.syntax.Statement;

/** A specification as it was written, to find calls and the uses of names in it. */
final class NetTree {
    private final SourceFile file;
    private final Map<SourceSpan, Expression.Call> calls = new LinkedHashMap<>();
    private final Map<SourceSpan, Declaration> owners = new LinkedHashMap<>();
    private final Map<Declaration, List<Expression.Reference>> references = new LinkedHashMap<>();
    private final FileDecl tree;

    NetTree(SourceFile file) {
        this.file = file;
        this.tree = NetSyntax.parse(file).file();
        for (Declaration declaration : tree.declarations()) {
            references.put(declaration, new ArrayList<>());
            roots(declaration).forEach(expression -> visit(expression, declaration));
        }
    }

    SourceFile file() {
        return file;
    }

    List<Declaration> declarations() {
        return tree.declarations();
    }

    /** A call by where it is; empty if it stands in another file. */
    Optional<Expression.Call> call(SourceSpan span) {
        return Optional.ofNullable(calls.get(span));
    }

    /** The declaration that a call stands in. */
    Optional<Declaration> owner(SourceSpan call) {
        return Optional.ofNullable(owners.get(call));
    }

    /** Places where a declaration's body mentions a name. */
    List<SourceSpan> uses(Declaration declaration, String name) {
        return references.getOrDefault(declaration, List.of()).stream()
                .filter(reference -> reference.name().equals(name))
                .map(Expression.Reference::span)
                .toList();
    }

    /** The expression that a name is bound to in a body, if it is bound there once, alone. */
    static Optional<Expression> binding(Declaration declaration, String name) {
        return body(declaration).stream()
                .filter(Statement.Binding.class::isInstance)
                .map(Statement.Binding.class::cast)
                .filter(binding -> binding.names().size() == 1
                        && binding.names().get(0).text().equals(name))
                .map(Statement.Binding::value)
                .findFirst();
    }

    /** All words of a declaration that name something. */
    Stream<String> names(Declaration declaration) {
        return Stream.of(
                        declaration.formals().stream()
                                .map(formal -> formal.name().text()),
                        references.getOrDefault(declaration, List.of()).stream().map(Expression.Reference::name),
                        body(declaration).stream()
                                .filter(Statement.Binding.class::isInstance)
                                .flatMap(binding -> ((Statement.Binding) binding).names().stream())
                                .map(name -> name.text()))
                .flatMap(names -> names);
    }

    static List<Statement> body(Declaration declaration) {
        if (declaration instanceof Declaration.BlockDecl block) {
            return block.body().statements();
        }
        return declaration instanceof Declaration.NetworkDecl network
                ? network.body().statements()
                : List.of();
    }

    private static Stream<Expression> roots(Declaration declaration) {
        return Stream.concat(
                declaration.formals().stream().flatMap(formal -> formal.defaultValue().stream()),
                body(declaration).stream().flatMap(NetTree::expressions));
    }

    private static Stream<Expression> expressions(Statement statement) {
        if (statement instanceof Statement.Binding binding) {
            return Stream.of(binding.value());
        } else if (statement instanceof Statement.Input input) {
            return Stream.concat(
                    input.type().stream().flatMap(type -> type.dimensions().stream()), input.fallback().stream());
        } else if (statement instanceof Statement.Target target) {
            return target.type().stream().flatMap(type -> type.dimensions().stream());
        } else if (statement instanceof Statement.OwnParameter parameter) {
            return Stream.concat(parameter.type().dimensions().stream(), Stream.of(parameter.initializer()));
        } else if (statement instanceof Statement.OwnBuffer buffer) {
            return Stream.concat(buffer.type().dimensions().stream(), Stream.of(buffer.value()));
        } else if (statement instanceof Statement.Output output) {
            return output.value().stream();
        } else if (statement instanceof Statement.Return returned) {
            return Stream.of(returned.value());
        } else if (statement instanceof Statement.Regularize regularize) {
            return Stream.of(regularize.by());
        } else if (statement instanceof Statement.Initialize initialize) {
            return Stream.of(initialize.by());
        } else if (statement instanceof Statement.LossClause loss) {
            return Stream.of(loss.value());
        } else if (statement instanceof Statement.OptimizerClause optimizer) {
            return Stream.of(optimizer.value());
        } else if (statement instanceof Statement.Optimize optimize) {
            return Stream.concat(
                    optimize.settings().stream().map(Expression.Argument::value), optimize.optimizer().stream());
        } else if (statement instanceof Statement.ReportSparsity report) {
            return report.below().stream();
        }
        return Stream.empty();
    }

    private void visit(Expression expression, Declaration owner) {
        if (expression instanceof Expression.Call call) {
            calls.put(call.span(), call);
            owners.put(call.span(), owner);
        } else if (expression instanceof Expression.Reference reference) {
            references.computeIfAbsent(owner, key -> new ArrayList<>()).add(reference);
        }
        parts(expression).forEach(part -> visit(part, owner));
    }

    private static Stream<Expression> parts(Expression expression) {
        if (expression instanceof Expression.ListLiteral list) {
            return list.elements().stream();
        } else if (expression instanceof Expression.TupleLiteral tuple) {
            return tuple.elements().stream();
        } else if (expression instanceof Expression.Call call) {
            return Stream.concat(
                    Stream.of(call.callee()), call.arguments().stream().map(Expression.Argument::value));
        } else if (expression instanceof Expression.Member member) {
            return Stream.of(member.owner());
        } else if (expression instanceof Expression.Subscript subscript) {
            return Stream.concat(Stream.of(subscript.owner()), subscript.parts().stream());
        } else if (expression instanceof Expression.Unary unary) {
            return Stream.of(unary.operand());
        } else if (expression instanceof Expression.Binary binary) {
            return Stream.of(binary.left(), binary.right());
        } else if (expression instanceof Expression.Conditional conditional) {
            return Stream.of(conditional.condition(), conditional.then(), conditional.otherwise());
        } else if (expression instanceof Expression.Lambda lambda) {
            return Stream.of(lambda.body());
        }
        return Stream.empty();
    }
}
