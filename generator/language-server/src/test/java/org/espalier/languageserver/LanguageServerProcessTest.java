package org.espalier.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.espalier.languageserver.workspace.ReadableCopies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beginning and end of the server, told by the bytes of its streams. */
class LanguageServerProcessTest {
    @TempDir
    private Path folder;

    private static String message(String json) {
        return "Content-Length: " + json.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + json;
    }

    private int run(InputStream in, ByteArrayOutputStream out) throws InterruptedException {
        return LanguageServerProcess.run(new NetLanguageServer(new ReadableCopies(folder)), in, out);
    }

    private int run(String messages, ByteArrayOutputStream out) throws InterruptedException {
        return run(new ByteArrayInputStream(messages.getBytes(StandardCharsets.UTF_8)), out);
    }

    @Test
    void endsWell() throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = run(
                message("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}")
                        + message("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"shutdown\"}")
                        + message("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}"),
                out);
        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("Content-Length: ")
                .contains("\"name\":\"espalier\"")
                .contains("\"id\":2,\"result\":null");
    }

    @Test
    void endsBadlyWithoutShutdownAndWhenTheEditorIsGone() throws InterruptedException {
        assertThat(run(message("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}"), new ByteArrayOutputStream()))
                .isEqualTo(1);
        assertThat(run("", new ByteArrayOutputStream())).isEqualTo(1);
    }

    @Test
    void endsWhenTheStreamBreaks() throws InterruptedException {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("broken pipe");
            }
        };
        assertThat(run(broken, new ByteArrayOutputStream())).isEqualTo(1);
    }
}
