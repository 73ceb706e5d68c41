package org.espalier.runtime;

import java.util.regex.Pattern;

/** A pattern of parameter paths: {@code *} stands for anything within a name, {@code **} for anything. */
final class PathPattern {
    private static final Pattern STARS = Pattern.compile("\\*\\*|\\*");

    private final Pattern regex;

    PathPattern(String pattern) {
        StringBuilder text = new StringBuilder();
        var stars = STARS.matcher(pattern);
        int end = 0;
        while (stars.find()) {
            text.append(Pattern.quote(pattern.substring(end, stars.start())));
            text.append(stars.group().length() == 2 ? ".*" : "[^.]*");
            end = stars.end();
        }
        regex = Pattern.compile(
                text.append(Pattern.quote(pattern.substring(end))).toString());
    }

    boolean matches(String path) {
        return regex.matcher(path).matches();
    }
}
