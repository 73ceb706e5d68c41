package org.espalier.languageserver;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.lsp4j.jsonrpc.CompletableFutures;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.feature.Context;
import org.espalier.languageserver.workspace.Analyzer;
import org.espalier.languageserver.workspace.NetWorkspace;
import org.espalier.languageserver.workspace.WorkspaceView;

/**
 * Answers questions one after the other, each on the files as they are when its turn comes. A question about a file
 * that is not known has the empty answer, and so has one that a mistake of the server's own stops, which is told once.
 */
final class Requests {
    /** Milliseconds that a question about shapes waits for the check of what was typed before it. */
    private static final long PATIENCE = 400;

    private final NetWorkspace workspace;
    private final Analyzer analyzer;
    private final ExecutorService thread;
    private final Consumer<Throwable> failures;

    Requests(NetWorkspace workspace, Analyzer analyzer, ExecutorService thread, Consumer<Throwable> failures) {
        this.workspace = workspace;
        this.analyzer = analyzer;
        this.thread = thread;
        this.failures = failures;
    }

    /** The answer to a question about a file. */
    <T> CompletableFuture<T> about(String uri, T nothing, Function<Context, T> answer) {
        return ask(nothing, view -> context(uri, view).map(answer).orElse(nothing));
    }

    /** The same once the file was checked, or has kept waiting for long. */
    <T> CompletableFuture<T> aboutShapes(String uri, T nothing, Function<Context, T> answer) {
        return analyzer.settled()
                .copy()
                .completeOnTimeout(null, PATIENCE, TimeUnit.MILLISECONDS)
                .thenCompose(settled -> about(uri, nothing, answer));
    }

    /** The answer to a question about all files. */
    <T> CompletableFuture<T> ask(T nothing, Function<WorkspaceView, T> answer) {
        return CompletableFutures.computeAsync(thread, cancelled -> {
            cancelled.checkCanceled();
            try {
                return answer.apply(workspace.view());
            } catch (CancellationException | ResponseErrorException e) {
                throw e;
            } catch (RuntimeException | StackOverflowError e) {
                failures.accept(e);
                return nothing;
            }
        });
    }

    private Optional<Context> context(String uri, WorkspaceView view) {
        Optional<Document> document = view.document(uri).or(() -> workspace.document(uri));
        return document.map(known -> new Context(known, view, analyzer));
    }
}
