package org.espalier.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.eclipse.lsp4j.CodeActionContext;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.DocumentHighlightParams;
import org.eclipse.lsp4j.DocumentLinkParams;
import org.eclipse.lsp4j.DocumentSymbolParams;
import org.eclipse.lsp4j.FoldingRangeRequestParams;
import org.eclipse.lsp4j.FormattingOptions;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.InlayHintParams;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ReferenceContext;
import org.eclipse.lsp4j.ReferenceParams;
import org.eclipse.lsp4j.SemanticTokensParams;
import org.eclipse.lsp4j.SignatureHelpParams;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.espalier.generator.source.SourceFile;
import org.espalier.languageserver.document.Positions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random edits of the compiler's golden specifications: whatever is left of a file, every question has an answer. */
class BrokenFilesTest {
    private static final Path GOLDEN = Path.of("..", "src", "golden", "net");

    private static final List<String> TYPED = List.of(
            "(",
            ")",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "'",
            "/*",
            "*/",
            "//",
            ",",
            ".",
            "=",
            "->",
            "**",
            "*",
            "\n",
            "\r\n",
            "\r",
            "\t",
            " ",
            "network",
            "block",
            "input x: float[batch, ",
            "regularize weights of ",
            "import A from \"",
            "loss ",
            "if ",
            "then",
            "layer",
            "Conv2d(",
            "x",
            "0.5",
            "1e",
            "\uD83C\uDF33",
            "\uD83C",
            "é",
            "\uFEFF",
            "\uFFFD",
            "\u0000",
            "`");

    /** Files and edits of each; a long run is -Despalier.fuzz=2000. */
    private static final int EDITS = Integer.getInteger("espalier.fuzz", 20);

    @TempDir
    private Path folder;

    @Test
    void areAnsweredToo() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(GOLDEN)) {
            files = all.filter(file -> file.toString().endsWith(".net"))
                    .sorted()
                    .toList();
        }
        assertThat(files).hasSizeGreaterThan(20);
        Random random = new Random(EDITS);
        try (Editor editor = Editor.of(folder)) {
            for (int i = 0; i < 12; i++) {
                Path file = files.get(random.nextInt(files.size()));
                String text = Files.readString(file);
                String name = i + ".net";
                if (text.length() > 20_000) {
                    continue;
                }
                editor.open(name, text);
                for (int edit = 0; edit < EDITS; edit++) {
                    edit(editor, name, random);
                    ask(editor, name, random);
                }
                assertThat(editor.failures())
                        .as("after edits of %s:\n%s", file, editor.text(name))
                        .isEmpty();
                editor.findings(name);
                editor.close(name);
            }
        }
    }

    private static void edit(Editor editor, String name, Random random) {
        int length = editor.text(name).length();
        int start = random.nextInt(length + 1);
        int end = random.nextInt(3) == 0 ? Math.min(length, start + random.nextInt(40)) : start;
        String by = random.nextInt(4) == 0 ? "" : TYPED.get(random.nextInt(TYPED.size()));
        editor.replace(name, start, end, by);
    }

    private static void ask(Editor editor, String name, Random random) {
        var service = editor.server().getTextDocumentService();
        TextDocumentIdentifier id = editor.id(name);
        SourceFile file = new SourceFile(name, editor.text(name));
        Position position = random.nextInt(10) == 0
                ? new Position(random.nextInt(200), random.nextInt(200))
                : Positions.of(file, random.nextInt(file.text().length() + 1));
        Range all = new Range(new Position(0, 0), new Position(Integer.MAX_VALUE, 0));
        List<CompletableFuture<?>> answers = new ArrayList<>();
        answers.add(service.completion(new CompletionParams(id, position)));
        answers.add(service.hover(new HoverParams(id, position)));
        answers.add(service.signatureHelp(new SignatureHelpParams(id, position)));
        answers.add(service.definition(new DefinitionParams(id, position)));
        answers.add(service.references(new ReferenceParams(id, position, new ReferenceContext(true))));
        answers.add(service.documentHighlight(new DocumentHighlightParams(id, position)));
        answers.add(service.documentSymbol(new DocumentSymbolParams(id)));
        answers.add(service.documentLink(new DocumentLinkParams(id)));
        answers.add(service.foldingRange(new FoldingRangeRequestParams(id)));
        answers.add(service.semanticTokensFull(new SemanticTokensParams(id)));
        answers.add(service.formatting(new DocumentFormattingParams(id, new FormattingOptions(4, true))));
        if (random.nextInt(5) == 0) {
            answers.add(service.inlayHint(new InlayHintParams(id, all)));
            answers.add(service.codeAction(new CodeActionParams(id, all, new CodeActionContext(List.of()))));
        }
        answers.forEach(Editor::await);
    }
}
