package org.espalier.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.CompletionCapabilities;
import org.eclipse.lsp4j.CompletionItemCapabilities;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.InitializedParams;
import org.eclipse.lsp4j.MessageActionItem;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.MessageType;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ShowMessageRequestParams;
import org.eclipse.lsp4j.TextDocumentClientCapabilities;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextDocumentItem;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;
import org.eclipse.lsp4j.WorkspaceFolder;
import org.eclipse.lsp4j.WorkspaceSymbolParams;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;
import org.espalier.generator.source.SourceFile;
import org.espalier.languageserver.document.Positions;
import org.espalier.languageserver.workspace.ReadableCopies;

/** An editor at the other end of two pipes, which sends real messages to a real server. */
final class Editor implements LanguageClient, AutoCloseable {
    private static final long PATIENCE = 60;

    private final Path folder;
    private final NetLanguageServer served;
    private final LanguageServer server;
    private final CompletableFuture<Integer> exit;
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final Map<String, PublishDiagnosticsParams> published = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, Integer> versions = new HashMap<>();
    private final InitializeResult started;

    private Editor(Path folder, boolean workspace) {
        this.folder = folder;
        try {
            PipedInputStream toServer = new PipedInputStream(1 << 20);
            PipedInputStream toEditor = new PipedInputStream(1 << 20);
            PipedOutputStream fromEditor = new PipedOutputStream(toServer);
            PipedOutputStream fromServer = new PipedOutputStream(toEditor);
            served = new NetLanguageServer(new ReadableCopies(folder.resolve(".copies")));
            exit = CompletableFuture.supplyAsync(() -> {
                try (toServer;
                        fromServer) {
                    return LanguageServerProcess.run(served, toServer, fromServer);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Launcher<LanguageServer> launcher = LSPLauncher.createClientLauncher(this, toEditor, fromEditor);
            launcher.startListening();
            server = launcher.getRemoteProxy();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        InitializeParams parameters = new InitializeParams();
        CompletionCapabilities completion = new CompletionCapabilities();
        CompletionItemCapabilities item = new CompletionItemCapabilities();
        item.setSnippetSupport(true);
        completion.setCompletionItem(item);
        TextDocumentClientCapabilities text = new TextDocumentClientCapabilities();
        text.setCompletion(completion);
        ClientCapabilities capabilities = new ClientCapabilities();
        capabilities.setTextDocument(text);
        parameters.setCapabilities(capabilities);
        if (workspace) {
            parameters.setWorkspaceFolders(
                    List.of(new WorkspaceFolder(folder.toUri().toString(), "folder")));
        }
        started = await(server.initialize(parameters));
        server.initialized(new InitializedParams());
    }

    /** An editor with a folder of its workspace open. */
    static Editor of(Path folder) {
        return new Editor(folder, true);
    }

    /** An editor without a workspace. */
    static Editor ofFiles(Path folder) {
        return new Editor(folder, false);
    }

    InitializeResult started() {
        return started;
    }

    LanguageServer server() {
        return server;
    }

    CompletableFuture<Integer> exit() {
        return exit;
    }

    String uri(String file) {
        return folder.resolve(file).toUri().toString();
    }

    TextDocumentIdentifier id(String file) {
        return new TextDocumentIdentifier(uri(file));
    }

    String text(String file) {
        return texts.getOrDefault(file, "");
    }

    /** Writes a file to the disk. */
    Path write(String file, String text) {
        Path path = folder.resolve(file);
        try {
            Files.createDirectories(path.getParent());
            return Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens a file, which need not be on the disk. */
    void open(String file, String text) {
        texts.put(file, text);
        versions.put(file, 1);
        server.getTextDocumentService()
                .didOpen(new DidOpenTextDocumentParams(new TextDocumentItem(uri(file), "net", 1, text)));
    }

    /** Types in the place of a stretch of an open file. */
    void replace(String file, int start, int end, String by) {
        SourceFile before = new SourceFile(file, text(file));
        change(file, new TextDocumentContentChangeEvent(Positions.of(before, start, end), by));
    }

    /** Types in the place of some text of an open file. */
    void replace(String file, String text, String by) {
        int start = text(file).indexOf(text);
        assertThat(start).as("'%s' is in %s", text, file).isNotNegative();
        replace(file, start, start + text.length(), by);
    }

    void change(String file, TextDocumentContentChangeEvent... changes) {
        String text = text(file);
        for (TextDocumentContentChangeEvent change : changes) {
            text = change.getRange() == null
                    ? change.getText()
                    : applied(text, List.of(new TextEdit(change.getRange(), change.getText())));
        }
        texts.put(file, text);
        int version = versions.merge(file, 1, Integer::sum);
        server.getTextDocumentService()
                .didChange(new DidChangeTextDocumentParams(
                        new VersionedTextDocumentIdentifier(uri(file), version), List.of(changes)));
    }

    void close(String file) {
        server.getTextDocumentService().didClose(new DidCloseTextDocumentParams(id(file)));
        versions.remove(file);
    }

    /** The findings of a file as it is now, once everything was checked. */
    List<Diagnostic> findings(String file) {
        settle();
        synchronized (published) {
            PublishDiagnosticsParams told = published.get(uri(file));
            assertThat(told).as("findings of %s", file).isNotNull();
            assertThat(told.getVersion()).isEqualTo(versions.get(file));
            return told.getDiagnostics();
        }
    }

    /** Waits until everything that was typed is checked, and told. */
    private void settle() {
        // Messages and answers come in the order in which they were sent.
        await(server.getWorkspaceService().symbol(new WorkspaceSymbolParams("-")));
        await(served.settled().copy());
        await(server.getWorkspaceService().symbol(new WorkspaceSymbolParams("-")));
    }

    /** The findings of a file as soon as they are wanted ones. */
    List<Diagnostic> findings(String file, Function<PublishDiagnosticsParams, Boolean> wanted) {
        String uri = uri(file);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
        synchronized (published) {
            while (!published.containsKey(uri) || !wanted.apply(published.get(uri))) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                assertThat(left)
                        .as(
                                "milliseconds left to wait for findings of %s; the last ones are %s",
                                file, published.get(uri))
                        .isPositive();
                try {
                    published.wait(left);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return published.get(uri).getDiagnostics();
        }
    }

    /** Messages of the findings. */
    List<String> messages(String file) {
        return findings(file).stream()
                .map(finding -> finding.getMessage().getLeft())
                .toList();
    }

    /** The position of a mark in a text, or of the text after it. */
    Position at(String file, String text) {
        int start = text(file).indexOf(text);
        assertThat(start).as("'%s' is in %s", text, file).isNotNegative();
        return Positions.of(new SourceFile(file, text(file)), start);
    }

    Position behind(String file, String text) {
        int start = text(file).indexOf(text);
        assertThat(start).as("'%s' is in %s", text, file).isNotNegative();
        return Positions.of(new SourceFile(file, text(file)), start + text.length());
    }

    /** The text of an open file at a range. */
    String at(String file, Range range) {
        return of(text(file), range);
    }

    static String of(String text, Range range) {
        SourceFile file = new SourceFile("it", text);
        return text.substring(Positions.offset(file, range.getStart()), Positions.offset(file, range.getEnd()));
    }

    /** A text after edits. */
    static String applied(String text, List<? extends TextEdit> edits) {
        SourceFile file = new SourceFile("it", text);
        List<TextEdit> last = new ArrayList<>(edits);
        last.sort((one, other) -> Integer.compare(
                Positions.offset(file, other.getRange().getStart()),
                Positions.offset(file, one.getRange().getStart())));
        StringBuilder changed = new StringBuilder(text);
        last.forEach(edit -> changed.replace(
                Positions.offset(file, edit.getRange().getStart()),
                Positions.offset(file, edit.getRange().getEnd()),
                edit.getNewText()));
        return changed.toString();
    }

    static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(PATIENCE, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    /** Mistakes of the server's own. */
    List<String> failures() {
        return failures;
    }

    /** Warnings that the server has logged. */
    List<String> warnings() {
        return warnings;
    }

    @Override
    public void telemetryEvent(Object object) {
        failures.add("telemetry " + object);
    }

    @Override
    public void publishDiagnostics(PublishDiagnosticsParams diagnostics) {
        synchronized (published) {
            published.put(diagnostics.getUri(), diagnostics);
            published.notifyAll();
        }
    }

    @Override
    public void showMessage(MessageParams message) {
        failures.add(message.getMessage());
    }

    @Override
    public CompletableFuture<MessageActionItem> showMessageRequest(ShowMessageRequestParams parameters) {
        failures.add(parameters.getMessage());
        return new CompletableFuture<>();
    }

    @Override
    public void logMessage(MessageParams message) {
        if (message.getType() == MessageType.Error) {
            failures.add(message.getMessage());
        } else if (message.getType() == MessageType.Warning) {
            warnings.add(message.getMessage());
        }
    }

    /** Ends the server, which must have made no mistake. */
    @Override
    public void close() {
        await(server.shutdown());
        server.exit();
        assertThat(await(exit)).isZero();
        assertThat(failures).isEmpty();
    }
}
