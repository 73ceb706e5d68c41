package org.espalier.languageserver.workspace;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.espalier.generator.source.SourceFile;
import org.espalier.languageserver.document.Document;
import org.jspecify.annotations.Nullable;

/**
 * The specifications that the server knows: those that the editor has open, as it has them, and the others of its
 * folders as they lie on the disk.
 */
public final class NetWorkspace {
    /** Maximum number of files of the folders that are read without being asked for. */
    private static final int FILES = 2_000;

    /** FileNames of folders that builds and tools fill. */
    private static final Set<String> LEFT_OUT = Set.of("target", "build", "out", "bin", "node_modules");

    /** A file of the disk with what tells that it has changed. */
    private record Saved(Document document, FileTime modified, long size) {}

    private final Map<String, Document> open = new LinkedHashMap<>();
    private final Map<Path, Saved> saved = new LinkedHashMap<>();
    private final ReadableCopies copies;
    private SourceFolders folders = new SourceFolders(List.of(), List.of());

    /** A workspace without folders. */
    public NetWorkspace(ReadableCopies copies) {
        this.copies = copies;
    }

    /** Takes other folders. */
    public synchronized void setFolders(List<Path> workspace) {
        folders = new SourceFolders(workspace, folders.imports());
    }

    /** The folders that the editor has open. */
    public synchronized List<Path> folders() {
        return folders.workspace();
    }

    /** Takes other places to import from. */
    public synchronized void setImports(List<Path> imports) {
        folders = new SourceFolders(folders.workspace(), imports);
    }

    /** The file of an address; empty if it is that of something else. */
    public static Optional<Path> path(String uri) {
        try {
            URI parsed = URI.create(uri);
            return "file".equals(parsed.getScheme())
                    ? Optional.of(Path.of(parsed).toAbsolutePath().normalize())
                    : Optional.empty();
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Takes a file that the editor has opened. */
    public synchronized Document open(String uri, @Nullable Integer version, String text) {
        Optional<Path> path = path(uri);
        String name = path.map(folders::nameOf).orElse(uri.substring(uri.lastIndexOf('/') + 1));
        Document document = Document.open(uri, path, name, version, text);
        open.put(uri, document);
        return document;
    }

    /** Takes changes of an open file; nothing if it is not open. */
    public synchronized Optional<Document> change(
            String uri, @Nullable Integer version, List<TextDocumentContentChangeEvent> changes) {
        Document before = open.get(uri);
        if (before == null) {
            return Optional.empty();
        }
        Document changed = before.changed(version, changes);
        open.put(uri, changed);
        return Optional.of(changed);
    }

    /** Forgets what the editor had of a file. */
    public synchronized void close(String uri) {
        open.remove(uri);
        path(uri).ifPresent(this::refresh);
    }

    /** The files that the editor has open. */
    public synchronized List<Document> open() {
        return List.copyOf(open.values());
    }

    /** The state of a file now: as the editor has it, or else as it lies on the disk. */
    public synchronized Optional<Document> document(String uri) {
        return Optional.ofNullable(open.get(uri)).or(() -> path(uri).flatMap(this::at));
    }

    private Optional<Document> at(Path path) {
        Optional<Document> opened = open.values().stream()
                .filter(document -> document.path().equals(Optional.of(path)))
                .findFirst();
        if (opened.isPresent()) {
            return opened;
        }
        refresh(path);
        return Optional.ofNullable(saved.get(path)).map(Saved::document);
    }

    /** Reads the specifications of the folders. */
    public void index() {
        for (Path folder : folders()) {
            List<Path> found = new ArrayList<>();
            try {
                Files.walkFileTree(folder, new Finder(found));
            } catch (IOException e) {
                // What could be read has been found; the rest is read when it is opened or imported.
                found.removeIf(file -> !Files.isReadable(file));
            }
            synchronized (this) {
                found.forEach(this::refresh);
            }
        }
    }

    private static final class Finder extends SimpleFileVisitor<Path> {
        private final List<Path> found;

        private Finder(List<Path> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            Path name = folder.getFileName();
            boolean left = name != null && (LEFT_OUT.contains(name.toString()) || isHidden(name));
            return left ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        private static boolean isHidden(Path name) {
            return name.toString().startsWith(".");
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && file.toString().endsWith(".net") && !isHidden(file.getFileName())) {
                found.add(file.toAbsolutePath().normalize());
            }
            return found.size() < FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
        }
    }

    /** Reads a file again if it is another than it was, and forgets it if it is gone. */
    private void refresh(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            Saved known = saved.get(path);
            boolean same = known != null
                    && known.modified.equals(attributes.lastModifiedTime())
                    && known.size == attributes.size();
            if (!same && attributes.isRegularFile() && attributes.size() <= SourceFile.LARGEST) {
                String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
                Document document =
                        Document.saved(path.toUri().toString(), path, new SourceFile(folders.nameOf(path), text));
                saved.put(path, new Saved(document, attributes.lastModifiedTime(), attributes.size()));
            }
        } catch (IOException e) {
            saved.remove(path);
        }
    }

    /** Looks at the known files of the disk again, which other programs may have changed. */
    public synchronized void refresh() {
        List.copyOf(saved.keySet()).forEach(this::refresh);
    }

    /** Takes note that a file has come, changed or gone. */
    public synchronized void changedOnDisk(String uri) {
        path(uri).ifPresent(this::refresh);
    }

    /** Everything as it is now. */
    public synchronized WorkspaceView view() {
        Map<Path, Document> byPath = new LinkedHashMap<>();
        saved.forEach((path, file) -> byPath.put(path, file.document));
        List<Document> others = new ArrayList<>();
        for (Document document : open.values()) {
            if (document.path().isPresent()) {
                byPath.put(document.path().get(), document);
            } else {
                others.add(document);
            }
        }
        return new WorkspaceView(byPath, others, folders, copies);
    }
}
