package org.espalier.generator.syntax;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration.Body;
import org.espalier.generator.syntax.Declaration.Formal;
import org.espalier.generator.syntax.Declaration.TypeName;
import org.espalier.generator.syntax.FileDecl.Import;
import org.espalier.generator.syntax.FileDecl.ImportedName;
import org.espalier.grammar.NetBaseVisitor;
import org.espalier.grammar.NetParser;
import org.jspecify.annotations.Nullable;

/**
 * Builds declarations from a parse tree. One whose head did not parse is left out, and its file is marked as broken.
 */
final class DeclarationBuilder extends NetBaseVisitor<Optional<Declaration>> {
    private final SourceFile file;
    private final CommonTokenStream tokens;
    private final Spans spans;
    private final ExpressionBuilder expressions;
    private final StatementBuilder statements;

    DeclarationBuilder(
            SourceFile file,
            CommonTokenStream tokens,
            Spans spans,
            ExpressionBuilder expressions,
            StatementBuilder statements) {
        this.file = file;
        this.tokens = tokens;
        this.spans = spans;
        this.expressions = expressions;
        this.statements = statements;
    }

    FileDecl build(NetParser.FileContext context) {
        List<Optional<Declaration>> declarations =
                context.declaration().stream().map(this::declaration).toList();
        List<Optional<Import>> imports =
                context.importDeclaration().stream().map(this::imports).toList();
        boolean broken = ExpressionBuilder.isBroken(context)
                || declarations.stream().anyMatch(Optional::isEmpty)
                || imports.stream().anyMatch(Optional::isEmpty);
        return new FileDecl(
                file,
                packageName(context.packageDeclaration()),
                imports.stream().flatMap(Optional::stream).toList(),
                declarations.stream().flatMap(Optional::stream).toList(),
                broken);
    }

    private Identifier packageName(NetParser.@Nullable PackageDeclarationContext context) {
        return context == null || context.qualifiedName() == null
                ? new Identifier("", file.span(0, 0))
                : new Identifier(context.qualifiedName().getText(), spans.of(context.qualifiedName()));
    }

    private Optional<Import> imports(NetParser.ImportDeclarationContext context) {
        if (ExpressionBuilder.isBroken(context)
                || context.importedName().stream().anyMatch(ExpressionBuilder::isBroken)) {
            return Optional.empty();
        }
        List<ImportedName> names = context.importedName().stream()
                .map(imported -> new ImportedName(
                        expressions.identifier(imported.name(0)),
                        Optional.ofNullable(imported.name(1)).map(expressions::identifier)))
                .toList();
        String path = ExpressionBuilder.unquoted(context.STRING().getText());
        return Optional.of(new Import(names, path, spans.of(context.STRING()), spans.of(context)));
    }

    private Optional<Declaration> declaration(NetParser.DeclarationContext context) {
        return context.children == null || context.getChildCount() == 0 ? Optional.empty() : visitOrNothing(context);
    }

    private Optional<Declaration> visitOrNothing(NetParser.DeclarationContext context) {
        Optional<Declaration> declaration = context.accept(this);
        return declaration == null ? Optional.empty() : declaration;
    }

    @Override
    public Optional<Declaration> visitRegularizerDeclaration(NetParser.RegularizerDeclarationContext context) {
        if (ExpressionBuilder.isBroken(context.name())) {
            return Optional.empty();
        }
        return regularizerFormals(context.regularizerParameters())
                .map(formals -> new Declaration.RegularizerDecl(
                        expressions.identifier(context.name()),
                        formals,
                        ExpressionBuilder.isBroken(context)
                                ? new Expression.Broken(spans.of(context))
                                : expressions.build(context.expression(), context),
                        documentation(context.getStart()),
                        head(context.getStart(), context.name())));
    }

    /** {@code layer Swish = x -> x * sigmoid(x)} is a block with the inputs of the formula, and one output. */
    @Override
    public Optional<Declaration> visitLayerDeclaration(NetParser.LayerDeclarationContext context) {
        if (ExpressionBuilder.isBroken(context.name()) || isBroken(context.formula())) {
            return Optional.empty();
        }
        return regularizerFormals(context.regularizerParameters())
                .map(formals -> new Declaration.BlockDecl(
                        expressions.identifier(context.name()),
                        formals,
                        body(formals, context.formula()),
                        documentation(context.getStart()),
                        head(context.getStart(), context.name())));
    }

    private Body body(List<Formal> formals, NetParser.FormulaContext context) {
        Set<String> taken = new HashSet<>();
        formals.forEach(formal -> taken.add(formal.name().text()));
        List<Statement> body = new ArrayList<>();
        for (Identifier variable : variables(context)) {
            taken.add(variable.text());
            body.add(new Statement.Input(variable, Optional.empty(), Optional.empty(), false, variable.span()));
        }
        String output = "y";
        while (!taken.add(output)) {
            output += "_";
        }
        Expression value = expressions.build(context.expression(), context);
        body.add(new Statement.Output(new Identifier(output, value.span()), Optional.of(value), value.span()));
        return new Body(body, false, spans.of(context.getStop()));
    }

    @Override
    public Optional<Declaration> visitLossDeclaration(NetParser.LossDeclarationContext context) {
        if (ExpressionBuilder.isBroken(context.name()) || isBroken(context.formula())) {
            return Optional.empty();
        }
        return regularizerFormals(context.regularizerParameters())
                .map(formals -> new Declaration.LossDecl(
                        expressions.identifier(context.name()),
                        formals,
                        variables(context.formula()),
                        expressions.build(context.formula().expression(), context),
                        documentation(context.getStart()),
                        head(context.getStart(), context.name())));
    }

    private static boolean isBroken(NetParser.@Nullable FormulaContext context) {
        return context == null
                || ExpressionBuilder.isBroken(context)
                || ExpressionBuilder.isBroken(context.formulaVariables())
                || context.formulaVariables().name().stream().anyMatch(ExpressionBuilder::isBroken);
    }

    private List<Identifier> variables(NetParser.FormulaContext context) {
        return context.formulaVariables().name().stream()
                .map(expressions::identifier)
                .toList();
    }

    @Override
    public Optional<Declaration> visitBlockDeclaration(NetParser.BlockDeclarationContext context) {
        if (ExpressionBuilder.isBroken(context.name()) || context.parameters() == null || context.body() == null) {
            return Optional.empty();
        }
        return formals(context.parameters())
                .map(formals -> new Declaration.BlockDecl(
                        expressions.identifier(context.name()),
                        formals,
                        body(context.body()),
                        documentation(context.getStart()),
                        head(context.getStart(), context.name())));
    }

    @Override
    public Optional<Declaration> visitNetworkDeclaration(NetParser.NetworkDeclarationContext context) {
        if (ExpressionBuilder.isBroken(context.name()) || context.body() == null) {
            return Optional.empty();
        }
        return formals(context.parameters())
                .map(formals -> new Declaration.NetworkDecl(
                        expressions.identifier(context.name()),
                        formals,
                        body(context.body()),
                        documentation(context.getStart()),
                        head(context.getStart(), context.name())));
    }

    private SourceSpan head(Token keyword, NetParser.NameContext name) {
        return spans.of(keyword).to(spans.of(name));
    }

    private Optional<List<Formal>> formals(NetParser.@Nullable ParametersContext context) {
        if (context == null) {
            return Optional.of(List.of());
        }
        boolean broken = ExpressionBuilder.isBroken(context)
                || context.parameter().stream()
                        .anyMatch(formal -> ExpressionBuilder.isBroken(formal)
                                || ExpressionBuilder.isBroken(formal.name())
                                || ExpressionBuilder.isBroken(formal.type())
                                || ExpressionBuilder.isBroken(formal.type().typeName()));
        return broken
                ? Optional.empty()
                : Optional.of(context.parameter().stream().map(this::formal).toList());
    }

    private Formal formal(NetParser.ParameterContext context) {
        return new Formal(
                expressions.identifier(context.name()),
                type(context.type()),
                Optional.ofNullable(context.expression()).map(value -> expressions.build(value, context)),
                spans.of(context));
    }

    private TypeName type(NetParser.TypeContext type) {
        boolean optional = type.QUESTION_MARK() != null;
        return new TypeName(type.typeName().getText(), optional, spans.of(type));
    }

    private Optional<List<Formal>> regularizerFormals(NetParser.@Nullable RegularizerParametersContext context) {
        if (context == null) {
            return Optional.of(List.of());
        }
        boolean broken = ExpressionBuilder.isBroken(context)
                || context.regularizerParameter().stream()
                        .anyMatch(formal -> ExpressionBuilder.isBroken(formal)
                                || ExpressionBuilder.isBroken(formal.name())
                                || (formal.type() != null
                                        && (ExpressionBuilder.isBroken(formal.type())
                                                || ExpressionBuilder.isBroken(
                                                        formal.type().typeName()))));
        return broken
                ? Optional.empty()
                : Optional.of(context.regularizerParameter().stream()
                        .map(this::regularizerFormal)
                        .toList());
    }

    private Formal regularizerFormal(NetParser.RegularizerParameterContext context) {
        return new Formal(
                expressions.identifier(context.name()),
                context.type() == null ? new TypeName("float", false, spans.of(context.name())) : type(context.type()),
                Optional.ofNullable(context.expression()).map(value -> expressions.build(value, context)),
                spans.of(context));
    }

    private Body body(NetParser.BodyContext context) {
        List<Statement> built =
                context.statement().stream().map(statements::build).toList();
        boolean broken = ExpressionBuilder.isBroken(context)
                || built.stream().anyMatch(Statement.BrokenStatement.class::isInstance);
        return new Body(built, broken, spans.of(context.getStop() == null ? context.getStart() : context.getStop()));
    }

    /** The last comment before a token that begins with two stars, without its stars and margins. */
    private String documentation(Token first) {
        List<Token> hidden = tokens.getHiddenTokensToLeft(first.getTokenIndex());
        if (hidden == null) {
            return "";
        }
        return hidden.stream()
                .map(Token::getText)
                .filter(text -> text.startsWith("/**") && text.length() > "/**/".length())
                .reduce((earlier, later) -> later)
                .map(DeclarationBuilder::withoutStars)
                .orElse("");
    }

    private static String withoutStars(String comment) {
        String inside = comment.substring("/**".length(), comment.length() - "*/".length());
        return inside.lines()
                .map(line -> line.strip().replaceFirst("^\\* ?", "").stripTrailing())
                .reduce((above, below) -> above + "\n" + below)
                .orElse("")
                .strip();
    }
}
