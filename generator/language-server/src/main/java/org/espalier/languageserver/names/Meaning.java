package org.espalier.languageserver.names;

import java.util.List;

/** Meaning of a name at some place of a file. */
public sealed interface Meaning {
    /** Kind of a name within a declaration. */
    enum Kind {
        /** A parameter of a block, network, regularizer or loss. */
        FORMAL,
        /** A tensor from outside. */
        INPUT,
        /** A tensor that a loss compares with. */
        TARGET,
        /** A learned tensor of the declaration's own. */
        PARAMETER,
        /** A tensor of the declaration's own that is not learned. */
        BUFFER,
        /** A tensor that goes outside. */
        OUTPUT,
        /** A value that a statement binds. */
        BINDING,
        /** A variable of a formula. */
        VARIABLE
    }

    /**
     * A name within a declaration.
     *
     * @param declaration the declaration's name
     * @param name the name itself
     * @param at offset of its first definition, which tells variables of the same name apart
     */
    record Local(String declaration, String name, Kind kind, int at) implements Meaning {}

    /** A declaration of this file. */
    record Declared(String name) implements Meaning {}

    /** A declaration of another file, under its own name. */
    record Imported(String path, String name) implements Meaning {}

    /** A declaration of another file, under the name that an import gives it here. */
    record Alias(String local, String path, String name) implements Meaning {}

    /** A block of the standard library. */
    record Standard(String name) implements Meaning {}

    /** A word of the language's own. */
    record BuiltIn(String name) implements Meaning {}

    /** The name of an argument of a call. */
    record Argument(Meaning callee, String name) implements Meaning {}

    /**
     * A segment of a selector.
     *
     * @param network the network that the selector is in
     * @param before the segments in front of it
     */
    record Step(String network, List<String> before, String name) implements Meaning {
        /** Copies the list. */
        public Step {
            before = List.copyOf(before);
        }
    }

    /** The file of an import. */
    record ImportPath(String path) implements Meaning {}

    /** A type. */
    record TypeWord(String word) implements Meaning {}
}
