package org.espalier.generator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns an ANTLR grammar into the W3C's notation: without labels, channels and names for keywords. */
final class Ebnf {
    private static final Pattern RULE = Pattern.compile("(?ms)^(?:fragment )?(\\w+)\\s*:(.*?)\\s*;$");
    private static final Pattern LITERAL = Pattern.compile("'[^']+'(?: \\| '[^']+')*");
    private static final List<String> NOT_PARSED = List.of("UNFINISHED_STRING", "UNKNOWN_CHARACTER", "WHITE_SPACE");

    private Ebnf() {}

    static String of(String grammar) {
        String rules = grammar.replaceAll("(?s)/\\*\\*.*?\\*/\n", "");
        Map<String, String> words = new HashMap<>();
        List<String> shown = new ArrayList<>();
        Matcher rule = RULE.matcher(rules);
        while (rule.find()) {
            String body = rule.group(2).strip();
            if (LITERAL.matcher(body).matches()
                    && Character.isUpperCase(rule.group(1).charAt(0))) {
                words.put(rule.group(1), body.contains("|") ? "(" + body + ")" : body);
            }
        }
        rule.reset();
        while (rule.find()) {
            if (!words.containsKey(rule.group(1)) && !NOT_PARSED.contains(rule.group(1))) {
                shown.add(rule.group(1) + " ::= " + body(rule.group(2), words));
            }
        }
        return String.join("\n\n", shown) + "\n";
    }

    private static String body(String body, Map<String, String> words) {
        String plain = body.replaceAll("(?m)\\s+# \\w+$", "")
                .replaceAll("-> channel\\(HIDDEN\\)", "")
                .replaceAll("<assoc = right> ", "")
                .replaceAll("(operator|start|stop|step) = ", "");
        List<String> lines =
                plain.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append(text.isEmpty() ? "" : "\n    ").append(inWords(line, words));
        }
        return text.toString();
    }

    private static String inWords(String line, Map<String, String> words) {
        return Pattern.compile("\\b[A-Z_]+\\b(?![^\\[]*\\])")
                .matcher(line)
                .replaceAll(name -> Matcher.quoteReplacement(words.getOrDefault(name.group(), name.group())));
    }
}
