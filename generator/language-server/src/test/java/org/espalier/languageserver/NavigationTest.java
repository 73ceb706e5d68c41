package org.espalier.languageserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.DocumentHighlightParams;
import org.eclipse.lsp4j.DocumentLinkParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.PrepareRenameParams;
import org.eclipse.lsp4j.ReferenceContext;
import org.eclipse.lsp4j.ReferenceParams;
import org.eclipse.lsp4j.RenameParams;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ways from a name to its definition and to its other places, and its change everywhere. */
class NavigationTest {
    private static final String BLOCKS = """
        regularizer elastic = l1(1e-6)

        block Stage(inside: int, outside: int) {
            conv = Conv2d(inside, outside, 3, weight_regularizer=elastic)
            return [conv, ReLU()]
        }
        """;

    private static final String USER = """
        import Stage, elastic as stretchy from "blocks.net"

        network User {
            input x: float[batch, 3, 8, 8]
            stage = Stage(3, outside=4)
            gate = SqueezeExcitation(4, 2)
            x = stage(x)
            output y = gate(x)
            regularize weights of gate.** by stretchy
            initialize weights of stage.conv by normal(0, 0.02)
        }
        """;

    @TempDir
    private Path folder;

    private Editor editor;

    @BeforeEach
    void open() {
        editor = Editor.of(folder);
        editor.write("blocks.net", BLOCKS);
        editor.open("user.net", USER);
        assertThat(editor.findings("user.net")).isEmpty();
    }

    @AfterEach
    void close() {
        editor.close();
    }

    private List<? extends Location> definitions(String at) {
        return Editor.await(editor.server()
                        .getTextDocumentService()
                        .definition(new DefinitionParams(editor.id("user.net"), editor.at("user.net", at))))
                .getLeft();
    }

    /** {@code file: text} of places, with the text from there to the end of the line. */
    private List<String> shown(Stream<? extends Location> locations) {
        return locations
                .map(location -> {
                    String file = location.getUri().substring(location.getUri().lastIndexOf('/') + 1);
                    String text = text(location.getUri());
                    String line = text.split("\r?\n", -1)[
                            location.getRange().getStart().getLine()];
                    return file + ": "
                            + line.substring(location.getRange().getStart().getCharacter());
                })
                .toList();
    }

    private String text(String uri) {
        try {
            return uri.equals(editor.uri("user.net"))
                    ? editor.text("user.net")
                    : Files.readString(Path.of(URI.create(uri)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void toDefinitionsHereAndInImportedFiles() {
        assertThat(shown(definitions("stage(x)").stream())).containsExactly("user.net: stage = Stage(3, outside=4)");
        assertThat(shown(definitions("Stage(3").stream()))
                .containsExactly("blocks.net: Stage(inside: int, outside: int) {");
        assertThat(shown(definitions("outside=4").stream())).containsExactly("blocks.net: outside: int) {");
        assertThat(shown(definitions("stretchy\n").stream())).containsExactly("blocks.net: elastic = l1(1e-6)");
        assertThat(shown(definitions("\"blocks.net\"").stream()))
                .containsExactly("blocks.net: regularizer elastic = l1(1e-6)");
    }

    @Test
    void toTheStandardLibraryInAFileThatCanBeRead() throws IOException {
        List<? extends Location> definitions = definitions("SqueezeExcitation");
        assertThat(shown(definitions.stream()))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("gates.net: SqueezeExcitation(");
        assertThat(Files.readString(Path.of(URI.create(definitions.get(0).getUri()))))
                .startsWith("/** Squeeze and excitation");
    }

    @Test
    void toTheLayersThatASelectorNames() {
        assertThat(shown(definitions("conv by").stream()))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("blocks.net: conv = Conv2d");
        assertThat(shown(definitions("stage.conv").stream())).containsExactly("user.net: stage = Stage(3, outside=4)");
    }

    @Test
    void nowhereFromAWordOfTheLanguage() {
        assertThat(definitions("normal(")).isEmpty();
    }

    @Test
    void toEveryPlaceOfAName() {
        List<? extends Location> places = Editor.await(editor.server()
                .getTextDocumentService()
                .references(new ReferenceParams(
                        editor.id("user.net"), editor.at("user.net", "Stage(3"), new ReferenceContext(true))));
        assertThat(shown(places.stream()))
                .containsExactly(
                        "blocks.net: Stage(inside: int, outside: int) {",
                        "user.net: Stage, elastic as stretchy from \"blocks.net\"",
                        "user.net: Stage(3, outside=4)");
        assertThat(Editor.await(editor.server()
                        .getTextDocumentService()
                        .documentHighlight(
                                new DocumentHighlightParams(editor.id("user.net"), editor.at("user.net", "stage = ")))))
                .hasSize(3);
        assertThat(Editor.await(editor.server()
                        .getTextDocumentService()
                        .documentLink(new DocumentLinkParams(editor.id("user.net")))))
                .singleElement()
                .satisfies(link -> assertThat(link.getTarget()).isEqualTo(editor.uri("blocks.net")));
    }

    private Map<String, List<TextEdit>> renamed(String at, String name) {
        WorkspaceEdit edit = Editor.await(editor.server()
                .getTextDocumentService()
                .rename(new RenameParams(editor.id("user.net"), editor.at("user.net", at), name)));
        return edit.getChanges();
    }

    @Test
    void renamesADeclarationInAllFiles() {
        Map<String, List<TextEdit>> edits = renamed("Stage(3", "Step");
        assertThat(Editor.applied(USER, edits.get(editor.uri("user.net")))).isEqualTo(USER.replace("Stage", "Step"));
        assertThat(Editor.applied(BLOCKS, edits.get(editor.uri("blocks.net"))))
                .isEqualTo(BLOCKS.replace("Stage", "Step"));
    }

    @Test
    void renamesALayerInSelectorsAndAParameterInCalls() {
        assertThat(Editor.applied(USER, renamed("stage = ", "first").get(editor.uri("user.net"))))
                .isEqualTo(USER.replace("stage", "first"));
        Map<String, List<TextEdit>> edits = renamed("outside=4", "channels");
        assertThat(Editor.applied(USER, edits.get(editor.uri("user.net"))))
                .isEqualTo(USER.replace("outside", "channels"));
        assertThat(Editor.applied(BLOCKS, edits.get(editor.uri("blocks.net"))))
                .isEqualTo(BLOCKS.replace("outside", "channels"));
        assertThat(Editor.applied(USER, renamed("stretchy\n", "soft").get(editor.uri("user.net"))))
                .isEqualTo(USER.replace("stretchy", "soft"));
    }

    @Test
    void refusesToRenameWhatCannotBe() {
        refuses("normal(", "other", "'normal' is a word of the language and cannot be renamed");
        refuses("SqueezeExcitation", "Other", "'SqueezeExcitation' is a word of the language and cannot be renamed");
        refuses("stage = ", "2nd", "'2nd' is not a name: write letters, digits and underscores, a letter first");
        refuses(
                "stage = ",
                "network",
                "'network' is not a name: write letters, digits and underscores, a letter first");
        refuses("stage = ", "gate", "'gate' is already defined at user.net:6");
        assertThatThrownBy(() -> Editor.await(editor.server()
                        .getTextDocumentService()
                        .prepareRename(
                                new PrepareRenameParams(editor.id("user.net"), editor.at("user.net", "3, 8, 8")))))
                .hasMessage("expected a name to rename here and found none");
    }

    private void refuses(String at, String name, String message) {
        assertThatThrownBy(() -> renamed(at, name))
                .isInstanceOf(ResponseErrorException.class)
                .hasMessage(message);
    }
}
