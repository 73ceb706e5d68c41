package org.espalier.generator.syntax;

import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Token;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;
import org.espalier.grammar.NetLexer;

/** Parses a specification: its text in, its declarations and syntax errors out. */
public final class NetSyntax {
    /** Maximum number of tokens in a file. */
    public static final int TOKENS = 200_000;

    /** Maximum number of letters in a name. */
    static final int NAME_LENGTH = 200;

    /** Character that Java's decoders put in place of bytes that mean nothing. */
    private static final char UNREADABLE = '\uFFFD';

    private NetSyntax() {}

    /**
     * Parses what can be read of a file, and reports what is wrong with the rest. Never throws for what a file says.
     */
    public static ParsedFile parse(SourceFile file) {
        Diagnostics diagnostics = new Diagnostics();
        if (file.text().length() > SourceFile.LARGEST) {
            diagnostics.report(DiagnosticCode.FILE_TOO_LARGE.at(
                    file.span(0, 0), file.text().length(), SourceFile.LARGEST));
            return new ParsedFile(nothingOf(file), 0, diagnostics.toList());
        }
        int unreadable = file.text().indexOf(UNREADABLE);
        if (unreadable >= 0) {
            diagnostics.report(DiagnosticCode.NOT_TEXT
                    .at(file.span(unreadable, unreadable + 1))
                    .withHelp("save the file as UTF-8, or say which encoding it has"));
            return new ParsedFile(nothingOf(file), 0, diagnostics.toList());
        }
        return read(file, diagnostics);
    }

    /** Tells whether a word can be no name. One that stands where a name does was reported. */
    public static boolean isKeyword(String word) {
        return TokenNames.isKeyword(word);
    }

    private static ParsedFile read(SourceFile file, Diagnostics diagnostics) {
        Spans spans = new Spans(file);
        NetLexer lexer = new NetLexer(CharStreams.fromString(file.text(), file.name()));
        lexer.removeErrorListeners();
        List<Token> read = new ArrayList<>();
        int count = 0;
        Token last;
        do {
            last = lexer.nextToken();
            read.add(last);
            count += last.getType() == NetLexer.WHITE_SPACE ? 0 : 1;
        } while (last.getType() != Token.EOF && count <= TOKENS);
        if (last.getType() != Token.EOF) {
            diagnostics.report(DiagnosticCode.TOO_MANY_TOKENS
                    .at(spans.of(last), TOKENS)
                    .withHelp("divide it into files that import each other, or let repeat and blocks say it shorter"));
            return new ParsedFile(nothingOf(file), count, diagnostics.toList());
        }
        FileDecl declared = declared(file, read, spans, diagnostics);
        return new ParsedFile(declared, count, diagnostics.toList());
    }

    private static FileDecl declared(SourceFile file, List<Token> read, Spans spans, Diagnostics diagnostics) {
        CommonTokenStream tokens = new CommonTokenStream(new ListTokenSource(read, file.name()));
        tokens.fill();
        reportUnfinishedComment(tokens, spans, diagnostics);
        MisplacedKeywords.rename(tokens, spans, diagnostics);
        if (reportLongNames(tokens, spans, diagnostics)) {
            return nothingOf(file);
        }

        BoundedParser parser = new BoundedParser(tokens);
        parser.removeErrorListeners();
        parser.setErrorHandler(new FriendlyErrorStrategy(spans, diagnostics));
        ExpressionBuilder expressions = new ExpressionBuilder(spans);
        StatementBuilder statements = new StatementBuilder(spans, expressions, diagnostics);
        try {
            return new DeclarationBuilder(file, tokens, spans, expressions, statements).build(parser.file());
        } catch (BoundedParser.TooDeep e) {
            diagnostics.report(DiagnosticCode.NESTED_TOO_DEEPLY
                    .at(spans.of(e.token()), BoundedParser.DEPTH)
                    .withHelp("bind a part of it to a name, or let repeat make the list"));
            return nothingOf(file);
        }
    }

    private static FileDecl nothingOf(SourceFile file) {
        return new FileDecl(file, new Identifier("", file.span(0, 0)), List.of(), List.of(), true);
    }

    /** Reports each name beyond the limit, and whether there is one. */
    private static boolean reportLongNames(CommonTokenStream tokens, Spans spans, Diagnostics diagnostics) {
        List<Token> names = tokens.getTokens().stream()
                .filter(token ->
                        token.getType() == NetLexer.NAME && token.getStopIndex() - token.getStartIndex() >= NAME_LENGTH)
                .toList();
        names.forEach(name -> {
            SourceSpan span = spans.of(name);
            int letters = span.text().codePointCount(0, span.text().length());
            diagnostics.report(DiagnosticCode.NAME_TOO_LONG.at(span, "this name", letters, NAME_LENGTH));
        });
        return !names.isEmpty();
    }

    private static void reportUnfinishedComment(CommonTokenStream tokens, Spans spans, Diagnostics diagnostics) {
        for (Token token : tokens.getTokens()) {
            if (token.getType() == NetLexer.COMMENT
                    && !(token.getText().endsWith("*/") && token.getText().length() >= "/**/".length())) {
                diagnostics.report(
                        DiagnosticCode.UNFINISHED_COMMENT.at(spans.of(token)).withHelp("add */ where it ends"));
            }
        }
    }
}
