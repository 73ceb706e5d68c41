package org.espalier.generator.elaborate.library;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.generator.syntax.ParsedFile;

/**
 * The blocks of the standard library, which is written in the language where it can be: {@code .net} files in the jar.
 */
public final class StandardBlocks {
    private static final String FOLDER = "/org/espalier/generator/standard/";

    /** The files, in the order of the reference. */
    public static final List<FileDecl> FILES = List.of(read("gates.net"), read("cells.net"), read("transformer.net"));

    private static final Map<String, Declaration> DECLARATIONS = declarations();

    private StandardBlocks() {}

    private static FileDecl read(String name) {
        try (InputStream text = StandardBlocks.class.getResourceAsStream(FOLDER + name)) {
            byte[] bytes = Objects.requireNonNull(text, name).readAllBytes();
            ParsedFile parsed =
                    NetSyntax.parse(new SourceFile("standard/" + name, new String(bytes, StandardCharsets.UTF_8)));
            if (!parsed.diagnostics().isEmpty()) {
                throw new IllegalStateException(name + ": " + parsed.diagnostics());
            }
            return parsed.file();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Declaration> declarations() {
        Map<String, Declaration> declarations = new LinkedHashMap<>();
        FILES.forEach(file -> file.declarations()
                .forEach(declaration -> declarations.put(declaration.name().text(), declaration)));
        return declarations;
    }

    /** Their names, in the order of the reference. */
    public static Set<String> names() {
        return DECLARATIONS.keySet();
    }

    /** Tells whether a block has this name. */
    public static boolean isNamed(String name) {
        return DECLARATIONS.containsKey(name);
    }

    /** Tells whether a declaration is one of them, and not another of the same name. */
    public static boolean holds(Declaration declaration) {
        return Optional.ofNullable(DECLARATIONS.get(declaration.name().text()))
                .filter(standard -> standard.span().equals(declaration.span()))
                .isPresent();
    }
}
