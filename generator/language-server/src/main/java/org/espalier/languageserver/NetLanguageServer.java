package org.espalier.languageserver;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.CodeActionOptions;
import org.eclipse.lsp4j.CompletionOptions;
import org.eclipse.lsp4j.DidChangeWatchedFilesRegistrationOptions;
import org.eclipse.lsp4j.DocumentLinkOptions;
import org.eclipse.lsp4j.FileSystemWatcher;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.InitializedParams;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.MessageType;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.Registration;
import org.eclipse.lsp4j.RegistrationParams;
import org.eclipse.lsp4j.RenameOptions;
import org.eclipse.lsp4j.SemanticTokensWithRegistrationOptions;
import org.eclipse.lsp4j.ServerCapabilities;
import org.eclipse.lsp4j.ServerInfo;
import org.eclipse.lsp4j.SignatureHelpOptions;
import org.eclipse.lsp4j.TextDocumentSyncKind;
import org.eclipse.lsp4j.WorkspaceFolder;
import org.eclipse.lsp4j.WorkspaceFoldersOptions;
import org.eclipse.lsp4j.WorkspaceServerCapabilities;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageClientAware;
import org.eclipse.lsp4j.services.LanguageServer;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.eclipse.lsp4j.services.WorkspaceService;
import org.espalier.generator.DeepStack;
import org.espalier.languageserver.feature.Colours;
import org.espalier.languageserver.workspace.Analyzer;
import org.espalier.languageserver.workspace.NetWorkspace;
import org.espalier.languageserver.workspace.Published;
import org.espalier.languageserver.workspace.ReadableCopies;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** The server of one editor: what it can do, which folders it looks at, when it ends. */
public final class NetLanguageServer implements LanguageServer, LanguageClientAware, Analyzer.Listener {
    private final NetWorkspace workspace;
    private final ScheduledExecutorService analysis = Executors.newSingleThreadScheduledExecutor(threads("analysis"));
    private final ExecutorService answers = Executors.newSingleThreadExecutor(threads("answers"));
    private final Analyzer analyzer;
    private final NetTextDocumentService textDocuments;
    private final NetWorkspaceService workspaces;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private @Nullable LanguageClient client;
    private ClientCapabilities capabilities = new ClientCapabilities();
    private boolean shutDown;

    /**
     * A server.
     *
     * @param copies for files that are none, such as those of the standard library
     */
    public NetLanguageServer(ReadableCopies copies) {
        workspace = new NetWorkspace(copies);
        analyzer = new Analyzer(workspace, analysis, this, this::failed);
        Requests requests = new Requests(workspace, analyzer, answers, this::failed);
        textDocuments = new NetTextDocumentService(workspace, analyzer, requests);
        workspaces = new NetWorkspaceService(workspace, analyzer, requests, this::index, this::configure);
    }

    private static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = DeepStack.thread("espalier-" + name, task);
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void connect(LanguageClient editor) {
        client = editor;
    }

    /** Ends when the editor says so: with 0 if it had announced it, and with 1 otherwise. */
    public CompletableFuture<Integer> ended() {
        return ended;
    }

    /** Ends when everything that has changed so far was checked and told. */
    CompletableFuture<Void> settled() {
        return analyzer.settled();
    }

    @Override
    public CompletableFuture<InitializeResult> initialize(InitializeParams parameters) {
        capabilities = Optional.ofNullable(parameters.getCapabilities()).orElseGet(ClientCapabilities::new);
        workspace.setFolders(folders(parameters));
        configure(parameters.getInitializationOptions());
        textDocuments.setSnippets(hasSnippets());
        return CompletableFuture.completedFuture(new InitializeResult(capabilities(), new ServerInfo("espalier")));
    }

    @SuppressWarnings("deprecation") // Editors of before 2018 name one folder.
    private static List<Path> folders(InitializeParams parameters) {
        List<WorkspaceFolder> folders = parameters.getWorkspaceFolders();
        Stream<String> addresses = folders == null || folders.isEmpty()
                ? Stream.ofNullable(parameters.getRootUri())
                : folders.stream().map(WorkspaceFolder::getUri);
        return addresses.flatMap(uri -> NetWorkspace.path(uri).stream()).toList();
    }

    /** Takes settings: {@code {"imports": ["net", "lib/blocks.jar"]}}, alone or as {@code espalier}. */
    private void configure(@Nullable Object settings) {
        if (!(settings instanceof JsonObject all)) {
            return;
        }
        JsonElement own = all.has("espalier") ? all.get("espalier") : all;
        JsonElement imports = own.isJsonObject() ? own.getAsJsonObject().get("imports") : null;
        if (!(imports instanceof JsonArray list)) {
            return;
        }
        List<Path> paths = new ArrayList<>();
        for (JsonElement one : list) {
            Optional<Path> path = path(one);
            path.map(written -> workspace.folders().stream()
                            .findFirst()
                            .map(folder -> folder.resolve(written))
                            .orElse(written)
                            .toAbsolutePath()
                            .normalize())
                    .ifPresentOrElse(
                            paths::add,
                            () -> log(MessageType.Warning, "espalier.imports: expected a path and found " + one));
        }
        workspace.setImports(paths);
        analyzer.changedAll();
    }

    private static Optional<Path> path(JsonElement setting) {
        if (!(setting instanceof JsonPrimitive text) || !text.isString()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(text.getAsString()));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private boolean hasSnippets() {
        return Optional.ofNullable(capabilities.getTextDocument())
                .flatMap(text -> Optional.ofNullable(text.getCompletion()))
                .flatMap(completion -> Optional.ofNullable(completion.getCompletionItem()))
                .map(item -> Boolean.TRUE.equals(item.getSnippetSupport()))
                .orElse(false);
    }

    private static ServerCapabilities capabilities() {
        ServerCapabilities server = new ServerCapabilities();
        server.setTextDocumentSync(TextDocumentSyncKind.Incremental);
        server.setCompletionProvider(new CompletionOptions(true, List.of(".", "\"")));
        server.setSignatureHelpProvider(new SignatureHelpOptions(List.of("(", ","), List.of(")")));
        server.setHoverProvider(true);
        server.setInlayHintProvider(true);
        server.setDefinitionProvider(true);
        server.setReferencesProvider(true);
        server.setDocumentHighlightProvider(true);
        server.setRenameProvider(new RenameOptions(true));
        server.setDocumentSymbolProvider(true);
        server.setWorkspaceSymbolProvider(true);
        server.setFoldingRangeProvider(true);
        server.setSemanticTokensProvider(new SemanticTokensWithRegistrationOptions(Colours.LEGEND, true, true));
        server.setDocumentFormattingProvider(true);
        server.setDocumentLinkProvider(new DocumentLinkOptions(false));
        server.setCodeActionProvider(new CodeActionOptions(List.of(CodeActionKind.QuickFix)));
        WorkspaceFoldersOptions folders = new WorkspaceFoldersOptions();
        folders.setSupported(true);
        folders.setChangeNotifications(true);
        server.setWorkspace(new WorkspaceServerCapabilities(folders));
        return server;
    }

    @Override
    public void initialized(InitializedParams parameters) {
        boolean watches = Optional.ofNullable(capabilities.getWorkspace())
                .flatMap(all -> Optional.ofNullable(all.getDidChangeWatchedFiles()))
                .map(watched -> Boolean.TRUE.equals(watched.getDynamicRegistration()))
                .orElse(false);
        LanguageClient editor = client;
        if (watches && editor != null) {
            List<FileSystemWatcher> watchers = List.of(new FileSystemWatcher(Either.forLeft("**/*.net")));
            var unused = editor.registerCapability(new RegistrationParams(List.of(new Registration(
                    "espalier-files",
                    "workspace/didChangeWatchedFiles",
                    new DidChangeWatchedFilesRegistrationOptions(watchers)))));
        }
        index();
    }

    private void index() {
        analysis.execute(() -> {
            workspace.index();
            analyzer.changedAll();
        });
    }

    @Override
    @NullUnmarked // The protocol wants no result.
    public CompletableFuture<Object> shutdown() {
        shutDown = true;
        analysis.shutdownNow();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void exit() {
        analysis.shutdownNow();
        answers.shutdownNow();
        ended.complete(shutDown ? 0 : 1);
    }

    @Override
    public TextDocumentService getTextDocumentService() {
        return textDocuments;
    }

    @Override
    public WorkspaceService getWorkspaceService() {
        return workspaces;
    }

    @Override
    public void publish(String uri, Optional<Integer> version, List<Published> findings) {
        LanguageClient editor = client;
        if (editor != null) {
            PublishDiagnosticsParams told = new PublishDiagnosticsParams(
                    uri, findings.stream().map(Published::told).toList());
            version.ifPresent(told::setVersion);
            editor.publishDiagnostics(told);
        }
    }

    @Override
    public void shapesChanged() {
        boolean refreshes = Optional.ofNullable(capabilities.getWorkspace())
                .flatMap(all -> Optional.ofNullable(all.getInlayHint()))
                .map(hints -> Boolean.TRUE.equals(hints.getRefreshSupport()))
                .orElse(false);
        LanguageClient editor = client;
        if (refreshes && editor != null) {
            var unused = editor.refreshInlayHints();
        }
    }

    /** Tells a mistake of the server's own, where people who look for it find it. */
    private void failed(Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        log(MessageType.Error, "This is a mistake of the language server, please report it: " + trace);
    }

    private void log(MessageType type, String message) {
        LanguageClient editor = client;
        if (editor != null) {
            editor.logMessage(new MessageParams(type, message));
        }
    }
}
