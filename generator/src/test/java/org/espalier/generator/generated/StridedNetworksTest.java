package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.espalier.generator.Arrangements;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Rounds;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.Program;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.java.NetworkEmitter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads that generated classes read and write by their strides, also across the borders of blocks. */
@Tag(Rounds.TAG)
class StridedNetworksTest {
    private static final String BORDERS = """
            package com.example

            block Heads(size: int) {
                input x
                output y = Linear(size, size)(x)
            }

            block Product() {
                input a
                output y = softmax(a @ a.transpose(-2, -1), dim=-1) @ a
            }

            network Borders {
                input x: float[batch, 4, 2, 3]
                first = Heads(3)(x).transpose(1, 2)
                seen = Product()(first).transpose(1, 2)
                second = Heads(3)(seen).transpose(1, 2)
                output y = Linear(24, 2)(Product()(second).transpose(1, 2).flatten(1))
            }
            """;

    /** Both applications read what lies transposed in memory of the network, each at another place. */
    private static final String SHARED = """
            package com.example

            block Meet(size: int) {
                input a
                input b
                q = a.transpose(1, 2)
                k = b.transpose(1, 2)
                output y = Linear(size, size)(softmax(q @ k.transpose(-2, -1), dim=-1))
            }

            network Shared {
                input x: float[batch, 5, 6]
                first = Linear(6, 6)(x).unflatten(-1, (2, 3))
                second = Linear(6, 6)(x).unflatten(-1, (2, 3))
                third = Linear(6, 6)(x).unflatten(-1, (2, 3))
                output y = Meet(5)(first, second) + Meet(5)(second, third)
            }
            """;

    private static final Map<String, Program> PROGRAMS = programs();
    private static GeneratedCode code;

    private static Map<String, Program> programs() {
        Map<String, Program> programs = new LinkedHashMap<>();
        programs.put("Borders", program(BORDERS));
        programs.put("Shared", program(SHARED));
        programs.put("Attention", program("""
                package com.example
                network Attention {
                    input x: float[batch, 5, 12]
                    output y = MultiheadAttention(12, 3, batch_first=true)(x, x, x, need_weights=false)
                }
                """));
        for (int seed = 0; seed < Rounds.of(6, 40); seed++) {
            String name = "Arranged" + seed;
            String text = Arrangements.random(new Random(seed)).replace("network Arranged", "network " + name);
            programs.put(name, program("package com.example\n" + text));
        }
        return programs;
    }

    private static Program program(String text) {
        List<Program> programs = NetCompiler.compile(CompilationRequest.of(new SourceFile("strided.net", text)))
                .programs();
        assertThat(programs).hasSize(1);
        Graph precise = programs.get(0).graph().withPrecision(Precision.FLOAT64);
        return MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(precise, precise.inputs())));
    }

    private static Stream<String> names() {
        return PROGRAMS.keySet().stream();
    }

    @BeforeAll
    static void compile() {
        code = GeneratedCode.compile(
                PROGRAMS.values().stream().map(NetworkEmitter::emit).toList());
    }

    @Test
    void instancesOfABlockReadEachItsOwnStretch() {
        assertThat(NetworkEmitter.emit(PROGRAMS.get("Shared")).text())
                .contains("class Meet extends Network.Part", " = places.strided(2, 5, 3);");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void gradientsAgreeWithCentralDifferences(String name) {
        Program program = PROGRAMS.get(name);
        try (CompiledNetwork network = new CompiledNetwork(program, code.load(NetworkEmitter.emit(program)), 3, 42)) {
            CompiledGradients.disturb(network);
            CompiledGradients.check(program, network);
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + "\n" + NetworkEmitter.emit(program).text(), e);
        }
    }
}
