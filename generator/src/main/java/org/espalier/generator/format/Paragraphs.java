package org.espalier.generator.format;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.espalier.grammar.NetParser;
import org.espalier.grammar.NetParser.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Aligns equals signs. Bindings that follow each other without an empty line are a paragraph, and so are outputs. If
 * the author put more than one space before an equals sign of a paragraph, all of them are aligned; otherwise none is.
 */
final class Paragraphs {
    private final Gaps gaps;
    private final List<Line> lines = new ArrayList<>();
    private final List<StatementContext> paragraph = new ArrayList<>();

    private Paragraphs(Gaps gaps) {
        this.gaps = gaps;
    }

    /** A statement, and by how many spaces its equals sign moves to the right. */
    record Line(StatementContext statement, int spaces) {}

    /** The statements of a body. */
    static List<Line> of(List<StatementContext> statements, Gaps gaps) {
        Paragraphs paragraphs = new Paragraphs(gaps);
        statements.forEach(paragraphs::add);
        paragraphs.finish();
        return paragraphs.lines;
    }

    private void add(StatementContext statement) {
        if (!paragraph.isEmpty() && !goesOn(statement)) {
            finish();
        }
        paragraph.add(statement);
        if (!canMove(statement)) {
            finish();
        }
    }

    private boolean goesOn(StatementContext statement) {
        return statement.getClass().equals(paragraph.get(0).getClass())
                && canMove(statement)
                && !gaps.blankAnywhereBefore(statement.getStart());
    }

    /** Tells whether it has an equals sign with nothing but its target before it. */
    private boolean canMove(StatementContext statement) {
        TerminalNode sign = sign(statement);
        return sign != null && !gaps.hasCommentsBetween(statement.getStart(), sign.getSymbol());
    }

    private static @Nullable TerminalNode sign(StatementContext statement) {
        return statement.getToken(NetParser.ASSIGN, 0);
    }

    private void finish() {
        boolean aligned = paragraph.stream().anyMatch(this::isMoved);
        int widest = paragraph.stream().mapToInt(Paragraphs::width).max().orElse(0);
        paragraph.forEach(statement -> lines.add(new Line(statement, aligned ? widest - width(statement) : 0)));
        paragraph.clear();
    }

    private boolean isMoved(StatementContext statement) {
        TerminalNode sign = sign(statement);
        return sign != null && canMove(statement) && gaps.spacesBefore(sign.getSymbol()) > 1;
    }

    /** Counts the columns that the names before the equals sign take. */
    private static int width(StatementContext statement) {
        String names = statement.getRuleContexts(NetParser.NameContext.class).stream()
                .map(NetParser.NameContext::getText)
                .collect(Collectors.joining(", "));
        return names.codePointCount(0, names.length());
    }
}
