package org.espalier.generator.target.java.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import javax.lang.model.SourceVersion;

/** Identifiers, none of which is given twice. A name that Java accepts and nobody else has is given as it is. */
public final class UniqueNames {
    private final UnaryOperator<String> alike;
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> namesakes = new HashMap<>();

    private UniqueNames(UnaryOperator<String> alike) {
        this.alike = alike;
    }

    /** Names of fields, variables and methods. */
    public static UniqueNames ofMembers() {
        return new UniqueNames(UnaryOperator.identity());
    }

    /** Names of nested classes, which are names of files, so that they must not differ by case alone. */
    public static UniqueNames ofClasses() {
        return new UniqueNames(Identifiers::folded);
    }

    /** More names of the same kind, besides those given so far. */
    public UniqueNames further() {
        UniqueNames further = new UniqueNames(alike);
        further.taken.addAll(taken);
        further.namesakes.putAll(namesakes);
        return further;
    }

    /** Keeps a name, so that it is not given. */
    public void reserve(String name) {
        taken.add(alike.apply(name));
    }

    /** A name like this one: {@code name}, {@code name_}, {@code name_2}. */
    public String give(String suggestion) {
        return give(identifier(suggestion), number -> "_" + (number == 1 ? "" : number));
    }

    /** A name like this one, or if it is taken, this one with the next number from 2 on. */
    public String numbered(String suggestion, String separator) {
        return give(identifier(suggestion), number -> separator + (number + 1));
    }

    /** The same of a name that is not Java's; one that is, {@code new}, becomes {@code new_}. */
    public String another(String suggestion) {
        String name = identifier(suggestion);
        boolean endsInDigit = Character.isDigit(name.charAt(name.length() - 1));
        return SourceVersion.isKeyword(name, SourceVersion.RELEASE_17)
                ? give(suggestion)
                : numbered(suggestion, endsInDigit ? "_" : "");
    }

    private String give(String name, IntFunction<String> suffix) {
        String given = name;
        while (!isFree(given)) {
            given = name + suffix.apply(namesakes.merge(name, 1, Integer::sum));
        }
        reserve(given);
        return given;
    }

    /** Tells whether a name is taken by nobody, and none of Java's words. */
    public boolean isFree(String name) {
        return !SourceVersion.isKeyword(name, SourceVersion.RELEASE_17) && !taken.contains(alike.apply(name));
    }

    private static String identifier(String text) {
        StringBuilder name = new StringBuilder();
        text.codePoints().forEach(c -> name.appendCodePoint(Character.isJavaIdentifierPart(c) ? c : '_'));
        return Character.isJavaIdentifierStart(name.codePointAt(0)) ? name.toString() : "_" + name;
    }
}
