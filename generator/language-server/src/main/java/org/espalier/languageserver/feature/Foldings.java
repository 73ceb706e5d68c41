package org.espalier.languageserver.feature;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.eclipse.lsp4j.FoldingRange;
import org.eclipse.lsp4j.FoldingRangeKind;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.document.DocumentWords;
import org.espalier.languageserver.document.Word;

/** Finds what can be folded: bodies, brackets over several lines, comments, imports. */
public final class Foldings {
    private Foldings() {}

    /** The foldable ranges of a file, which need not parse. */
    public static List<FoldingRange> of(Document document) {
        SourceFile file = document.file();
        List<FoldingRange> ranges = new ArrayList<>();
        Deque<Word> open = new ArrayDeque<>();
        Word firstLineComment = null;
        Word lastLineComment = null;
        for (Word word : document.words().all()) {
            boolean lineComment = word.text().startsWith("//");
            if (lineComment && lastLineComment != null && line(file, word) == line(file, lastLineComment) + 1) {
                lastLineComment = word;
                continue;
            }
            if (firstLineComment != null && lastLineComment != null) {
                add(ranges, file, firstLineComment, lastLineComment.start(), FoldingRangeKind.Comment);
            }
            firstLineComment = lineComment ? word : null;
            lastLineComment = firstLineComment;
            if (DocumentWords.isComment(word)) {
                add(ranges, file, word, word.end(), FoldingRangeKind.Comment);
            } else if (word.is("{") || word.is("(") || word.is("[")) {
                open.push(word);
            } else if (word.is("}") || word.is(")") || word.is("]")) {
                closing(open, word).ifPresent(first -> {
                    // The line of the closing bracket stays in sight.
                    int end = file.lineStart(file.line(word.start())) - 1;
                    add(ranges, file, first, end, FoldingRangeKind.Region);
                });
            }
        }
        if (firstLineComment != null && lastLineComment != null) {
            add(ranges, file, firstLineComment, lastLineComment.start(), FoldingRangeKind.Comment);
        }
        imports(document).ifPresent(ranges::add);
        return ranges;
    }

    /** The bracket that one closes; brackets between that nothing closes are given up. */
    private static Optional<Word> closing(Deque<Word> open, Word closing) {
        String wanted = closing.is("}") ? "{" : closing.is(")") ? "(" : "[";
        if (open.stream().noneMatch(word -> word.is(wanted))) {
            return Optional.empty();
        }
        while (!open.isEmpty()) {
            Word word = open.pop();
            if (word.is(wanted)) {
                return Optional.of(word);
            }
        }
        return Optional.empty();
    }

    private static Optional<FoldingRange> imports(Document document) {
        List<FileDecl.Import> imports = document.tree().imports();
        if (imports.size() < 2) {
            return Optional.empty();
        }
        int first = imports.get(0).span().line();
        int last = document.file().line(imports.get(imports.size() - 1).span().end());
        FoldingRange range = new FoldingRange(first - 1, last - 1);
        range.setKind(FoldingRangeKind.Imports);
        return last > first ? Optional.of(range) : Optional.empty();
    }

    private static int line(SourceFile file, Word word) {
        return file.line(word.start());
    }

    private static void add(List<FoldingRange> ranges, SourceFile file, Word first, int end, String kind) {
        int from = line(file, first);
        int to = end < first.start() ? from : file.line(end);
        if (to > from) {
            FoldingRange range = new FoldingRange(from - 1, to - 1);
            range.setKind(kind);
            ranges.add(range);
        }
    }
}
