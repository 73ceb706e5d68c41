package org.espalier.generator.format;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.espalier.generator.format.Doc.Align;
import org.espalier.generator.format.Doc.Brackets;
import org.espalier.generator.format.Doc.Break;
import org.espalier.generator.format.Doc.Comment;
import org.espalier.generator.format.Doc.Group;
import org.espalier.generator.format.Doc.Indent;
import org.espalier.generator.format.Doc.Sequence;
import org.espalier.generator.format.Doc.Text;
import org.espalier.generator.format.Doc.When;

/** Prints a {@link Doc}, deciding where lines end from left to right, without going back. */
final class Layout implements Doc.Visitor<Void> {
    /** The longest line. */
    static final int COLUMNS = 120;

    private static final int INDENT = 4;

    /** Minimum number of columns for the contents of brackets behind the opening one. */
    private static final int NARROW = 40;

    private static final Sequence NOTHING = Sequence.of();

    private final Page page = new Page();
    private final List<Task> tasks = new ArrayList<>();
    private Task task = new Task(NOTHING, 0, 0, true);

    private Layout() {}

    /**
     * Something to print.
     *
     * @param indent where its lines after the first begin
     * @param depth how many brackets, chains and groups it is in
     * @param broken whether its group takes several lines
     */
    private record Task(Doc doc, int indent, int depth, boolean broken) {}

    /** The text of a file, which ends with a line end unless it is empty. */
    static String print(Doc doc) {
        Layout layout = new Layout();
        layout.tasks.add(new Task(doc, 0, 0, true));
        while (!layout.tasks.isEmpty()) {
            layout.task = layout.tasks.remove(layout.tasks.size() - 1);
            layout.task.doc().accept(layout);
        }
        return layout.page.finished();
    }

    private void next(Doc doc, int indent, int depth, boolean broken) {
        tasks.add(new Task(doc, indent, depth, broken));
    }

    @Override
    public Void text(Text doc) {
        page.write(doc.text(), task.indent());
        return null;
    }

    @Override
    public Void comment(Comment doc) {
        page.write(doc, task.indent());
        return null;
    }

    @Override
    public Void gap(Break doc) {
        if (doc.forced() || page.mustEndLine() || isBroken(doc.when())) {
            page.endLine(task.indent(), doc.blank());
        } else if (doc.space()) {
            page.space();
        }
        return null;
    }

    private boolean isBroken(When when) {
        return switch (when) {
            case NEVER -> false;
            case GROUP -> task.broken();
            case FILL -> !fits(NOTHING, task.depth(), false);
            case LATE -> !fits(NOTHING, task.depth(), true);
        };
    }

    @Override
    public Void sequence(Sequence doc) {
        for (int i = doc.parts().size() - 1; i >= 0; i--) {
            next(doc.parts().get(i), task.indent(), task.depth(), task.broken());
        }
        return null;
    }

    @Override
    public Void indent(Indent doc) {
        next(doc.content(), task.indent() + INDENT, task.depth(), task.broken());
        return null;
    }

    @Override
    public Void align(Align doc) {
        next(doc.content(), page.column(task.indent()), task.depth() + 1, true);
        return null;
    }

    @Override
    public Void group(Group doc) {
        boolean broken = doc.breaks() || !fits(doc.content(), task.depth(), false);
        next(doc.content(), page.column(task.indent()), task.depth() + 1, broken);
        return null;
    }

    @Override
    public Void brackets(Brackets doc) {
        int margin = Math.max(page.margin(), task.indent());
        boolean below = doc.below() || isCramped(doc, margin);
        next(doc.close(), task.indent(), task.depth(), true);
        if (below && (doc.closeBelow() || doc.content().isOpen())) {
            next(Break.LINE, margin, task.depth(), true);
        }
        if (below) {
            next(Sequence.of(Break.LINE, doc.content()), margin + INDENT, task.depth() + 1, true);
        } else {
            next(new Align(doc.content()), task.indent(), task.depth(), true);
        }
        next(doc.open(), task.indent(), task.depth(), true);
        return null;
    }

    /** Tells whether what is in brackets does not fit well behind them and would fit better below. */
    private boolean isCramped(Brackets doc, int margin) {
        int behind = page.column(task.indent()) + 1;
        if (behind <= margin + INDENT || fits(doc, task.depth(), false)) {
            return false;
        }
        return behind > COLUMNS - NARROW || !fits(Sequence.of(doc.open(), doc.content()), task.depth(), true);
    }

    /**
     * Tells whether something and what follows it fit into the line.
     *
     * @param depth of the places up to which it must fit; no line ends at deeper ones
     * @param any whether it need fit only up to the next place of any depth
     */
    private boolean fits(Doc first, int depth, boolean any) {
        Deque<Task> ahead = new ArrayDeque<>();
        ahead.push(new Task(first, 0, depth + 1, true));
        Measure measure = new Measure(ahead, any ? Integer.MAX_VALUE : depth, COLUMNS - page.column(task.indent()));
        int rest = tasks.size();
        while (!measure.decided) {
            if (ahead.isEmpty()) {
                if (rest == 0) {
                    return true;
                }
                ahead.push(tasks.get(--rest));
            }
            measure.task = ahead.pop();
            measure.task.doc().accept(measure);
        }
        return measure.left >= 0;
    }

    /** Lays out in one line, until that is known to be possible or not. */
    private static final class Measure implements Doc.Visitor<Void> {
        private final Deque<Task> ahead;
        private final int depth;
        private int left;
        private boolean decided;
        private Task task = new Task(NOTHING, 0, 0, true);

        Measure(Deque<Task> ahead, int depth, int left) {
            this.ahead = ahead;
            this.depth = depth;
            this.left = left;
        }

        private void take(int columns) {
            left -= columns;
            decided |= left < 0;
        }

        private void next(Doc doc, int deeper) {
            ahead.push(new Task(doc, 0, task.depth() + deeper, true));
        }

        @Override
        public Void text(Text doc) {
            take(doc.text().codePointCount(0, doc.text().length()));
            return null;
        }

        /** A comment may be longer than a line. */
        @Override
        public Void comment(Comment doc) {
            decided = doc.isOpen();
            if (!decided) {
                take(Gaps.columns(doc.lines().get(0)) + 2);
            }
            return null;
        }

        @Override
        public Void gap(Break doc) {
            decided = doc.forced() || (doc.when() != When.NEVER && task.depth() <= depth);
            if (!decided && doc.space()) {
                take(1);
            }
            return null;
        }

        @Override
        public Void sequence(Sequence doc) {
            for (int i = doc.parts().size() - 1; i >= 0; i--) {
                next(doc.parts().get(i), 0);
            }
            return null;
        }

        @Override
        public Void indent(Indent doc) {
            next(doc.content(), 0);
            return null;
        }

        @Override
        public Void align(Align doc) {
            next(doc.content(), 1);
            return null;
        }

        @Override
        public Void group(Group doc) {
            next(doc.content(), 1);
            return null;
        }

        @Override
        public Void brackets(Brackets doc) {
            next(doc.close(), 0);
            next(doc.below() ? Break.LINE : doc.content(), 1);
            next(doc.open(), 0);
            return null;
        }
    }
}
