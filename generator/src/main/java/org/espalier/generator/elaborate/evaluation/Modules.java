package org.espalier.generator.elaborate.evaluation;

import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.diagnostic.Suggestions;
import org.espalier.generator.source.ImportResolver;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.generator.syntax.NetSyntax;
import org.espalier.generator.syntax.ParsedFile;

/** Reads files and what they import, each once, and connects their names. Imports may go round in circles. */
public final class Modules {
    private final ImportResolver resolver;
    private final Diagnostics diagnostics;
    private final Map<String, Module> byName = new LinkedHashMap<>();
    private long letters;
    private long words;

    public Modules(ImportResolver resolver, Diagnostics diagnostics) {
        this.resolver = resolver;
        this.diagnostics = diagnostics;
    }

    /** Reads the files of a request, and after them whatever they import. */
    public void load(List<FileDecl> files) {
        List<Module> pending = new ArrayList<>();
        files.forEach(file -> pending.add(declare(file)));
        for (int i = 0; i < pending.size() && !isFull(); i++) {
            connect(pending.get(i), pending);
        }
        if (isFull()) {
            pending.forEach(Module::markIncomplete);
        }
    }

    /** Tells whether the imported files have more than one file may have. */
    private boolean isFull() {
        return letters > SourceFile.LARGEST || words > NetSyntax.TOKENS;
    }

    private void reportTooLarge(FileDecl.Import last) {
        diagnostics.report(
                words > NetSyntax.TOKENS
                        ? DiagnosticCode.IMPORTS_TOO_LARGE.at(last.pathSpan(), NetSyntax.TOKENS, "tokens")
                        : DiagnosticCode.IMPORTS_TOO_LARGE.at(last.pathSpan(), SourceFile.LARGEST, "characters"));
    }

    /** Every file that was read, the requested ones first. */
    public List<Module> all() {
        return List.copyOf(byName.values());
    }

    private Module declare(FileDecl file) {
        Module module = new Module(file);
        byName.put(file.file().name(), module);
        for (Declaration declaration : file.declarations()) {
            if (declaration instanceof Declaration.NetworkDecl) {
                continue;
            }
            Optional<Declaration> before = module.declaration(declaration.name().text());
            if (before.isPresent()) {
                diagnostics.report(DiagnosticCode.ALREADY_BOUND.at(
                        declaration.name().span(),
                        declaration.name(),
                        before.get().span().citation()));
            } else {
                module.declare(declaration);
            }
        }
        return module;
    }

    private void connect(Module module, List<Module> pending) {
        for (FileDecl.Import wanted : module.file().imports()) {
            Optional<Module> found;
            try {
                found = find(module, wanted.path(), pending);
            } catch (UncheckedIOException e) {
                module.markIncomplete();
                diagnostics.report(
                        DiagnosticCode.IMPORT_UNREADABLE.at(wanted.pathSpan(), String.valueOf(e.getMessage())));
                continue;
            }
            if (isFull()) {
                reportTooLarge(wanted);
                return;
            }
            if (found.isEmpty()) {
                module.markIncomplete();
                diagnostics.report(DiagnosticCode.IMPORT_NOT_FOUND
                        .at(wanted.pathSpan(), "\"" + wanted.path() + "\"")
                        .withHelp("it is looked for beside this file, and in META-INF/net of the dependencies"));
                continue;
            }
            wanted.names().forEach(name -> connect(module, found.get(), name, wanted.path()));
        }
    }

    private void connect(Module module, Module from, FileDecl.ImportedName imported, String path) {
        String name = imported.name().text();
        Optional<Declaration> declaration = from.declaration(name);
        if (declaration.isEmpty()) {
            // In this order, for a file that imports from itself.
            boolean complete = from.isComplete();
            module.markIncomplete();
            if (complete) {
                diagnostics.report(DiagnosticCode.IMPORT_WITHOUT_NAME
                        .at(imported.name().span(), path, name)
                        .withSuggestion(Suggestions.closest(name, from.declaredNames())));
            }
            return;
        }
        if (module.knows(imported.local().text())) {
            diagnostics.report(DiagnosticCode.ALREADY_BOUND
                    .at(
                            imported.local().span(),
                            imported.local(),
                            module.file().file().fileName())
                    .withHelp("give the imported one another name: " + name + " as …"));
            return;
        }
        module.importAs(imported.local().text(), from, declaration.get());
    }

    private Optional<Module> find(Module importer, String path, List<Module> pending) {
        SourceFile file = importer.file().file();
        Module known = byName.get(sibling(file, path));
        if (known != null) {
            return Optional.of(known);
        }
        return resolver.resolve(file, path).map(found -> {
            Module same = byName.get(found.name());
            if (same != null) {
                return same;
            }
            ParsedFile parsed = NetSyntax.parse(found);
            letters += found.text().length();
            words += parsed.words();
            diagnostics.reportAll(parsed.diagnostics());
            Module module = declare(parsed.file());
            pending.add(module);
            return module;
        });
    }

    /** The name of a file by its path from another one. */
    private static String sibling(SourceFile file, String path) {
        try {
            String folder = file.name().substring(0, file.name().lastIndexOf('/') + 1);
            return java.nio.file.Path.of(folder + path).normalize().toString().replace('\\', '/');
        } catch (InvalidPathException e) {
            return path;
        }
    }
}
