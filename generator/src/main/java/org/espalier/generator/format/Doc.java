package org.espalier.generator.format;

import java.util.List;

/** Document to be printed, before it is known where its lines end (after Wadler, A prettier printer, 2003). */
sealed interface Doc {
    /** Calls the method of the visitor for this kind. */
    <R> R accept(Visitor<R> visitor);

    /** Tells whether it takes more than one line, however wide the lines are. */
    boolean breaks();

    /** Tells whether it would if anything followed it: whether it ends with a comment that ends its line. */
    boolean isOpen();

    /** One method for each kind, all abstract. */
    interface Visitor<R> {
        R text(Text doc);

        R comment(Comment doc);

        R gap(Break doc);

        R sequence(Sequence doc);

        R indent(Indent doc);

        R align(Align doc);

        R group(Group doc);

        R brackets(Brackets doc);
    }

    /** One token, or the spaces that align an equals sign. */
    record Text(String text) implements Doc {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.text(this);
        }

        @Override
        public boolean breaks() {
            return false;
        }

        @Override
        public boolean isOpen() {
            return false;
        }
    }

    /**
     * A comment.
     *
     * @param lines its lines as they are in the file, without the spaces behind them
     * @param column of the first line in the file, which the others are indented against
     * @param startsLine whether nothing stands before it in its line
     * @param endsLine whether nothing stands behind it in its line
     * @param blank whether there is an empty line before it
     */
    record Comment(List<String> lines, int column, boolean startsLine, boolean endsLine, boolean blank) implements Doc {
        /** Copies the list. */
        public Comment {
            lines = List.copyOf(lines);
        }

        /** The same, with nothing before or behind it in its line. */
        Comment onLineOfItsOwn() {
            return new Comment(lines, column, true, true, blank);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.comment(this);
        }

        @Override
        public boolean breaks() {
            return startsLine && endsLine;
        }

        @Override
        public boolean isOpen() {
            return endsLine || lines.size() > 1;
        }
    }

    /** The condition under which a line ends at a {@link Break} that need not be one. */
    enum When {
        /** Never. */
        NEVER,
        /** If what follows, up to the next such place, is too long. */
        FILL,
        /** If what follows, up to the next place of any kind, is too long. */
        LATE,
        /** With all of its kind in its group, if the group is too long. */
        GROUP
    }

    /**
     * A place where a line may end.
     *
     * @param space whether there is a space if it does not
     * @param when if it does
     * @param forced whether it does in any case
     * @param blank whether an empty line follows if it does
     */
    record Break(boolean space, When when, boolean forced, boolean blank) implements Doc {
        static final Break SPACE = new Break(true, When.NEVER, false, false);
        static final Break LINE = new Break(false, When.NEVER, true, false);
        static final Break BLANK_LINE = new Break(false, When.NEVER, true, true);

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.gap(this);
        }

        @Override
        public boolean breaks() {
            return forced;
        }

        @Override
        public boolean isOpen() {
            return false;
        }
    }

    /** One after the other. */
    record Sequence(List<Doc> parts, boolean breaks, boolean isOpen) implements Doc {
        /** Copies the list. */
        public Sequence {
            parts = List.copyOf(parts);
        }

        static Sequence of(List<Doc> parts) {
            boolean breaks = false;
            boolean open = false;
            for (Doc part : parts) {
                if (!(part instanceof Sequence sequence && sequence.parts().isEmpty())) {
                    breaks |= open || part.breaks();
                    open = part.isOpen();
                }
            }
            return new Sequence(parts, breaks, open);
        }

        static Sequence of(Doc... parts) {
            return of(List.of(parts));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.sequence(this);
        }
    }

    /** Lines after the first stand four columns further in. */
    record Indent(Doc content) implements Doc {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.indent(this);
        }

        @Override
        public boolean breaks() {
            return content.breaks();
        }

        @Override
        public boolean isOpen() {
            return content.isOpen();
        }
    }

    /** Lines after the first stand where the first begins. */
    record Align(Doc content) implements Doc {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.align(this);
        }

        @Override
        public boolean breaks() {
            return content.breaks();
        }

        @Override
        public boolean isOpen() {
            return content.isOpen();
        }
    }

    /** Aligned, and on one line if that is possible. */
    record Group(Doc content) implements Doc {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.group(this);
        }

        @Override
        public boolean breaks() {
            return content.breaks();
        }

        @Override
        public boolean isOpen() {
            return content.isOpen();
        }
    }

    /**
     * Something in brackets. Lines after the first stand behind the opening bracket, or four columns further in than
     * the line that it is on.
     *
     * @param below whether the first line begins below the opening bracket
     * @param closeBelow whether, if that is so, the closing bracket has its own line
     */
    record Brackets(Doc open, Doc content, Doc close, boolean below, boolean closeBelow) implements Doc {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.brackets(this);
        }

        @Override
        public boolean breaks() {
            return below || open.breaks() || open.isOpen() || content.breaks() || content.isOpen() || close.breaks();
        }

        @Override
        public boolean isOpen() {
            return close.isOpen();
        }
    }
}
