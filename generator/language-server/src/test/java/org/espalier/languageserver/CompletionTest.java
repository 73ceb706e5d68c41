package org.espalier.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.TextEdit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proposals where somebody types, mostly where the file does not parse. */
class CompletionTest {
    private static final String NET = """
        package com.example

        regularizer elastic = l1(1e-6) + l2(1e-5)

        /** A convolution with what follows it. */
        block Stage(inside: int, outside: int, stride: int = 1) {
            conv = Conv2d(inside, outside, kernel_size=3, padding=1, stride=stride)
            return [conv, ReLU()]
        }

        network Pictures(width: int = 8) {
            input image: float[batch, 3, 8, 8]
            stage = Stage(3, width)
            head = Linear(512, 10)
            output scores = head(flatten(stage(image), 1))

            regularize weights of stage.** by elastic
            loss CrossEntropyLoss()
        }
        """;

    @TempDir
    private Path folder;

    private Editor editor;

    @BeforeEach
    void open() {
        editor = Editor.of(folder);
        editor.write(
                "gates.net",
                "/** Opens and closes. */\nblock Gate(size: int) { return [Linear(size, size), Sigmoid()] }\n");
        editor.open("pictures.net", NET);
        assertThat(editor.findings("pictures.net")).isEmpty();
    }

    @AfterEach
    void close() {
        editor.close();
    }

    /** The proposals after some text was typed in the place of another. */
    private List<CompletionItem> typed(String before, String line) {
        editor.replace("pictures.net", before, line);
        var found = Editor.await(editor.server()
                .getTextDocumentService()
                .completion(new CompletionParams(editor.id("pictures.net"), editor.behind("pictures.net", line))));
        return found.getLeft();
    }

    private static List<String> labels(List<CompletionItem> items) {
        return items.stream().map(CompletionItem::getLabel).toList();
    }

    private CompletionItem item(List<CompletionItem> items, String label) {
        CompletionItem found = items.stream()
                .filter(item -> item.getLabel().equals(label))
                .findFirst()
                .orElseThrow(() -> new AssertionError(label + " is not among " + labels(items)));
        return Editor.await(editor.server().getTextDocumentService().resolveCompletionItem(found));
    }

    @Test
    void layersBlocksFunctionsAndNamesWithTheirDocumentation() {
        List<CompletionItem> items = typed("head = Linear(512, 10)", "head = Lin");

        assertThat(item(items, "Linear").getDocumentation().getRight().getValue())
                .startsWith("```net\nLinear(in_features, out_features, bias=true, weight_regularizer=none")
                .contains("y = x Wᵀ + b");
        assertThat(item(items, "Linear").getInsertText()).isEqualTo("Linear($0)");
        assertThat(item(items, "Stage").getDocumentation().getRight().getValue())
                .isEqualTo("```net\nblock Stage(inside: int, outside: int, stride: int = 1)\n```\n\n"
                        + "A convolution with what follows it.");
        assertThat(item(items, "SqueezeExcitation")
                        .getDocumentation()
                        .getRight()
                        .getValue())
                .contains("a gate for each channel");
        assertThat(labels(items))
                .contains("relu", "matmul", "image", "width", "stage")
                .doesNotContain("inside", "scores");
    }

    @Test
    void blocksOfOtherFilesWithTheirImport() {
        List<CompletionItem> items = typed("head = Linear(512, 10)", "head = Ga");

        CompletionItem gate = item(items, "Gate");
        assertThat(gate.getDetail()).isEqualTo("block, from \"gates.net\"");
        assertThat(gate.getDocumentation().getRight().getValue()).contains("Opens and closes.");
        List<TextEdit> edits = new ArrayList<>(gate.getAdditionalTextEdits());
        assertThat(Editor.applied(editor.text("pictures.net"), edits))
                .startsWith("package com.example\n\nimport Gate from \"gates.net\"\n\nregularizer");
    }

    @Test
    void argumentsThatTheCallDoesNotHaveYet() {
        List<CompletionItem> items = typed("head = Linear(512, 10)", "head = Conv2d(3, 8, kernel_size=3, ");

        assertThat(labels(items))
                .contains("stride=", "padding_mode=", "weight_regularizer=")
                .doesNotContain("kernel_size=");
        assertThat(item(items, "stride=").getDetail()).isEqualTo("stride=1");
        assertThat(item(items, "stride=").getDocumentation().getRight().getValue())
                .isEqualTo("Argument of `Conv2d`: takes a whole number or a tuple of two.");
    }

    @Test
    void argumentsOfBlocksAndWordsForValues() {
        assertThat(labels(typed("stage = Stage(3, width)", "stage = Stage(3, ")))
                .contains("outside=", "stride=", "width");
        assertThat(labels(typed("stage = Stage(3, ", "stage = Conv2d(3, 8, 3, bias=")))
                .containsExactlyInAnyOrder("true", "false");
    }

    @Test
    void regularizersWhereOneIsWanted() {
        assertThat(labels(typed("by elastic", "by ")))
                .contains("elastic", "l1", "l2")
                .doesNotContain("Linear");
        assertThat(labels(typed("head = Linear(512, 10)", "head = Linear(512, 10, weight_regularizer=")))
                .contains("elastic", "l1")
                .doesNotContain("Linear", "image");
    }

    @Test
    void lossesOptimizersAndInitializers() {
        assertThat(labels(typed("loss CrossEntropyLoss()", "loss ")))
                .contains("CrossEntropyLoss", "MSELoss")
                .doesNotContain("Adam", "Conv2d");
        assertThat(labels(typed("loss \n", "optimizer ")))
                .contains("Adam", "SGD")
                .doesNotContain("MSELoss");
        assertThat(labels(typed("optimizer ", "initialize weights by "))).contains("normal", "kaiming_normal");
    }

    @Test
    void rolesAndPathsOfLayersInSelectors() {
        assertThat(labels(typed("regularize weights of stage.** by elastic", "regularize ")))
                .containsExactlyInAnyOrder("weights", "biases", "norms", "norm_weights", "norm_biases");
        List<CompletionItem> items = typed("regularize ", "regularize weights of sta");
        assertThat(labels(items)).containsExactlyInAnyOrder("stage.conv", "stage.**", "head");
        CompletionItem all = item(items, "stage.**");
        assertThat(all.getDetail()).isEqualTo("224 parameters");
        assertThat(Editor.applied(
                        editor.text("pictures.net"), List.of(all.getTextEdit().getLeft())))
                .contains("    regularize weights of stage.**\n");
        assertThat(labels(typed("weights of sta", "weights of stage.c"))).contains("stage.conv");
        assertThat(labels(typed("weights of stage.c", "weights of stage.conv b")))
                .contains("by");
    }

    @Test
    void importsAndTheNamesOfTheirFiles() {
        List<CompletionItem> files = typed("regularizer elastic", "import Gate from \"g");
        assertThat(labels(files)).containsExactly("gates.net");
        editor.replace("pictures.net", "import Gate from \"g", "import  from \"gates.net\"\nregularizer elastic");
        var names = Editor.await(editor.server()
                .getTextDocumentService()
                .completion(new CompletionParams(editor.id("pictures.net"), editor.behind("pictures.net", "import "))));
        assertThat(labels(names.getLeft())).contains("Gate");
    }

    @Test
    void typesStatementsDeclarationsAndMethods() {
        assertThat(labels(typed("stride: int = 1", "stride: "))).contains("int", "layer", "regularizer");
        assertThat(labels(typed("    stage = Stage(3, width)\n", "    st")))
                .contains("input", "output", "regularize", "image");
        assertThat(labels(typed("    st", "    x = image.")))
                .contains("mean", "reshape", "relu")
                .doesNotContain("image");
        assertThat(labels(typed("package com.example\n", "net"))).contains("network", "block", "import");
    }

    @Test
    void nothingInComments() {
        assertThat(typed("head = Linear(512, 10)", "// Lin")).isEmpty();
    }
}
