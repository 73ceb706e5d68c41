package org.espalier.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.DiagnosticSeverity;
import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.FileChangeType;
import org.eclipse.lsp4j.FileEvent;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Findings of files while they change. */
class FindingsTest {
    private static final String LINE = """
        network Line {
            input x: float[batch, 4]
            line = Linear(4, 2)
            output y = line(x)
        }
        """;

    private static final String BLOCKS = """
        block Pair(inside: int, outside: int) {
            first = Linear(inside, outside)
            return [first, ReLU()]
        }
        """;

    private static final String USER = """
        import Pair from "blocks.net"

        network User {
            input x: float[batch, 4]
            pair = sequential(Pair(4, 3))
            output y = pair(x)
        }
        """;

    @TempDir
    private Path folder;

    @Test
    void settingsSayWhereImportsAreAndWhatIsNoPathIsAWarning() {
        try (Editor editor = Editor.of(folder)) {
            editor.write("lib/blocks.net", BLOCKS);
            editor.open("user.net", USER);
            assertThat(editor.findings("user.net")).isNotEmpty();

            editor.server()
                    .getWorkspaceService()
                    .didChangeConfiguration(new DidChangeConfigurationParams(Map.of(
                            "espalier", Map.of("imports", List.of("lib", 7, Map.of("a", 1))))));

            assertThat(editor.findings("user.net", told -> told.getDiagnostics().isEmpty()))
                    .isEmpty();
            assertThat(editor.warnings())
                    .containsExactly(
                            "espalier.imports: expected a path and found 7",
                            "espalier.imports: expected a path and found {\"a\":1}");
        }
    }

    @Test
    void comeAndGoAsSomebodyTypes() {
        try (Editor editor = Editor.of(folder)) {
            editor.open("line.net", LINE);
            assertThat(editor.findings("line.net")).isEmpty();

            editor.replace("line.net", "Linear", "Linaer");
            List<Diagnostic> findings = editor.findings("line.net");
            assertThat(findings).hasSize(1);
            assertThat(findings.get(0).getMessage().getLeft())
                    .isEqualTo("unknown layer 'Linaer'\nhelp: did you mean 'Linear'?");
            assertThat(findings.get(0).getCode().getLeft()).isEqualTo("ESP103");
            assertThat(findings.get(0).getSeverity()).isEqualTo(DiagnosticSeverity.Error);
            assertThat(editor.at("line.net", findings.get(0).getRange())).isEqualTo("Linaer");

            editor.replace("line.net", "Linaer", "Linear");
            assertThat(editor.findings("line.net")).isEmpty();
        }
    }

    @Test
    void stayWhereTheyAreWhenLinesComeAboveThem() {
        try (Editor editor = Editor.of(folder)) {
            editor.open("line.net", LINE + LINE.replace("Line {", "Wrong {").replace("Linear(4,", "Linear(5,"));
            assertThat(editor.messages("line.net")).singleElement().asString().startsWith("Linear");

            editor.replace("line.net", 0, 0, "// one\n// two\n");
            List<Diagnostic> findings = editor.findings("line.net");
            assertThat(findings).hasSize(1);
            assertThat(editor.at("line.net", findings.get(0).getRange())).isEqualTo("Linear(5, 2)");
            assertThat(findings.get(0).getMessage().getLeft()).contains("line.net:9)");
        }
    }

    @Test
    void ofFilesThatImportAnUnsavedOne() {
        try (Editor editor = Editor.of(folder)) {
            editor.write("blocks.net", BLOCKS.replace("Pair", "Other"));
            editor.open("blocks.net", BLOCKS);
            editor.open("user.net", USER);
            assertThat(editor.findings("user.net")).isEmpty();

            editor.replace("blocks.net", "block Pair", "block Couple");
            assertThat(editor.findings(
                            "user.net", told -> !told.getDiagnostics().isEmpty()))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.getMessage().getLeft())
                            .startsWith("blocks.net declares no block or regularizer 'Pair'"));

            editor.replace("blocks.net", "block Couple", "block Pair");
            editor.findings("user.net", told -> told.getDiagnostics().isEmpty());
        }
    }

    @Test
    void inABlockThatAnotherFileCallsWrongly() {
        try (Editor editor = Editor.of(folder)) {
            editor.open("blocks.net", BLOCKS);
            editor.open("user.net", USER);
            assertThat(editor.findings("blocks.net")).isEmpty();

            editor.replace("user.net", "Pair(4, 3)", "Pair(5, 3)");
            List<Diagnostic> findings =
                    editor.findings("blocks.net", told -> !told.getDiagnostics().isEmpty());
            assertThat(editor.at("blocks.net", findings.get(0).getRange())).isEqualTo("Linear(inside, outside)");
            assertThat(findings.get(0).getMessage().getLeft()).contains("called at user.net:5");

            editor.replace("user.net", "Pair(5, 3)", "Pair(4, 3)");
            editor.findings("blocks.net", told -> told.getDiagnostics().isEmpty());
        }
    }

    @Test
    void ofWhatLiesOnTheDiskOnceAFileIsClosedAndOfNothingOnceItIsDeleted() throws IOException {
        try (Editor editor = Editor.of(folder)) {
            Path saved = editor.write("blocks.net", BLOCKS.replace("Pair", "Other"));
            editor.open("blocks.net", BLOCKS);
            editor.open("user.net", USER);
            assertThat(editor.findings("user.net")).isEmpty();

            editor.close("blocks.net");
            editor.findings("user.net", told -> !told.getDiagnostics().isEmpty());

            Files.writeString(saved, BLOCKS);
            watched(editor, FileChangeType.Changed);
            editor.findings("user.net", told -> told.getDiagnostics().isEmpty());

            Files.delete(saved);
            watched(editor, FileChangeType.Deleted);
            assertThat(editor.findings(
                            "user.net", told -> !told.getDiagnostics().isEmpty()))
                    .first()
                    .satisfies(finding ->
                            assertThat(finding.getMessage().getLeft()).startsWith("there is no file \"blocks.net\""));
        }
    }

    private static void watched(Editor editor, FileChangeType type) {
        editor.server()
                .getWorkspaceService()
                .didChangeWatchedFiles(
                        new DidChangeWatchedFilesParams(List.of(new FileEvent(editor.uri("blocks.net"), type))));
    }

    @Test
    void areTheBuildsInTheFoldersOfABuild() {
        try (Editor editor = Editor.of(folder)) {
            editor.write("shop/src/main/net/parts/blocks.net", BLOCKS);
            editor.open("shop/src/main/net/user.net", USER.replace("blocks.net", "parts/blocks.net"));
            editor.open("shop/src/test/net/tried.net", USER.replace("blocks.net", "parts/blocks.net"));
            editor.open("shop/src/main/net/parts/inner.net", USER.replace("Pair", "Gone"));

            assertThat(editor.findings("shop/src/main/net/user.net")).isEmpty();
            assertThat(editor.findings("shop/src/test/net/tried.net")).isEmpty();
            assertThat(editor.messages("shop/src/main/net/parts/inner.net")).isNotEmpty();
        }
    }

    @Test
    void ofAFileOutsideOfAnyWorkspace() {
        try (Editor editor = Editor.ofFiles(folder)) {
            editor.write("blocks.net", BLOCKS);
            editor.open("user.net", USER);
            assertThat(editor.findings("user.net")).isEmpty();
        }
    }

    @Test
    void pointAtTheirPlaceBehindCharactersOfTwoUnitsAndInFilesWithOtherLineEnds() {
        try (Editor editor = Editor.of(folder)) {
            String text =
                    LINE.replace("\n", "\r\n").replace("line = ", "/* \uD83C\uDF33 größer */ line = Linaer(4, 2) #");
            editor.open("line.net", text);
            assertThat(editor.findings("line.net"))
                    .extracting(finding -> editor.at("line.net", finding.getRange()))
                    .contains("#");

            editor.replace("line.net", " #Linear(4, 2)", "");
            assertThat(editor.findings("line.net"))
                    .singleElement()
                    .satisfies(finding -> assertThat(editor.at("line.net", finding.getRange()))
                            .isEqualTo("Linaer"));
            editor.replace("line.net", "Linaer", "Linear");
            assertThat(editor.findings("line.net")).isEmpty();
        }
    }

    @Test
    void pointAtTheirPlaceBehindAByteOrderMark() {
        try (Editor editor = Editor.of(folder)) {
            editor.open("line.net", "\uFEFFnetwrk Line {}");
            assertThat(editor.findings("line.net"))
                    .first()
                    .satisfies(
                            finding -> assertThat(finding.getRange().getStart().getCharacter())
                                    .isEqualTo(1));
        }
    }

    @Test
    void ofLimitsThatNetworksShareGoWithTheNetworkThatMetThem() {
        String deep = """
            network %s {
                input x: float[batch, 4]
                line = sequential(repeat(%d, i -> Tanh()))
                output y = line(x)
            }
            """;
        try (Editor editor = Editor.of(folder)) {
            editor.open("deep.net", deep.formatted("One", 1600) + deep.formatted("Two", 1600));
            assertThat(editor.messages("deep.net")).hasSize(1);
            editor.replace("deep.net", "line = seq", "line = /* */ seq");
            assertThat(editor.messages("deep.net")).hasSize(1);
            editor.replace("deep.net", "repeat(1600", "repeat(1000");
            assertThat(editor.messages("deep.net")).isEmpty();
            editor.replace("deep.net", "repeat(1000", "repeat(1500");
            assertThat(editor.messages("deep.net")).hasSize(1);
        }
    }

    @Test
    void areThoseOfTheWholeTextWhenAllOfItIsReplaced() {
        try (Editor editor = Editor.of(folder)) {
            editor.open("line.net", "network {");
            assertThat(editor.findings("line.net")).isNotEmpty();
            editor.change("line.net", new TextDocumentContentChangeEvent(LINE));
            assertThat(editor.findings("line.net")).isEmpty();
        }
    }
}
