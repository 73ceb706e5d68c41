package org.espalier.generator.elaborate.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.FileDecl;

/** A file with what it declares and imports. */
public final class Module {
    private record Imported(Module module, Declaration declaration) {}

    private final FileDecl file;
    private final Map<String, Declaration> declared = new HashMap<>();
    private final Map<String, Imported> imported = new HashMap<>();
    private final Set<String> mentioned = new HashSet<>();
    private boolean complete;

    Module(FileDecl file) {
        this.file = file;
        this.complete = !file.broken();
    }

    public FileDecl file() {
        return file;
    }

    /** Tells whether every declaration and import is known, so that a name that is not is a mistake. */
    boolean isComplete() {
        return complete;
    }

    void markIncomplete() {
        complete = false;
    }

    void declare(Declaration declaration) {
        declared.put(declaration.name().text(), declaration);
    }

    void importAs(String name, Module from, Declaration declaration) {
        imported.put(name, new Imported(from, declaration));
    }

    /** A block, layer, loss or regularizer of this file by its name. */
    Optional<Declaration> declaration(String name) {
        return Optional.ofNullable(declared.get(name));
    }

    List<String> declaredNames() {
        return List.copyOf(declared.keySet());
    }

    /** Takes note that something in this file mentions a name of it. */
    void mention(String name) {
        mentioned.add(name);
    }

    boolean isMentioned(String name) {
        return mentioned.contains(name);
    }

    boolean knows(String name) {
        return declared.containsKey(name) || imported.containsKey(name);
    }

    /** Every name of this file. */
    List<String> names() {
        List<String> names = new ArrayList<>(declared.keySet());
        names.addAll(imported.keySet());
        return names;
    }

    /** The files that something was imported from. */
    List<Module> importsFrom() {
        return imported.values().stream().map(Imported::module).toList();
    }

    /** Finds the declaration of a name of this file, here or where it is imported from. */
    Optional<Declaration> meaning(String name) {
        return declaration(name)
                .or(() -> Optional.ofNullable(imported.get(name)).map(Imported::declaration));
    }

    /** The block, layer, loss or regularizer that a name of this file stands for. */
    Optional<Datum.Function> function(String name) {
        Declaration own = declared.get(name);
        if (own != null) {
            return function(this, own);
        }
        Imported other = imported.get(name);
        return other == null ? Optional.empty() : function(other.module(), other.declaration());
    }

    private static Optional<Datum.Function> function(Module module, Declaration declaration) {
        if (declaration instanceof Declaration.BlockDecl block) {
            return Optional.of(new BlockFunction(module, block));
        }
        if (declaration instanceof Declaration.LossDecl loss) {
            return Optional.of(new LossFunction(module, loss));
        }
        return declaration instanceof Declaration.RegularizerDecl regularizer
                ? Optional.of(new RegularizerFunction(module, regularizer))
                : Optional.empty();
    }
}
