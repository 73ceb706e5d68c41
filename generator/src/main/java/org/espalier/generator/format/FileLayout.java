package org.espalier.generator.format;

import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.espalier.generator.format.Doc.Break;
import org.espalier.generator.format.Doc.Indent;
import org.espalier.generator.format.Doc.Sequence;
import org.espalier.grammar.NetParser;
import org.jspecify.annotations.Nullable;

/** Formats a file: one statement a line, with the author's empty lines, and empty lines around blocks and networks. */
final class FileLayout {
    private final Gaps gaps;
    private final StatementLayout statements;

    FileLayout(Gaps gaps) {
        this.gaps = gaps;
        this.statements = new StatementLayout(gaps);
    }

    Doc lay(NetParser.FileContext file) {
        List<Doc> parts = new ArrayList<>();
        ParserRuleContext last = null;
        for (ParserRuleContext part : file.getRuleContexts(ParserRuleContext.class)) {
            if (last != null) {
                parts.add(lineEnd(part.getStart(), areApart(last, part)));
            }
            parts.add(gaps.takeLeadingComments(part.getStart()));
            parts.add(statements.lay(part));
            NetParser.BodyContext body = body(part);
            if (body != null) {
                parts.add(inside(body));
            }
            last = part;
        }
        Token end = file.EOF().getSymbol();
        if (gaps.hasLeadingComments(end)) {
            parts.add(lineEnd(end, false));
            parts.add(gaps.takeLeadingComments(end));
        }
        return Sequence.of(parts);
    }

    private Doc lineEnd(Token next, boolean blank) {
        return blank || gaps.blankBefore(next) ? Break.BLANK_LINE : Break.LINE;
    }

    private static boolean areApart(ParserRuleContext above, ParserRuleContext below) {
        return body(above) != null || body(below) != null || !above.getClass().equals(below.getClass());
    }

    private static NetParser.@Nullable BodyContext body(ParserRuleContext context) {
        return context.getRuleContext(NetParser.BodyContext.class, 0);
    }

    /** Lays out all that stands behind an opening brace, up to the closing one. */
    private Doc inside(NetParser.BodyContext body) {
        List<Doc> lines = new ArrayList<>();
        for (Paragraphs.Line line : Paragraphs.of(body.statement(), gaps)) {
            Token first = line.statement().getStart();
            lines.add(lines.isEmpty() ? Break.LINE : lineEnd(first, false));
            lines.add(gaps.takeLeadingComments(first));
            lines.add(statements.lay(line));
        }
        Token end = body.RIGHT_BRACE().getSymbol();
        if (gaps.hasLeadingComments(end)) {
            lines.add(lines.isEmpty() ? Break.LINE : lineEnd(end, false));
            lines.add(gaps.takeLeadingComments(end));
        }
        Token begin = body.LEFT_BRACE().getSymbol();
        boolean empty = lines.isEmpty() && !gaps.hasCommentsBetween(begin, end);
        Doc close = empty ? Sequence.of() : Break.LINE;
        return Sequence.of(new Indent(Sequence.of(lines)), close, gaps.token(end));
    }
}
