package org.espalier.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.InlayHint;
import org.eclipse.lsp4j.InlayHintParams;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.SignatureHelp;
import org.eclipse.lsp4j.SignatureHelpParams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Explanations of names, and the shapes that are written behind lines. */
class ExplanationTest {
    private static final String NET = """
        regularizer elastic = l1(1e-6) + l2(1e-5)

        /** A convolution with what follows it. */
        block Stage(inside: int, outside: int) {
            conv = Conv2d(inside, outside, kernel_size=3, padding=1, weight_regularizer=elastic)
            return [conv, ReLU()]
        }

        network Pictures(width: int = 8) {
            input image: float[batch, 3, 8, 8]
            first = Stage(3, width)
            second = Stage(width, 2 * width)
            x = second(first(image))
            head = sequential(
                Flatten(),
                Linear(1024, 10))
            output scores = head(x)
            freeze head.**
            loss CrossEntropyLoss()
            optimizer Adam(lr=1e-3)
        }
        """;

    @TempDir
    private Path folder;

    private Editor editor;

    @BeforeEach
    void open() {
        editor = Editor.of(folder);
        editor.open("pictures.net", NET);
        assertThat(editor.findings("pictures.net")).isEmpty();
    }

    @AfterEach
    void close() {
        editor.close();
    }

    private String hover(String at) {
        Hover hover = Editor.await(editor.server()
                .getTextDocumentService()
                .hover(new HoverParams(editor.id("pictures.net"), editor.at("pictures.net", at))));
        return hover == null ? "" : hover.getContents().getRight().getValue();
    }

    @Test
    void ofALayerTellsItsShapeParametersAndRegularizers() {
        assertThat(hover("second = ")).isEqualTo("""
            ```net
            second: [batch, 16, 8, 8]
            ```

            1,168 parameters in 2 tensors

            | parameter | shape | regularizer |
            |---|---|---|
            | `second.conv.weight` | `[16, 8, 3, 3]` | `elastic = l1(1e-6) + l2(1e-5)` |
            | `second.conv.bias` | `[16]` |  |\
            """);
        assertThat(hover("head = ")).contains("10,250 parameters in 2 tensors, frozen");
    }

    @Test
    void ofANameInABlockTellsWhatItIsInEachPlace() {
        assertThat(hover("conv = "))
                .startsWith("```net\nconv: [batch, 8, 8, 8] or [batch, 16, 8, 8]\n```")
                .contains("In Pictures: 1,392 parameters in 4 tensors");
        assertThat(hover("outside, kernel")).isEqualTo("```net\noutside: int\n```\n\nParameter of `Stage`.");
    }

    @Test
    void ofABlockTellsItsDocumentationAndUse() {
        assertThat(hover("Stage(3, width)")).isEqualTo("""
            ```net
            block Stage(inside: int, outside: int)
            ```

            A convolution with what follows it.

            → `[batch, 8, 8, 8]` here

            Used in

            - Pictures: 2 times, 1,392 parameters\
            """);
    }

    @Test
    void ofANetworkTellsAllOfItInAFewLines() {
        assertThat(hover("Pictures(")).isEqualTo("""
            ```net
            network Pictures(width: int = 8)
            ```

            11,642 parameters, 97,792 multiply-adds forward for each sample

            - `elastic = l1(1e-6) + l2(1e-5)` on 2 tensors
            - optimizer `Adam(lr=0.001)`\
            """);
    }

    @Test
    void ofAWordOfTheLanguageIsThatOfTheReference() {
        assertThat(hover("Linear(1024"))
                .startsWith("```net\nLinear(in_features, out_features, bias=true")
                .contains("y = x Wᵀ + b")
                .doesNotContain("](")
                .endsWith("→ `[batch, 10]` here");
        assertThat(hover("padding=1"))
                .isEqualTo("```net\n"
                        + "padding=0\n"
                        + "```\n\n"
                        + "Argument of `Conv2d`: takes a whole number, a tuple of two, 'same' or 'valid'.");
    }

    @Test
    void ofASelectorTellsWhatItMeans() {
        assertThat(hover("head.**"))
                .startsWith("```net\nhead.**\n```\n\n10,250 parameters in 2 tensors, frozen")
                .contains("`head.1.weight`");
    }

    @Test
    void ofTensorsTellsTheirShape() {
        assertThat(hover("image: float")).isEqualTo("```net\ninput image: [batch, 3, 8, 8]\n```");
        assertThat(hover("x = second")).startsWith("```net\nx: [batch, 16, 8, 8]\n```");
    }

    @Test
    void goesOnInANetworkThatHasAMistakeElsewhere() {
        editor.replace("pictures.net", "Linear(1024, 10)", "Linear(1000, 10)");
        assertThat(editor.findings("pictures.net")).hasSize(1);
        assertThat(hover("second = ")).contains("[batch, 16, 8, 8]").contains("1,168 parameters in 2 tensors");
        assertThat(hover("Pictures(")).contains("The network has mistakes");
    }

    private List<String> hints() {
        List<InlayHint> hints = Editor.await(editor.server()
                .getTextDocumentService()
                .inlayHint(new InlayHintParams(
                        editor.id("pictures.net"), new Range(new Position(0, 0), new Position(1000, 0)))));
        String[] lines = editor.text("pictures.net").split("\n", -1);
        return hints.stream()
                .map(hint -> lines[hint.getPosition().getLine()]
                                .substring(0, hint.getPosition().getCharacter())
                                .strip()
                        + " " + hint.getLabel().getLeft())
                .toList();
    }

    @Test
    void shapesStandBehindLines() {
        assertThat(hints())
                .containsExactly(
                        "conv = Conv2d(inside, outside, kernel_size=3, padding=1, weight_regularizer=elastic)"
                                + " → [batch, 8, 8, 8] or [batch, 16, 8, 8]",
                        "return [conv, ReLU() → [batch, 8, 8, 8] or [batch, 16, 8, 8]",
                        "first = Stage(3, width) → [batch, 8, 8, 8]",
                        "second = Stage(width, 2 * width) → [batch, 16, 8, 8]",
                        "x = second(first(image)) → [batch, 16, 8, 8]",
                        "Flatten() → [batch, 1024]",
                        "Linear(1024, 10)) → [batch, 10]",
                        "output scores = head(x) → [batch, 10]");
    }

    @Test
    void shapesStayWhileAStatementIsBroken() {
        editor.replace("pictures.net", "optimizer Adam(lr=1e-3)", "optimizer Adam(lr=");
        assertThat(hints()).contains("x = second(first(image)) → [batch, 16, 8, 8]");
        editor.replace("pictures.net", 0, 0, "\n// moved\n");
        assertThat(hints()).contains("x = second(first(image)) → [batch, 16, 8, 8]");
    }

    private SignatureHelp signature(String typed) {
        return signature("x = second(first(image))", typed);
    }

    private SignatureHelp signature(String before, String typed) {
        editor.replace("pictures.net", before, typed);
        return Editor.await(editor.server()
                .getTextDocumentService()
                .signatureHelp(
                        new SignatureHelpParams(editor.id("pictures.net"), editor.behind("pictures.net", typed))));
    }

    private static String active(SignatureHelp help) {
        var signature = help.getSignatures().get(0);
        var label = signature
                .getParameters()
                .get(help.getActiveParameter())
                .getLabel()
                .getRight();
        return signature.getLabel().substring(label.getFirst(), label.getSecond());
    }

    @Test
    void signaturesTellTheArgumentAtTheCursor() {
        assertThat(active(signature("x = Conv2d(3, ("))).isEqualTo("out_channels");
        assertThat(active(signature("x = Conv2d(3, (", "x = Linear(3, bias="))).isEqualTo("bias=true");
    }

    @Test
    void signaturesOfBlocksAndMethods() {
        SignatureHelp help = signature("x = Stage(3, ");
        assertThat(help.getSignatures().get(0).getLabel()).isEqualTo("Stage(inside: int, outside: int)");
        assertThat(active(help)).isEqualTo("outside: int");
        assertThat(help.getSignatures().get(0).getDocumentation().getRight().getValue())
                .isEqualTo("A convolution with what follows it.");
    }

    @Test
    void signaturesOfMethodsLeaveOutWhatStandsBeforeTheDot() {
        assertThat(active(signature("x = image.mean("))).isEqualTo("dim=none");
    }

    @Test
    void signaturesAreOfCallsAlone() {
        assertThat(signature("x = [1, ")).isNull();
    }
}
