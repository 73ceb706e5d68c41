package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;

/** The formatter that generated code is held to. */
public final class JavaFormat {
    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .formatJavadoc(true)
            .build());

    private JavaFormat() {}

    /**
     * Fails if a source is not laid out as the formatter would. Imports must be as it wants them too, but for those of
     * java.lang: it takes them for useless, and they keep classes of the same package from hiding those of Java.
     */
    public static void check(String source) throws FormatterException {
        assertThat(FORMATTER.formatSource(source)).isEqualTo(source);
        assertThat(FORMATTER.formatSourceAndFixImports(source))
                .isEqualTo(source.replaceAll("import java\\.lang\\.(Float|Math|Override|String);\n", ""));
        assertThat(source.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
    }
}
