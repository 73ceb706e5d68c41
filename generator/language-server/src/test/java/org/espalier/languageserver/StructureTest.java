package org.espalier.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionContext;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.DocumentSymbolParams;
import org.eclipse.lsp4j.FoldingRange;
import org.eclipse.lsp4j.FoldingRangeRequestParams;
import org.eclipse.lsp4j.FormattingOptions;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.SemanticTokensParams;
import org.eclipse.lsp4j.SemanticTokensRangeParams;
import org.eclipse.lsp4j.WorkspaceSymbolParams;
import org.espalier.languageserver.feature.Colours;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outline, folding, colours, formatting and quick fixes. */
class StructureTest {
    private static final String NET = """
        // A comment
        // of two lines.

        regularizer elastic = l1(1e-6)

        /**
         * Explains.
         */
        block Stage(inside: int) {
            conv = Conv2d(inside, 4, 3,
                          weight_regularizer=elastic)
            return [conv, ReLU()]
        }

        network User {
            input x: float[batch, 3, 8, 8]
            stage = Stage(3)
            output y = stage(x)
        }
        """;

    @TempDir
    private Path folder;

    private Editor editor;

    @BeforeEach
    void open() {
        editor = Editor.of(folder);
        editor.open("user.net", NET);
        assertThat(editor.findings("user.net")).isEmpty();
    }

    @AfterEach
    void close() {
        editor.close();
    }

    private List<DocumentSymbol> symbols() {
        return Editor.await(editor.server()
                        .getTextDocumentService()
                        .documentSymbol(new DocumentSymbolParams(editor.id("user.net"))))
                .stream()
                .map(symbol -> symbol.getRight())
                .toList();
    }

    @Test
    void outlineHasDeclarationsWithTheirNames() {
        assertThat(symbols())
                .extracting(symbol -> symbol.getDetail() + " " + symbol.getName() + " "
                        + symbol.getChildren().stream()
                                .map(DocumentSymbol::getName)
                                .toList())
                .containsExactly("regularizer elastic []", "block Stage [conv]", "network User [x, stage, y]");
        assertThat(editor.at("user.net", symbols().get(1).getRange()))
                .startsWith("block Stage")
                .endsWith("}");

        editor.replace("user.net", "return [conv, ReLU()]", "return [conv, (");
        assertThat(symbols()).extracting(DocumentSymbol::getName).contains("elastic", "Stage");
    }

    @Test
    void symbolsOfTheWorkspaceAreFoundByTheirLetters() {
        var found = Editor.await(editor.server().getWorkspaceService().symbol(new WorkspaceSymbolParams("stg")));
        assertThat(found.getRight()).extracting(symbol -> symbol.getName()).containsExactly("Stage");
    }

    @Test
    void bodiesBracketsAndCommentsFold() {
        List<FoldingRange> ranges = Editor.await(editor.server()
                .getTextDocumentService()
                .foldingRange(new FoldingRangeRequestParams(editor.id("user.net"))));
        assertThat(ranges)
                .extracting(range -> range.getStartLine() + "-" + range.getEndLine())
                .containsExactlyInAnyOrder("0-1", "5-7", "8-11", "14-17");
    }

    private List<String> colours(List<Integer> packed) {
        String[] lines = editor.text("user.net").split("\n", -1);
        List<String> colours = new ArrayList<>();
        int line = 0;
        int column = 0;
        for (int i = 0; i < packed.size(); i += 5) {
            column = packed.get(i) == 0 ? column + packed.get(i + 1) : packed.get(i + 1);
            line += packed.get(i);
            colours.add(lines[line].substring(column, column + packed.get(i + 2)) + " "
                    + Colours.LEGEND.getTokenTypes().get(packed.get(i + 3)) + " " + packed.get(i + 4));
        }
        return colours;
    }

    @Test
    void coloursTellWhatNamesAre() {
        List<Integer> all = Editor.await(editor.server()
                        .getTextDocumentService()
                        .semanticTokensFull(new SemanticTokensParams(editor.id("user.net"))))
                .getData();
        assertThat(colours(all))
                .containsSequence(
                        "elastic function 1", "l1 function 4", "Stage class 1", "inside parameter 3", "int type 0")
                .contains("weight_regularizer parameter 0", "elastic function 0", "ReLU class 4", "User struct 1");
        List<Integer> last = Editor.await(editor.server()
                        .getTextDocumentService()
                        .semanticTokensRange(new SemanticTokensRangeParams(
                                editor.id("user.net"), new Range(new Position(16, 0), new Position(17, 0)))))
                .getData();
        assertThat(colours(last)).containsExactly("stage variable 3", "Stage class 0");
    }

    private String formatted() {
        return Editor.applied(
                editor.text("user.net"),
                Editor.await(editor.server()
                        .getTextDocumentService()
                        .formatting(
                                new DocumentFormattingParams(editor.id("user.net"), new FormattingOptions(4, true)))));
    }

    @Test
    void formattingIsThatOfTheCommand() {
        editor.replace("user.net", "stage = Stage(3)", "stage  =Stage( 3 )");
        assertThat(formatted()).isEqualTo(NET);
        String windows = editor.text("user.net").replace("\n", "\r\n");
        editor.replace("user.net", 0, editor.text("user.net").length(), windows);
        assertThat(formatted()).isEqualTo(NET.replace("\n", "\r\n"));
    }

    @Test
    void formattingLeavesABrokenFileAlone() {
        editor.replace("user.net", "stage = Stage(3)", "stage  =Stage( 3");
        assertThat(formatted()).isEqualTo(editor.text("user.net"));
    }

    private List<CodeAction> fixes(String at) {
        Position position = editor.at("user.net", at);
        return Editor.await(editor.server()
                        .getTextDocumentService()
                        .codeAction(new CodeActionParams(
                                editor.id("user.net"),
                                new Range(position, position),
                                new CodeActionContext(List.of()))))
                .stream()
                .map(action -> action.getRight())
                .toList();
    }

    private void fix(CodeAction action) {
        String fixed = Editor.applied(
                editor.text("user.net"), action.getEdit().getChanges().get(editor.uri("user.net")));
        editor.replace("user.net", 0, editor.text("user.net").length(), fixed);
    }

    @Test
    void fixesAreTheNamesThatWereMeant() {
        for (String wrong : List.of("Conv2", "inisde", "weight_regulariser", "elastc", "Stge(3")) {
            String right = switch (wrong) {
                case "Conv2" -> "Conv2d";
                case "inisde" -> "inside, 4";
                case "weight_regulariser" -> "weight_regularizer";
                case "elastc" -> "elastic)";
                default -> "Stage(3";
            };
            editor.replace(
                    "user.net",
                    right,
                    wrong.equals("inisde") ? "inisde, 4" : wrong.equals("elastc") ? "elastc)" : wrong);
            List<CodeAction> fixes = fixes(wrong);
            assertThat(fixes).as(wrong).hasSize(1);
            assertThat(fixes.get(0).getTitle()).startsWith("Change '" + wrong.replace("(3", "") + "' to '");
            fix(fixes.get(0));
            assertThat(editor.text("user.net")).isEqualTo(NET);
        }
    }

    @Test
    void fixesAddAndRemoveImports() {
        editor.write("gates.net", "block Gate() { return [Sigmoid()] }\n");
        editor.open("gates.net", "block Gate() { return [Sigmoid()] }\n");
        editor.replace("user.net", "stage = Stage(3)", "stage = Gate()");
        CodeAction imported = fixes("Gate()").stream()
                .filter(fix -> fix.getTitle().equals("Import 'Gate' from \"gates.net\""))
                .findFirst()
                .orElseThrow();
        fix(imported);
        assertThat(editor.text("user.net")).startsWith("import Gate from \"gates.net\"\n\n// A comment");
        editor.replace("user.net", "stage = Gate()", "stage = Stage(3)");
        List<CodeAction> fixes = fixes("Gate from");
        assertThat(fixes).hasSize(1);
        fix(fixes.get(0));
        assertThat(editor.text("user.net").strip()).isEqualTo(NET.strip());
    }
}
