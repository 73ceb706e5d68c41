package org.espalier.generator.elaborate.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.PytorchWords;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Words of PyTorch 2.13 in a specification: each is there, or a message says what to write instead. */
class PytorchWordsTest {
    /** The modules that {@code dir(torch.nn)} lists. */
    static List<String> modules() throws IOException {
        return lines("torch-nn-modules.txt");
    }

    /** The functions that {@code dir(torch.nn.functional)} lists, but for helpers. */
    static List<String> functions() throws IOException {
        return lines("torch-nn-functions.txt");
    }

    private static List<String> lines(String resource) throws IOException {
        try (InputStream text = PytorchWordsTest.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(text, resource).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static List<Diagnostic> findings(String statements) {
        String text = "network N {\ninput x: float[batch, 4]\ninput z: float[batch, 4]\n" + statements + "\n}\n";
        return NetCompiler.compile(CompilationRequest.of(new SourceFile("test.net", text))).diagnostics().stream()
                .filter(Diagnostic::isError)
                .toList();
    }

    private static String help(String expression) {
        List<Diagnostic> found = findings("output y = " + expression);
        assertThat(found).as(expression).hasSize(1);
        return found.get(0).help().orElse("");
    }

    @ParameterizedTest
    @MethodSource("modules")
    void everyModuleIsThereOrExplained(String module) {
        if (Builtins.named(module).isPresent() || StandardBlocks.isNamed(module)) {
            assertThat(help("nn." + module + "()(x)")).isEqualTo("write '" + module + "' alone");
            return;
        }
        for (String owner : List.of("", "nn.", "torch.nn.")) {
            assertThat(help(owner + module + "(4)(x)")).isNotEmpty().doesNotContain("did you mean");
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void everyFunctionIsThereOrExplained(String function) {
        for (String owner : List.of("", "F.", "torch.nn.functional.")) {
            if (!owner.isEmpty() || Builtins.named(function).isEmpty()) {
                assertThat(help(owner + function + "(x)")).isNotEmpty().doesNotContain("did you mean");
            }
        }
    }

    /** The callees that there are, each with the arguments that it has in PyTorch: {@code LeakyReLU inplace=False}. */
    static List<String> signatures() throws IOException {
        return lines("torch-arguments.txt").stream()
                .filter(line -> {
                    String callee = line.split(" ")[0];
                    return StandardBlocks.isNamed(callee)
                            || Builtins.named(callee)
                                    .filter(builtin -> builtin.kind() != Builtin.Kind.REGULARIZER)
                                    .isPresent();
                })
                .toList();
    }

    @ParameterizedTest
    @MethodSource("signatures")
    void everyArgumentIsThereOrExplained(String signature) {
        String[] words = signature.split(" ");
        for (String argument : List.of(words).subList(1, words.length)) {
            String name = argument.split("=")[0];
            for (String value : List.of("7", argument.contains("=None") ? "None" : "true")) {
                String given = name + "=" + value;
                String call = Character.isUpperCase(words[0].charAt(0))
                        ? words[0] + "(" + given + ")(x)"
                        : words[0] + "(x, " + given + ")";
                assertThat(findings("output y = " + call))
                        .as(call)
                        .filteredOn(found -> found.code() == DiagnosticCode.UNKNOWN_ARGUMENT)
                        .extracting(found -> found.help().orElse(""))
                        .allMatch(help -> help.matches("(?s)(leave|write|give|LSTM|the |concat ).*"));
            }
        }
    }

    @Test
    void whatIsThereIsNotToldToBeMissing() {
        assertThat(PytorchWords.explained())
                .doesNotHaveDuplicates()
                .noneMatch(name -> Builtins.named(name).isPresent());
        assertThat(PytorchWords.explainedFunctions())
                .noneMatch(name -> Builtins.named(name).isPresent());
    }

    @Test
    void whatIsAdvisedIsThere() {
        Stream<String> words = PytorchWords.advices()
                .flatMap(advice -> Stream.of(advice.split("\\W+")))
                .filter(word -> word.matches("[A-Z]\\w*([a-z]|2d|LU)"))
                .filter(word -> !List.of("Espalier", "Java", "Name", "PyTorch").contains(word));

        assertThat(words).allMatch(word -> Builtins.named(word).isPresent() || StandardBlocks.isNamed(word));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            F.relu(x)                    | write 'relu' alone
            instance_norm(x)             | write InstanceNorm2d(…)(x)
            F.layer_norm(x, 3)               | write LayerNorm(…)(x)
            F.mish(x)                    | write 'mish' alone
            torch.cat([x, z], 1)         | write 'cat' alone
            torch.add(x, z)              | write 'add' alone
            x.hstack(z)                  | Espalier has no hstack; write cat([x, y], dim=1)
            x.swapaxes(0, 1)             | Espalier has no swapaxes; write transpose(x, dim0, dim1)
            Linear(4, 2, weight=x)(x)    | write linear(x, embed.weight, bias), which is given its weight
            Linear(4, x.shape)(x)        | Espalier has no shape; sizes are known when compiling: write the number, and batch for that of axis 0
            self.conv(x)                 | write 'conv' alone
            ReLU(x)                      | make the layer, then call it: ReLU()(x)
            Tanh(x)                      | make the layer, then call it: Tanh()(x)
            Linear(x, 2)                 | make the layer, then call it: Linear(…)(x)
            x % z                        | tensors have + - * / ** and @
            x @ 2                        | both sides must be tensors: x @ y
            x[0]                         | begin with a colon, which stands for the batch: x[:, 0]
            Linear(4, 2, device=None)(x) | leave it out: device=None changes nothing
            Linear(4, 2, device=3)(x)    | the backend on the class path decides where the network runs
            Linear(4, 2, use_bias=false)(x) | write bias
            concat(x, z, dim=1)          | leave it out: dim=1 changes nothing
            concat(x, z, dim=2)          | concat joins along axis 1; write cat([x, y], dim=…)
            x.max()                      | write amax(x, dim) for the largest element
            cat([x, z])                  | write dim=1: PyTorch's default, 0, is the batch
            x.repeat(1, 2)               | write cat([x, x], dim=1)
            torch.zeros(3)               | declare a buffer: buffer name: float[8] = zeros()
            nn.init.zeros(x)             | write 'zeros' alone
            x.var(unbiased=False)        | write the axes of a sample: var(x, dim=1)
            x.view(-1)                   | the first size is the batch's, as in view(x, batch, 4)
            max(x, dim=1)                | write amax(x, dim); it has no indices
            tanh(x, out=z)               | give the result a name: y = …
            dropout(x, 0.1, training=true) | leave it out: training=true changes nothing
            dropout(x, training=false)   | leave it out: the network's mode decides, net.train() or net.eval()
            LSTMCell(4, 4, device=None)(x, z, z) | leave it out: device=None changes nothing
            GRU(4, 4, proj_size=2)(x)    | LSTM alone has projections
            Embedding(4, 4, max_norm=2)(x) | write weight_regularizer=max_norm(3), which bounds every row
            Embedding(4, 4, sparse=true)(x) | every gradient is dense
            ConvTranspose2d(4, 4, 2, padding_mode='reflect')(x) | PyTorch takes zeros alone, too
            Linear(4, 2, **kwargs)(x)    | write each argument by its name: name=value
            """)
    void habitsOfPytorchGetAdvice(String expression, String advice) {
        assertThat(help(expression)).isEqualTo(advice);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            self.conv = Linear(4, 2)       | leave out 'self.': names of a body stand alone
            def forward(x)                 | write 'block'
            super().__init__()             | leave it out: there is nothing to call first
            f = lambda n: Linear(4, n)     | write i -> …
            y2 = x if true else z          | write if … then … else …
            # a comment                    | comments begin with //
            """)
    void habitsOfPythonGetAdvice(String statement, String advice) {
        assertThat(findings(statement + "\noutput y = Linear(4, 2)(x)").get(0).help())
                .hasValue(advice);
    }

    @Test
    void classesAndModulesOfPythonGetAdvice() {
        assertThat(help("network N:\n    input x: float[batch, 4]\n", "network N"))
                .isEqualTo("write { and }");
        assertThat(help("class N(nn.Module) {}\n", "class"))
                .isEqualTo("write 'network' or 'block', without a class to extend");
        assertThat(help("import torch\nfrom torch import nn\n", "import"))
                .isEqualTo("write import Name from \"file.net\"; layers need no import");
    }

    private static String help(String text, String about) {
        return NetCompiler.compile(CompilationRequest.of(new SourceFile("test.net", text))).diagnostics().stream()
                .findFirst()
                .flatMap(Diagnostic::help)
                .orElse("no help with " + about);
    }

    @Test
    void namesOfTheSpecificationComeFirst() {
        assertThat(findings("sort1 = ReLU()\noutput y = sort(sort1(x))").get(0).help())
                .hasValue("did you mean 'sort1'?");
        assertThat(findings("output y = Lineer(4, 2)(x)").get(0).help()).hasValue("did you mean 'Linear'?");
    }
}
