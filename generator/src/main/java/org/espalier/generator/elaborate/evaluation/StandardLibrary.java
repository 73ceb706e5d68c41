package org.espalier.generator.elaborate.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.library.StandardBlocks;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.FileDecl;

/** The blocks that every file knows without importing them. A file's own names come first. */
final class StandardLibrary {
    private static final Map<String, Datum.Function> FUNCTIONS = functions();

    private StandardLibrary() {}

    private static Map<String, Datum.Function> functions() {
        Map<String, Datum.Function> functions = new LinkedHashMap<>();
        for (FileDecl file : StandardBlocks.FILES) {
            Module module = new Module(file);
            file.declarations().forEach(module::declare);
            for (Declaration declaration : file.declarations()) {
                String name = declaration.name().text();
                module.function(name).ifPresent(function -> functions.put(name, function));
            }
        }
        return functions;
    }

    /** The block of a name. */
    static Optional<Datum.Function> function(String name) {
        return Optional.ofNullable(FUNCTIONS.get(name));
    }
}
