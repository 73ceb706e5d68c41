package org.espalier.generator.generated;

import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The names in a generated class that are too long to read at a glance. */
public final class LongNames {
    private static final int LONGEST = 30;

    /** Text that is no code: comments, literals, and the names of packages. */
    private static final Pattern OTHER =
            Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*|\"(?:\\\\.|[^\"\\\\])*\"|(?m)^(?:package|import) [^\n]*");

    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?[\\w.]+\\.(\\w+);$");

    private static final Pattern NAME = Pattern.compile("\\b\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*");

    private LongNames() {}

    /** Those that the class itself gives, not those of the runtime. */
    public static List<String> in(String source) {
        Set<String> imported =
                IMPORT.matcher(source).results().map(match -> match.group(1)).collect(Collectors.toSet());
        return NAME.matcher(OTHER.matcher(source).replaceAll(" "))
                .results()
                .map(MatchResult::group)
                .filter(name -> name.codePointCount(0, name.length()) > LONGEST && !imported.contains(name))
                .distinct()
                .toList();
    }
}
