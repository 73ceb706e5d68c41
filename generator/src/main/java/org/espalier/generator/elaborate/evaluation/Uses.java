package org.espalier.generator.elaborate.evaluation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.FileDecl;

/** Declarations that mention each other, and so the blocks and regularizers that no network leads to. */
public final class Uses {
    private final IdentityHashMap<Declaration, List<Declaration>> mentioned = new IdentityHashMap<>();

    /** Takes note that a declaration mentions another one. */
    void add(Declaration by, Declaration mentions) {
        mentioned.computeIfAbsent(by, key -> new ArrayList<>()).add(mentions);
    }

    /**
     * Warns of what no network leads to, in files that have one. A file without a network, and one that others import
     * from, is a library, whose users may be elsewhere; a file with errors may lack just the use. Warns of imports that
     * their file does not mention as well.
     *
     * @param requested how many of the files, the first ones, are those to compile, and not only imported by them
     */
    public void warn(List<Module> modules, int requested, Diagnostics diagnostics) {
        Set<Declaration> used = used(modules);
        Set<Module> libraries = modules.stream()
                .flatMap(module -> module.importsFrom().stream())
                .collect(Collectors.toSet());
        Set<SourceFile> withErrors = diagnostics.toList().stream()
                .filter(Diagnostic::isError)
                .map(diagnostic -> diagnostic.span().file())
                .collect(Collectors.toSet());
        modules.subList(0, requested).stream()
                .filter(module -> !withErrors.contains(module.file().file()))
                .forEach(module -> warnOfImports(module, diagnostics));
        for (Module module : modules) {
            List<Declaration> declarations = module.file().declarations();
            if (!libraries.contains(module)
                    && !withErrors.contains(module.file().file())
                    && declarations.stream().anyMatch(Declaration.NetworkDecl.class::isInstance)) {
                declarations.stream()
                        .filter(declaration -> !used.contains(declaration))
                        .forEach(declaration -> diagnostics.report(unused(declaration)));
            }
        }
    }

    private static void warnOfImports(Module module, Diagnostics diagnostics) {
        module.file().imports().stream()
                .flatMap(imports -> imports.names().stream())
                .map(FileDecl.ImportedName::local)
                .filter(name -> !module.isMentioned(name.text()))
                .forEach(name -> diagnostics.report(DiagnosticCode.UNUSED_DECLARATION.at(name.span(), "import", name)));
    }

    private Set<Declaration> used(List<Module> modules) {
        Set<Declaration> used = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Declaration> pending = new ArrayDeque<>();
        for (Module module : modules) {
            module.file().declarations().stream()
                    .filter(Declaration.NetworkDecl.class::isInstance)
                    .forEach(pending::add);
        }
        while (!pending.isEmpty()) {
            Declaration next = pending.remove();
            if (used.add(next)) {
                pending.addAll(mentioned.getOrDefault(next, List.of()));
            }
        }
        return used;
    }

    private static Diagnostic unused(Declaration declaration) {
        boolean regularizer = declaration instanceof Declaration.RegularizerDecl;
        String call = declaration.name() + (declaration.formals().isEmpty() ? "" : "(…)");
        return DiagnosticCode.UNUSED_DECLARATION
                .at(declaration.name().span(), kind(declaration), declaration.name())
                .withHelp(
                        regularizer
                                ? "no network leads to it: write weight_regularizer=" + call
                                        + " in a layer, or regularize weights by " + call + ", or remove it"
                                : "no network leads to it: call it where a network wants it, or remove it");
    }

    private static String kind(Declaration declaration) {
        if (declaration instanceof Declaration.RegularizerDecl) {
            return "regularizer";
        }
        return declaration instanceof Declaration.LossDecl
                ? "loss"
                : declaration.span().text().startsWith("layer") ? "layer" : "block";
    }
}
