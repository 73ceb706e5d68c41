package org.espalier.languageserver.workspace;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.elaborate.library.StandardBlocks;
import org.espalier.generator.source.ImportResolver;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourcePath;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.languageserver.document.Document;

/** The specifications at one moment, with their imports found. For one thread. */
public final class WorkspaceView implements ImportResolver {
    private final Map<Path, Document> byPath;
    private final List<Document> others;
    private final SourceFolders folders;
    private final ReadableCopies copies;
    private final Map<List<Path>, SourcePath> sourcePaths = new HashMap<>();
    private final IdentityHashMap<SourceFile, SourcePath> origins = new IdentityHashMap<>();
    private final IdentityHashMap<SourceFile, Document> documents = new IdentityHashMap<>();

    WorkspaceView(Map<Path, Document> byPath, List<Document> others, SourceFolders folders, ReadableCopies copies) {
        this.byPath = byPath;
        this.others = others;
        this.folders = folders;
        this.copies = copies;
        byPath.values().forEach(document -> documents.put(document.file(), document));
        others.forEach(document -> documents.put(document.file(), document));
    }

    /** Every known file. */
    public List<Document> all() {
        List<Document> all = new ArrayList<>(byPath.values());
        all.addAll(others);
        return all;
    }

    /** The file of an address. */
    public Optional<Document> document(String uri) {
        return others.stream()
                .filter(document -> document.uri().equals(uri))
                .findFirst()
                .or(() -> NetWorkspace.path(uri).map(byPath::get))
                .or(() -> StandardBlocks.FILES.stream()
                        .flatMap(file -> copies.of(file.file()).stream())
                        .filter(document -> document.uri().equals(uri))
                        .findFirst());
    }

    /** The document of a text; one of the standard library or of a jar has a copy. */
    public Optional<Document> of(SourceFile file) {
        Document known = documents.get(file);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Path> path = Optional.ofNullable(origins.get(file)).flatMap(origin -> origin.pathOf(file));
        Optional<Document> found = path.isPresent()
                ? path.map(there -> Document.saved(there.toUri().toString(), there, file))
                : copies.of(file);
        found.ifPresent(document -> documents.put(file, document));
        return found;
    }

    /** The file of the standard library that declares a block. */
    public Optional<Document> standard(String name) {
        return StandardBlocks.FILES.stream()
                .filter(file -> file.declarations().stream()
                        .anyMatch(declaration -> declaration.name().text().equals(name)))
                .map(FileDecl::file)
                .findFirst()
                .flatMap(this::of);
    }

    @Override
    public Optional<SourceFile> resolve(SourceFile importer, String path) {
        Optional<SourcePath> sourcePath = sourcePath(importer);
        if (sourcePath.isEmpty()) {
            return Optional.empty();
        }
        Optional<SourceFile> found = sourcePath.get().resolve(importer, path);
        found.filter(file -> !documents.containsKey(file))
                .ifPresent(file -> origins.putIfAbsent(file, sourcePath.get()));
        return found;
    }

    /** The file that an import means; empty as well if it cannot be read. */
    public Optional<Document> imported(Document importer, String path) {
        try {
            return resolve(importer.file(), path).flatMap(this::of);
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private Optional<SourcePath> sourcePath(SourceFile importer) {
        Document document = documents.get(importer);
        SourcePath origin = origins.get(importer);
        if (document == null || origin != null) {
            return Optional.ofNullable(origin);
        }
        return document.path()
                .map(path -> sourcePaths.computeIfAbsent(folders.of(path), key -> {
                    SourcePath made =
                            new SourcePath(key, folders.imports(), StandardCharsets.UTF_8, folders.shownFrom(path));
                    byPath.forEach((other, text) -> made.open(other, text.file()));
                    return made;
                }));
    }

    /** Paths, as an import writes them, of the files that a file can import. */
    public List<String> importable(Document from) {
        if (from.path().isEmpty()) {
            return List.of();
        }
        Path own = from.path().get();
        List<Path> roots = folders.of(own);
        Set<String> found = new LinkedHashSet<>();
        for (Path other : byPath.keySet()) {
            if (other.equals(own) || roots.stream().noneMatch(other::startsWith)) {
                continue;
            }
            Optional<Path> beside = Optional.ofNullable(own.getParent()).filter(other::startsWith);
            beside.or(() -> roots.stream().filter(other::startsWith).findFirst())
                    .map(folder -> folder.relativize(other))
                    .ifPresent(path -> found.add(path.toString().replace('\\', '/')));
        }
        return List.copyOf(found);
    }

    /** Known files that import something of a file, directly or by way of others; not the file itself. */
    public List<Document> importers(Document imported) {
        Set<Document> found = new LinkedHashSet<>();
        Deque<Document> pending = new ArrayDeque<>(List.of(imported));
        List<Document> all = all();
        while (!pending.isEmpty()) {
            Document next = pending.remove();
            for (Document other : all) {
                if (!found.contains(other) && other != imported && imports(other, next)) {
                    found.add(other);
                    pending.add(other);
                }
            }
        }
        return List.copyOf(found);
    }

    private boolean imports(Document importer, Document imported) {
        // Reading a name is cheaper than finding a file.
        String name = imported.file().fileName();
        return importer.tree().imports().stream()
                .filter(one -> one.path().endsWith(name))
                .anyMatch(one -> imported(importer, one.path())
                        .filter(found -> found.uri().equals(imported.uri())
                                || (found.path().isPresent() && found.path().equals(imported.path())))
                        .isPresent());
    }
}
