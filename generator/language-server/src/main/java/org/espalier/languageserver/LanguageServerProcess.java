package org.espalier.languageserver;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.eclipse.lsp4j.services.LanguageClient;
import org.espalier.languageserver.workspace.ReadableCopies;

/** Serves one editor over two streams. */
public final class LanguageServerProcess {
    private LanguageServerProcess() {}

    /**
     * Answers messages until the editor says that it is enough, or goes away.
     *
     * @return the exit code that the protocol wants: 0 if the editor announced the end, 1 if not
     */
    public static int run(InputStream in, OutputStream out) throws InterruptedException {
        return run(new NetLanguageServer(ReadableCopies.ofUser()), in, out);
    }

    static int run(NetLanguageServer server, InputStream in, OutputStream out) throws InterruptedException {
        Launcher<LanguageClient> launcher = LSPLauncher.createServerLauncher(server, in, out);
        server.connect(launcher.getRemoteProxy());
        Future<Void> listening = launcher.startListening();
        Thread end = new Thread(() -> exitAfter(listening, server), "espalier-end");
        end.setDaemon(true);
        end.start();
        try {
            return server.ended().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Ends the server when there are no more messages, whether the editor said so or is gone. */
    private static void exitAfter(Future<Void> listening, NetLanguageServer server) {
        try {
            listening.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            // The stream broke, which is an end as well.
        }
        server.exit();
    }
}
