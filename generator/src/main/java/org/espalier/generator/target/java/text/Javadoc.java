package org.espalier.generator.target.java.text;

import com.palantir.javapoet.CodeBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A Javadoc comment. What is written into it is plain text, and stays plain text. */
public final class Javadoc {
    private final List<String> blocks = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();
    private final StringBuilder paragraph = new StringBuilder();

    /** A comment that begins with a text. */
    public static Javadoc of(String text) {
        return new Javadoc().text(text);
    }

    /** A comment that says nothing but what a method returns, as the noun phrase given. */
    public static Javadoc ofResult(String text) {
        Javadoc javadoc = new Javadoc();
        javadoc.paragraph
                .append("{@return ")
                .append(JavaText.inJavadoc(text).replace("{", "&#123;").replace("}", "&#125;"))
                .append('}');
        return javadoc;
    }

    /** Goes on with words. */
    public Javadoc text(String text) {
        paragraph.append(JavaText.inJavadoc(text).replaceAll("\\s+", " "));
        return this;
    }

    /** Goes on with code. */
    public Javadoc code(String text) {
        paragraph.append(JavaText.codeInJavadoc(text));
        return this;
    }

    /** Goes on in a new paragraph. */
    public Javadoc paragraph() {
        endParagraph();
        return this;
    }

    private void endParagraph() {
        if (paragraph.length() > 0) {
            blocks.add(blocks.isEmpty() ? paragraph.toString() : "<p>" + paragraph);
            paragraph.setLength(0);
        }
    }

    /** Goes on with paragraphs, divided by blank lines, and then in a new one. */
    public Javadoc paragraphs(String text) {
        for (String words : text.strip().split("\\R[ \\t]*\\R", -1)) {
            text(words.strip().replaceAll("\\s+", " ")).paragraph();
        }
        return this;
    }

    /** Goes on with lines that stay as they are, and then in a new paragraph. */
    public Javadoc preformatted(List<String> lines) {
        endParagraph();
        blocks.add(lines.stream().map(JavaText::inJavadoc).collect(Collectors.joining("\n", "<pre>\n", "\n</pre>")));
        return this;
    }

    /** Says what a parameter is. */
    public Javadoc param(String name, String text) {
        tags.add("@param " + name + " " + JavaText.inJavadoc(text));
        return this;
    }

    /** Says what is returned. */
    public Javadoc returns(String text) {
        tags.add("@return " + JavaText.inJavadoc(text));
        return this;
    }

    /** Says when an exception is thrown. */
    public Javadoc exception(String type, String text) {
        tags.add("@throws " + type + " " + JavaText.inJavadoc(text));
        return this;
    }

    /** The comment as JavaPoet takes it: paragraphs, each on one line, with blank lines between, and tags. */
    public CodeBlock block() {
        endParagraph();
        List<String> all = new ArrayList<>(blocks);
        if (!tags.isEmpty()) {
            all.add(String.join("\n", tags));
        }
        return CodeBlock.of("$L\n", String.join("\n\n", all));
    }

    /**
     * The comment, filled to 120 columns; on one line if it fits.
     *
     * @param content paragraphs and tags, each on one line, with blank lines between; preformatted blocks as they are
     */
    static List<String> lines(String indent, List<String> content) {
        if (content.size() == 1
                && indent.length() + content.get(0).length() + "/**  */".length() <= LineBreaker.COLUMNS) {
            return List.of(indent + "/** " + content.get(0) + " */");
        }
        List<String> lines = new ArrayList<>();
        lines.add(indent + "/**");
        boolean preformatted = false;
        for (String line : content) {
            preformatted = (preformatted || line.equals("<pre>")) && !line.equals("</pre>");
            if (preformatted) {
                lines.add((indent + " * " + line).stripTrailing());
            } else {
                String further = line.startsWith("@") ? "    " : "";
                lines.addAll(LineBreaker.fill(indent + " * ", further, line));
            }
        }
        lines.add(indent + " */");
        return lines;
    }
}
