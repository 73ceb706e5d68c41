package org.espalier.languageserver;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.DidChangeWorkspaceFoldersParams;
import org.eclipse.lsp4j.SymbolInformation;
import org.eclipse.lsp4j.WorkspaceSymbol;
import org.eclipse.lsp4j.WorkspaceSymbolParams;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.services.WorkspaceService;
import org.espalier.languageserver.feature.Outlines;
import org.espalier.languageserver.workspace.Analyzer;
import org.espalier.languageserver.workspace.NetWorkspace;

/** Messages about folders, files on the disk and settings. */
final class NetWorkspaceService implements WorkspaceService {
    private final NetWorkspace workspace;
    private final Analyzer analyzer;
    private final Requests requests;
    private final Runnable index;
    private final Consumer<Object> configure;

    NetWorkspaceService(
            NetWorkspace workspace, Analyzer analyzer, Requests requests, Runnable index, Consumer<Object> configure) {
        this.workspace = workspace;
        this.analyzer = analyzer;
        this.requests = requests;
        this.index = index;
        this.configure = configure;
    }

    @Override
    public CompletableFuture<Either<List<? extends SymbolInformation>, List<? extends WorkspaceSymbol>>> symbol(
            WorkspaceSymbolParams parameters) {
        return requests.ask(
                Either.forRight(List.of()),
                view -> Either.forRight(Outlines.matching(parameters.getQuery(), view.all())));
    }

    @Override
    public void didChangeConfiguration(DidChangeConfigurationParams parameters) {
        configure.accept(parameters.getSettings());
    }

    @Override
    public void didChangeWatchedFiles(DidChangeWatchedFilesParams parameters) {
        parameters.getChanges().forEach(change -> {
            workspace.changedOnDisk(change.getUri());
            analyzer.changed(change.getUri());
        });
    }

    @Override
    public void didChangeWorkspaceFolders(DidChangeWorkspaceFoldersParams parameters) {
        Set<Path> folders = new LinkedHashSet<>(workspace.folders());
        parameters
                .getEvent()
                .getRemoved()
                .forEach(folder -> NetWorkspace.path(folder.getUri()).ifPresent(folders::remove));
        parameters
                .getEvent()
                .getAdded()
                .forEach(folder -> NetWorkspace.path(folder.getUri()).ifPresent(folders::add));
        workspace.setFolders(List.copyOf(folders));
        index.run();
    }
}
