package org.espalier.languageserver.workspace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.elaborate.Elaborator;
import org.espalier.generator.elaborate.Sketch;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.languageserver.document.Document;
import org.jspecify.annotations.Nullable;

/**
 * Checks files after they have changed, on a thread of its own: those that are open, and those that import something of
 * them. A network is elaborated again only if its text or that of something that it mentions has changed. A change that
 * comes meanwhile ends the work between two networks; what is known by then is kept.
 */
public final class Analyzer {
    /** Milliseconds that typing may go on before files are checked, at least and at most. */
    private static final long LEAST_DELAY = 25;

    private static final long MOST_DELAY = 250;

    /** Milliseconds after which the editor is told what is known by then. */
    private static final long PATIENCE = 80;

    /** Beginning of the codes of limits. */
    private static final String LIMITS = "ESP6";

    /** Takes findings, to tell the editor. */
    public interface Listener {
        /** Takes all findings of a file. */
        void publish(String uri, Optional<Integer> version, List<Published> findings);

        /** Takes note that shapes may have changed. */
        void shapesChanged();
    }

    /** Findings of a file of its own, and its networks. */
    private static final class Root {
        private List<Diagnostic> own = List.of();
        private Optional<Document> of = Optional.empty();
        private final Map<String, NetworkFacts> networks = new ConcurrentHashMap<>();
    }

    private final NetWorkspace workspace;
    private final ScheduledExecutorService thread;
    private final Listener listener;
    private final Consumer<Throwable> failures;
    private final Map<String, Root> roots = new ConcurrentHashMap<>();
    private final Map<String, List<Published>> published = new ConcurrentHashMap<>();

    private final Object lock = new Object();
    private final Set<String> pending = new LinkedHashSet<>();
    private CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);
    private volatile int generation;
    private volatile Future<?> next = CompletableFuture.completedFuture(null);
    private volatile long lastMillis;

    /**
     * An analyzer.
     *
     * @param thread with a deep stack
     * @param failures takes mistakes of the server's own
     */
    public Analyzer(
            NetWorkspace workspace, ScheduledExecutorService thread, Listener listener, Consumer<Throwable> failures) {
        this.workspace = workspace;
        this.thread = thread;
        this.listener = listener;
        this.failures = failures;
    }

    /** Takes note that a file has changed, was opened or closed. */
    public void changed(String uri) {
        synchronized (lock) {
            pending.add(uri);
            generation++;
            if (settled.isDone()) {
                settled = new CompletableFuture<>();
            }
        }
        long delay = Math.max(LEAST_DELAY, Math.min(MOST_DELAY, lastMillis / 4));
        if (!thread.isShutdown()) {
            next.cancel(false);
            next = thread.schedule(this::run, delay, TimeUnit.MILLISECONDS);
        }
    }

    /** Takes note that everything may have changed. */
    public void changedAll() {
        workspace.open().forEach(document -> changed(document.uri()));
    }

    /** Ends when everything that has changed so far was checked. */
    public CompletableFuture<Void> settled() {
        synchronized (lock) {
            return settled;
        }
    }

    /** The facts of all networks. */
    public List<NetworkFacts> facts() {
        return roots.values().stream()
                .flatMap(root -> root.networks.values().stream())
                .toList();
    }

    /** The findings that the editor was last told about a file. */
    public List<Published> published(String uri) {
        return published.getOrDefault(uri, List.of());
    }

    private void run() {
        long start = System.nanoTime();
        Set<String> work;
        int begun;
        synchronized (lock) {
            work = new LinkedHashSet<>(pending);
            begun = generation;
        }
        try {
            analyze(work, begun);
            synchronized (lock) {
                if (begun == generation) {
                    pending.clear();
                    settled.complete(null);
                }
            }
            lastMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            listener.shapesChanged();
        } catch (CancellationException e) {
            lastMillis = Math.max(lastMillis, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        } catch (RuntimeException | Error e) {
            failures.accept(e);
            synchronized (lock) {
                if (begun == generation) {
                    pending.clear();
                    settled.complete(null);
                }
            }
        }
    }

    private void analyze(Set<String> work, int begun) {
        workspace.refresh();
        WorkspaceView view = workspace.view();
        Map<String, Document> wanted = new LinkedHashMap<>();
        for (Document document : workspace.open()) {
            wanted.put(document.uri(), document);
            view.importers(document).forEach(importer -> wanted.putIfAbsent(importer.uri(), importer));
        }
        Map<String, Document> affected = new LinkedHashMap<>();
        for (String uri : work) {
            Optional<Document> document = view.document(uri);
            document.filter(known -> wanted.containsKey(uri)).ifPresent(known -> affected.put(uri, known));
            document.stream()
                    .flatMap(known -> view.importers(known).stream())
                    .filter(importer -> wanted.containsKey(importer.uri()))
                    .forEach(importer -> affected.put(importer.uri(), importer));
        }
        wanted.values().stream()
                .filter(document -> !roots.containsKey(document.uri()) || imports(document, work, view))
                .forEach(document -> affected.put(document.uri(), document));
        Set<String> gone = new HashSet<>(roots.keySet());
        gone.removeAll(wanted.keySet());
        roots.keySet().removeAll(gone);
        for (Document document : affected.values()) {
            check(document, view, begun);
        }
        Set<String> told = new LinkedHashSet<>(affected.keySet());
        told.addAll(gone);
        told.addAll(work);
        told.addAll(published.keySet());
        facts().forEach(facts ->
                facts.findings().forEach(located -> told.add(located.place().uri())));
        told.forEach(uri -> publish(uri, view));
    }

    /** Tells whether a file imports one that is no longer there, which has no importers any more. */
    private static boolean imports(Document document, Set<String> work, WorkspaceView view) {
        return work.stream()
                .filter(uri -> view.document(uri).isEmpty())
                .map(uri -> uri.substring(uri.lastIndexOf('/') + 1))
                .anyMatch(name -> document.tree().imports().stream()
                        .anyMatch(imported -> imported.path().endsWith(name)));
    }

    private void check(Document document, WorkspaceView view, int begun) {
        Root root = roots.computeIfAbsent(document.uri(), uri -> new Root());
        boolean limited = root.networks.values().stream().anyMatch(Analyzer::isLimited);
        check(document, view, begun, root, limited);
        int layers = root.networks.values().stream()
                .mapToInt(facts -> facts.layers().size())
                .sum();
        if (!limited && layers > Limits.LAYERS) {
            check(document, view, begun, root, true);
        }
    }

    /** Tells whether a network met a limit that it may share with the others of its file, which may have changed. */
    private static boolean isLimited(NetworkFacts facts) {
        return facts.findings().stream()
                .anyMatch(located -> located.finding().code().toString().startsWith(LIMITS));
    }

    /**
     * Checks a file.
     *
     * @param whole whether networks are elaborated again that have not changed
     */
    private void check(Document document, WorkspaceView view, int begun, Root root, boolean whole) {
        FactsReader reader = new FactsReader(view);
        Diagnostics diagnostics = new Diagnostics();
        List<FileDecl> files = new ArrayList<>(List.of(document.tree()));
        view.importers(document).forEach(importer -> files.add(importer.tree()));
        diagnostics.reportAll(document.parsed().diagnostics());
        Set<String> networks = new HashSet<>();
        long start = System.nanoTime();
        Elaborator.elaborate(files, view, diagnostics, new Elaborator.Observer() {
            private boolean told;

            @Override
            public boolean wants(FileDecl file, Declaration.NetworkDecl network) {
                if (begun != generation) {
                    throw new CancellationException();
                }
                if (file.file() != document.file()) {
                    return false;
                }
                boolean late = System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(PATIENCE);
                if (late && !told) {
                    told = true;
                    keep(root, document, diagnostics);
                    publish(document.uri(), view);
                }
                networks.add(network.name().text());
                return whole || !isKnown(root.networks.get(network.name().text()), network);
            }

            private boolean isKnown(@Nullable NetworkFacts facts, Declaration.NetworkDecl network) {
                if (facts == null || !facts.sources().equals(reader.sources(document, network))) {
                    return false;
                }
                return facts.findings().stream().noneMatch(located -> FindingMessages.citesLines(located.finding()))
                        || facts.lines().equals(reader.lines(document, network));
            }

            @Override
            public void elaborated(FileDecl file, Sketch sketch) {
                root.networks.put(sketch.network().name().text(), reader.read(document, sketch));
            }
        });
        root.networks.keySet().retainAll(networks);
        keep(root, document, diagnostics);
    }

    private static void keep(Root root, Document document, Diagnostics diagnostics) {
        root.own = diagnostics.toList().stream()
                .filter(finding -> finding.span().file() == document.file())
                .toList();
        root.of = Optional.of(document);
    }

    private void publish(String uri, WorkspaceView view) {
        Optional<Document> document = view.document(uri);
        List<Published> all = document.map(this::findings).orElse(List.of());
        List<Published> before = published.put(uri, all);
        if (all.isEmpty()) {
            published.remove(uri);
        }
        boolean open = document.filter(Document::isOpen).isPresent();
        if (open || !all.isEmpty() || before != null) {
            listener.publish(uri, document.flatMap(known -> Optional.ofNullable(known.version())), all);
        }
    }

    /** Everything that is known to be wrong with a file, the same thing once. */
    private List<Published> findings(Document document) {
        Map<String, Published> found = new LinkedHashMap<>();
        Root root = roots.get(document.uri());
        if (root != null && root.of.filter(of -> of.file() == document.file()).isPresent()) {
            root.own.forEach(finding -> add(found, finding.span(), finding));
        }
        for (NetworkFacts facts : facts()) {
            for (NetworkFacts.Located located : facts.findings()) {
                if (located.place().uri().equals(document.uri())
                        && facts.holdsFor(document.uri(), located.place().declaration(), document)) {
                    located.place().in(document).ifPresent(span -> add(found, span, located.finding()));
                }
            }
        }
        List<Published> sorted = new ArrayList<>(found.values());
        sorted.sort(Comparator.comparingInt(
                        (Published one) -> one.told().getRange().getStart().getLine())
                .thenComparingInt(one -> one.told().getRange().getStart().getCharacter()));
        return sorted;
    }

    private static void add(Map<String, Published> found, SourceSpan span, Diagnostic finding) {
        // One place has one finding of a code, however many networks lead there.
        found.putIfAbsent(
                finding.code() + " " + span.start() + " " + span.end(),
                new Published(FindingMessages.at(span, finding), FindingMessages.suggestion(finding)));
    }

    /** Types of the tensors that expressions of a file make, by the expression's span. */
    public Map<SourceSpan, Set<String>> shapes(Document document) {
        Map<SourceSpan, Set<String>> shapes = new HashMap<>();
        Map<String, String> texts = new HashMap<>();
        for (NetworkFacts facts : facts()) {
            facts.shapes().forEach((place, types) -> {
                if (place.uri().equals(document.uri())) {
                    Declaration declaration = document.names().declarations().get(place.declaration());
                    if (declaration != null
                            && facts.holdsFor(
                                    document.uri(),
                                    place.declaration(),
                                    texts.computeIfAbsent(
                                            place.declaration(),
                                            name -> document.names().textOf(declaration)))) {
                        place.in(document)
                                .ifPresent(span -> shapes.computeIfAbsent(span, key -> new LinkedHashSet<>())
                                        .addAll(types));
                    }
                }
            });
        }
        return shapes;
    }
}
