package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.generator.interpreter.ClobberCheck;
import org.espalier.generator.interpreter.InterpretedGradients;
import org.espalier.generator.ir.MemoryPlan.Stretch;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.verify.ProgramVerifier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Products read and write heads of attention where they lie; everybody else gets elements in their order. */
@Tag(Rounds.TAG)
class StridedViewsTest {
    /** Operations that only move elements, and have to. */
    private static List<String> moving(Program program) {
        return program.operations().stream()
                .filter(op -> !(op.effect() instanceof Effect.Reshapes))
                .filter(op -> !op.effect().views().isEmpty())
                .filter(op -> !op.effect().views().stream().allMatch(alias -> isPlannedAway(program, alias)))
                .map(op -> op.signature().name() + " " + op.result().name())
                .toList();
    }

    private static boolean isPlannedAway(Program program, Effect.Alias alias) {
        Value of = alias.view().of();
        if (!of.isPlanned() || !alias.value().isPlanned()) {
            return false;
        }
        Stretch value = program.memory().stretch(alias.value());
        return program.memory()
                .stretch(of)
                .seen(alias.view(), alias.value().shape())
                .filter(value::equals)
                .isPresent();
    }

    private static Program known(String name) throws IOException {
        return Nets.program(Files.readString(Path.of("src/golden/known", name)));
    }

    @Test
    void attentionOfNanoGptMovesNothing() throws IOException {
        assertThat(moving(known("nanogpt.net"))).containsExactly("permute logits", "permute_backward d linear1");
    }

    @Test
    void attentionOfViTMovesNothing() throws IOException {
        assertThat(moving(known("vit_tiny.net")))
                .filteredOn(op -> op.contains("blocks"))
                .isEmpty();
    }

    @Test
    void attentionOfTheStandardLibraryMovesNothing() {
        Program program = Nets.program("""
                network Attention {
                    input x: float[batch, 5, 12]
                    output y = MultiheadAttention(12, 3, batch_first=true)(x, x, x, need_weights=false)
                }
                """);

        assertThat(moving(program)).isEmpty();
        check(program, 1);
    }

    @Test
    void whatSomebodyElseReadsIsMoved() {
        Program program = Nets.program("""
                network Read {
                    input x: float[batch, 4, 6]
                    h = Linear(6, 6)(x).view(batch, 4, 2, 3).transpose(1, 2)
                    output y = Flatten()(softmax(h, dim=-1) @ h.transpose(-2, -1))
                }
                """);

        assertThat(moving(program)).anyMatch(op -> op.startsWith("permute "));
        check(program, 1);
    }

    @Test
    void outputsLieInTheirOrder() {
        Program program = Nets.program("""
                network Given {
                    input x: float[batch, 4, 6]
                    h = Linear(6, 6)(x)
                    output y = h.view(batch, 4, 2, 3).transpose(1, 2)
                    output z = Flatten()(y @ y.transpose(-2, -1))
                }
                """);

        Value y = program.graph().outputs().get(0);
        assertThat(program.memory().stretch(y).layout().isContiguous()).isTrue();
        check(program, 1);
    }

    @Test
    void partsOfWhichOneIsReadByAnotherAreCopiedTogether() {
        Program program = Nets.program("""
                network Parts {
                    input x: float[batch, 4, 6]
                    a, b, c = chunk(Linear(6, 6)(x), 3, dim=2)
                    output y = Flatten()((a @ b.transpose(-2, -1)) @ tanh(c))
                }
                """);

        assertThat(moving(program)).isNotEmpty();
        check(program, 1);
    }

    @Test
    void randomArrangementsAreRight() {
        for (int seed = 0; seed < Rounds.of(40, 400); seed++) {
            String net = Arrangements.random(new Random(seed));
            try {
                check(Nets.program(net), seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ":\n" + net, e);
            }
        }
    }

    private static void check(Program program, int seed) {
        ProgramVerifier.verify(program);
        ClobberCheck.check(program);
        InterpretedGradients.check(program, seed);
    }

    @Test
    void someRandomArrangementsNeedNoCopy() {
        Set<Integer> copies = new LinkedHashSet<>();
        for (int seed = 0; seed < 40; seed++) {
            Program program = Nets.program(Arrangements.random(new Random(seed)));
            copies.add(moving(program).size());
            assertThat(strided(program))
                    .as("strides of all but products, seed " + seed)
                    .isEmpty();
        }

        assertThat(copies).contains(0);
    }

    /** Values with strides that an operation touches which cannot follow them. */
    private static List<Value> strided(Program program) {
        return program.operations().stream()
                .filter(op -> op.effect().views().isEmpty())
                .flatMap(op -> touched(op).filter(value -> !op.strided().contains(value)))
                .filter(Value::isPlanned)
                .filter(value -> !program.memory().stretch(value).layout().isContiguous())
                .toList();
    }

    private static Stream<Value> touched(Op op) {
        return Stream.concat(op.inputs().stream(), op.outputs().stream());
    }
}
