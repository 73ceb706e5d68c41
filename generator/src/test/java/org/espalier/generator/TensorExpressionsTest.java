package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.text.FormulaText;
import org.espalier.generator.ir.text.IrPrinter;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests tensor expressions, parameters, layers and losses of one's own: what they become, and what is said of mistakes
 * in them.
 */
class TensorExpressionsTest {
    private static Compilation compiled(String text) {
        return NetCompiler.compile(CompilationRequest.of(new SourceFile("test.net", text)));
    }

    private static Program program(String text) {
        Compilation compilation = compiled(text);
        assertThat(compilation.programs())
                .as(String.valueOf(compilation.diagnostics()))
                .hasSize(1);
        return compilation.programs().get(0);
    }

    /** The operations of an expression of {@code x}, [batch, 4, 4], as they are printed. */
    private static List<String> operations(String expression) {
        return program("network N { input x: float[batch, 4, 4] output y = " + expression + " }")
                .graph()
                .operations()
                .stream()
                .map(TensorExpressionsTest::text)
                .toList();
    }

    private static String text(ForwardOp op) {
        String name = op.signature().name();
        return op instanceof org.espalier.generator.layer.elementwise.Elementwise formula
                ? FormulaText.of(formula.f().value())
                : name;
    }

    private static Diagnostic finding(String statements) {
        List<Diagnostic> found = compiled("network N {\n input x: float[batch, 4, 8]\n input z: float[batch, 2, 8]\n"
                        + statements + "\n}")
                .diagnostics();
        assertThat(found).as(statements).hasSize(1);
        return found.get(0);
    }

    @Nested
    class Rewriting {
        @Test
        void neighboursBecomeOneFormula() {
            assertThat(operations("2 * x + 1 / (1 + exp(-x))")).containsExactly("2 * x + 1 / (1 + exp(-x))");
        }

        @Test
        void whatIsReadTwiceIsComputedOnce() {
            Graph graph = program("""
                            network N {
                                input x: float[batch, 4]
                                h = exp(x)
                                output y = h + sum(h, dim=1, keepdim=true)
                            }
                            """).graph();

            assertThat(graph.operations().stream().map(TensorExpressionsTest::text))
                    .containsExactly("exp(x)", "reduce", "h + sum1");
        }

        @Test
        void whatIsSmallerIsNotComputedForEachElement() {
            assertThat(operations("x / sqrt(mean(x * x, dim=-1, keepdim=true) + 0.1)"))
                    .containsExactly("x**2", "reduce", "sqrt(mean1 + 0.1)", "x / sqrt1");
        }

        @Test
        void productsReadTransposes() {
            assertThat(operations("x @ x.transpose(1, 2)")).containsExactly("matmul");
            assertThat(operations("x.transpose(-1, -2) @ x")).containsExactly("matmul");
        }

        @Test
        void partsOfOneTensorAreOneSlice() {
            assertThat(operations("x[:, 0] @ x[:, 2].unsqueeze(1)[:, :, 0:0 + 4].transpose(1, 2).reshape(batch, 4, 1)"
                            .replace("x[:, 0] @", "x[:, 0].unsqueeze(1) @")))
                    .filteredOn("slice"::equals)
                    .hasSize(1);
        }
    }

    @Nested
    class OwnParameters {
        private static final String NET = """
                block Scale(size: int) {
                    parameter weight: float[size] = constant(1)
                    parameter shift_bias: float[size] = constant(0)
                    input x
                    output y = x * weight + shift_bias
                }
                network N {
                    input x: float[batch, 3, 8]
                    parameter positions: float[3, 8] = normal(0, 0.02)
                    scale = Scale(8)
                    output y = scale(tanh(scale(x + positions)))
                    loss MSELoss()
                    optimizer SGD(lr=0.1)
                    regularize weights of scale.weight by l2(1e-3)
                    freeze positions
                }
                """;

        @Test
        void areNamedByTheirBlockAndShared() {
            assertThat(program(NET).graph().parameters())
                    .extracting(ParameterDecl::name)
                    .containsExactly("positions", "scale.weight", "scale.shift_bias");
        }

        @Test
        void areChosenByClauses() {
            Graph graph = program(NET).graph();

            assertThat(graph.parameters().get(0).frozen()).isTrue();
            assertThat(graph.updateGroups())
                    .filteredOn(group -> !group.terms().isEmpty())
                    .singleElement()
                    .satisfies(group -> assertThat(group.parameters())
                            .extracting(ParameterDecl::name)
                            .containsExactly("scale.weight"));
        }

        @Test
        void needABlockWithInputs() {
            assertThat(compiled("block B() { parameter w: float[2] = constant(1) return ReLU() }\n"
                                    + "network N { input x: float[batch, 2] output y = B()(x) }")
                            .diagnostics())
                    .isNotEmpty();
        }

        @Test
        void areNoInputsOfLayers() {
            assertThat(finding("parameter w: float[4, 8] = constant(1)\noutput y = sum(x * z[:, 0:1], dim=1) + "
                                    + "Linear(8, 8)(w)")
                            .message())
                    .isEqualTo("Linear expects a tensor with a batch but gets [4, 8]");
        }
    }

    @Nested
    class OwnLayersAndLosses {
        @Test
        void aLayerIsABlock() {
            String network =
                    "network N { input x: float[batch, 4] h = Linear(4, 4)(x) output y = Gate(alpha=2)(h, x) }\n";
            Program layer = program("layer Gate(alpha = 1) = (x, g) -> x * sigmoid(alpha * g)\n" + network);
            Program block = program(
                    "block Gate(alpha: float = 1) { input x input g output y = x * sigmoid(alpha * g) }\n" + network);

            assertThat(withoutLines(IrPrinter.print(layer))).isEqualTo(withoutLines(IrPrinter.print(block)));
        }

        private static String withoutLines(String program) {
            return program.replaceAll("test.net:\\d+", "");
        }

        @Test
        void aLossIsAFormula() {
            Loss loss = program("""
                            loss Charbonnier(eps = 1e-3) = (y, t) -> sqrt((y - t) ** 2 + eps ** 2)
                            network N {
                                input x: float[batch, 4]
                                output y = Linear(4, 2)(x)
                                loss 3 * Charbonnier(eps=0.5, reduction='sum')
                                optimizer SGD(lr=0.1)
                            }
                            """).graph().losses().get(0);

            assertThat(loss.scale()).isEqualTo(3);
            assertThat(loss.function().reduction()).isEqualTo(Loss.Reduction.SUM);
            assertThat(loss.function()).isInstanceOfSatisfying(Loss.Formula.class, formula -> {
                assertThat(FormulaText.of(formula.f().value())).isEqualTo("sqrt((y - t)**2 + 0.25)");
                assertThat(formula.written()).isEqualTo("Charbonnier(eps=0.5, reduction='sum')");
            });
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                loss L = y -> y ** 2             | L does not say what it compares
                loss L = (y, y) -> y ** 2        | a loss is a formula of an element of each of its operands
                loss L = (y, t) -> t             | the formula does not depend on 'y'
                loss L = (y, t) -> sum(y - t)    | the formula of a loss is of one element: its reduction adds them up
                loss L = (y, t) -> rely(y - t)   | a formula has no function 'rely'
                loss L = (y, t) -> y / mean(t)   | the formula of a loss is of one element: its reduction adds them up
                loss L = (y, t) -> pow(y)        | pow needs the argument 'exponent'
                loss L(k) = (y, t) -> k * (y - u) | unknown name 'u'
                """)
        void mistakesInLossesAreReported(String declaration, String message) {
            String network = "network N { input x: float[batch, 4] output y = Linear(4, 2)(x) loss L("
                    + (declaration.contains("(k)") ? "k=1" : "") + ") optimizer SGD(lr=0.1) }";

            assertThat(compiled(declaration + "\n" + network).diagnostics())
                    .extracting(Diagnostic::message)
                    .contains(message);
        }
    }

    @Test
    void partsOfOneSizeAndElementsOfAnAxisAreUnpacked() {
        Program program = program("""
                network N {
                    input x: float[batch, 4, 8]
                    a, b, c = x.split(3, dim=2)
                    k, l, m, n = x.unbind(1)
                    output y = a + b
                    output rest = c
                    output sum = k + l + m + n
                }
                """);

        assertThat(program.graph().outputs())
                .extracting(output -> output.shape().toString())
                .containsExactly("[batch, 4, 3]", "[batch, 4, 2]", "[batch, 8]");
    }

    @Test
    void dropoutOfNothingLeavesNoOperation() {
        assertThat(operations("relu(dropout(x, 0.0))")).isEqualTo(operations("relu(x)"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            output y = x + z             | addition needs tensors of one shape but gets [batch, 4, 8] and [batch, 2, 8]
            output y = x * z             | mul needs sizes that are equal or 1, from the last axis on but gets [batch, 4, 8] and [batch, 2, 8]
            output y = x @ z             | @ needs [batch, …, n, k] and [batch, …, k, m] but gets [batch, 4, 8] and [batch, 2, 8]
            output y = mean(x, dim=0)    | mean expects a tensor with an axis 0 but gets [batch, 4, 8]
            output y = mean(x)           | mean expects dim, since axis 0 is the batch but gets [batch, 4, 8]
            output y = x.view(4, 8)      | view expects sizes of which the first is batch, as in (batch, 8, -1), for this tensor but gets [batch, 4, 8]
            output y = x[none]           | x[none] expects the whole batch, which is axis 0 but gets [batch, 4, 8]
            output y = x.t()             | t expects a matrix without a batch, such as a parameter [rows, columns] but gets [batch, 4, 8]
            parameter w: float[4, 8] = constant(1) output y = w.view(batch, 8) + x + z  | view expects a tensor with a batch but gets [4, 8]
            parameter w: float[4, 8] = constant(1) output y = w.t() output v = relu(x) output u = relu(z) | output expects a tensor with a batch but gets [8, 4]
            parameter w: float[4, 8] = constant(1) output y = w.transpose(0, 2) + x + z | transpose expects a tensor with axes 0 and 2 but gets [4, 8]
            parameter w: float[4, 8] = constant(1) output y = cat([w, x], dim=1) + z | cat needs tensors that differ only along axis 1 but gets [4, 8] and [batch, 4, 8]
            parameter w: float[4, 8] = constant(1) output y = Linear(8, 8)(w) + x + z | Linear expects a tensor with a batch but gets [4, 8]
            output y = mean(x, dim=3)    | mean expects a tensor with an axis 3 but gets [batch, 4, 8]
            output y = x.view(batch, 7)  | view expects 7 elements in each sample but gets [batch, 4, 8]
            output y = x[:, 4]           | x[:, 4] expects an element 4 of axis 1 but gets [batch, 4, 8]
            output y = x[:, 5:]          | x[:, 5:] expects elements that axis 1 has but gets [batch, 4, 8]
            output y = x[0]              | x[0] expects the whole batch, which is axis 0 but gets [batch, 4, 8]
            output y = x.permute(0, 1)   | permute expects a tensor with 2 axes, of which a batch stays the first but gets [batch, 4, 8]
            output y = cat([x, z], dim=2) | cat needs tensors that differ only along axis 2 but gets [batch, 4, 8] and [batch, 2, 8]
            a, b = split(x, 3, dim=2) output y = a * b | split expects a tensor whose axis 2 makes 2 parts of 3 but gets [batch, 4, 8]
            a, b = x.unbind(1) output y = a * b + z[:, 0] | unbind expects a tensor whose axis 1 is 2 long but gets [batch, 4, 8]
            output y = x.split(3, 2)[3] + z[:, 0:1, 0:3] | split expects a tensor with these axes and elements but gets [batch, 4, 8]
            output y = where(x > 0 & z > 0, x, z) | '&' cannot be applied to 0 and a tensor
            output y = where(~x, x, z[:, 0:1]) | '~' cannot be applied to a tensor
            output y = x.norm(p='nuc', dim=1) + z[:, 0] | 'p' of norm takes a number, inf, -inf or 'fro' but gets 'nuc'
            output y = x * inf + z[:, 0:1] | '*' cannot be applied to a tensor and inf
            output y = x.var(1, unbiased=false, correction=1) + z[:, 0] | 'correction' of var must be none where unbiased is given but is 1
            output y = x.T + z[:, 0:1] | T expects a matrix without a batch, such as a parameter [rows, columns] but gets [batch, 4, 8]
            output y = x.masked_fill(z[:, 0:1] == 0, -inf) | 'value' of masked_fill takes a tensor or a number but gets -inf
            buffer i: int[3] = j -> j / 2 output y = x[:, i] + z[:, 0:1] | 'an int buffer' takes whole numbers but gets 0.5
            buffer i: int[3] = j -> j + 2 output y = x[:, i] + z[:, 0:1] | 'i' of buffer must be from 0 to 3 but is 4
            buffer i: int[2] = (j, k) -> j output y = x[:, i] + z | 'buffer' takes a value by its place along 1 axis but gets 2 names
            buffer i: int[2] = eye() output y = x[:, i] + z | 'buffer' takes an initializer of [2] but gets eye, which needs 2 axes
            buffer i: int[2] = normal(0, 1) output y = x[:, i] + z | 'buffer' takes constant, zeros, ones, arange, linspace, eye, tril, triu, dirac or (i, j) -> … but gets normal
            buffer i: int[2] = arange() output y = x[:, i, 0] + z[..., 0] | '[…]' cannot be applied to a tensor beside other parts, which are taken by themselves
            buffer i: float[2] = arange() output y = x[:, i] + z | index_select takes whole numbers but gets [2]
            buffer i: int[2] = arange() output y = x + i + z[:, 0:1] | add takes floating-point numbers but gets int[2]
            parameter w: float[2, 2] = arange() output y = x + z[:, 0:1] | 'parameter' takes an initializer of [2, 2] but gets arange, which needs 1 axis
            buffer i: int[2, 2] = zeros() output y = gather(x, 1, i) + z[:, 0:1] | gather needs a tensor and an index that differ only along axis 1 but gets [batch, 4, 8] and int[2, 2]
            output y = einsum('bij,bkj->bik', x, z) * einsum('bii->b', x)[:, none, none] | 'equation' of einsum must be letters for axes, each once in a term, as in 'bij,bjk->bik'; a diagonal is not there but is 'bii->b'
            output y = einsum('bij,bjk->bik', x, z) | einsum('bij,bjk->bik') needs one size for each letter but gets [batch, 4, 8] and [batch, 2, 8]
            output y = einsum('bij,bkj->ik', x, z) | einsum('bij,bkj->ik') needs one letter for the batch, with which the result begins but gets [batch, 4, 8] and [batch, 2, 8]
            output y = einsum('bij,bkj->bik', x) + z[:, :, 0:1] | 'operands' of einsum must be as many tensors as terms, 2 but is a list
            parameter w: float[3, 4] = ones() output y = conv1d(x, w) + z[:, 0:1] | conv1d needs [batch, in, …] and a weight [out, in / groups, …] but gets [batch, 4, 8] and [3, 4]
            output y = norm(x, 0.5, dim=1) + z[:, 0] | 'p' of norm must be 0, at least 1, inf or -inf but is 0.5
            output y = x / 0             | x / 0 is a division by zero
            output y = x ** z            | '**' cannot be applied to a tensor and a tensor
            """)
    void mistakesAreReported(String statement, String message) {
        assertThat(finding(statement.contains("z") ? statement : statement + "\noutput other = relu(z)")
                        .message())
                .isEqualTo(message);
    }
}
