package org.espalier.generator.syntax;

import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;

/** Turns ANTLR's places, which count code points, into spans, which count UTF-16 units. */
final class Spans {
    private final SourceFile file;
    private final int[] offsets;

    Spans(SourceFile file) {
        this.file = file;
        this.offsets = offsets(file.text());
    }

    private static int[] offsets(String text) {
        int[] offsets = new int[text.codePointCount(0, text.length()) + 1];
        for (int i = 1; i < offsets.length; i++) {
            offsets[i] = text.offsetByCodePoints(offsets[i - 1], 1);
        }
        return offsets;
    }

    /** The span of a token; the end of the file is an empty one. */
    SourceSpan of(Token token) {
        return of(token, token);
    }

    SourceSpan of(TerminalNode node) {
        return of(node.getSymbol());
    }

    SourceSpan of(ParserRuleContext context) {
        return of(context.getStart(), context.getStop() == null ? context.getStart() : context.getStop());
    }

    SourceSpan of(Token first, Token last) {
        int start = offset(first.getStartIndex());
        int end = last.getType() == Token.EOF ? offset(last.getStartIndex()) : offset(last.getStopIndex() + 1);
        return file.span(Math.min(start, end), Math.max(start, end));
    }

    private int offset(int codePoints) {
        return offsets[Math.min(Math.max(codePoints, 0), offsets.length - 1)];
    }
}
