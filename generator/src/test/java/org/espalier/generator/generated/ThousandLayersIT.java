package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.NetBuilder;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.NetworkEmitter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks far larger than usual, within the limits of class files and of HotSpot. */
class ThousandLayersIT {
    /** HotSpot leaves longer methods to its interpreter (-XX:-DontCompileHugeMethods). */
    private static final int HUGE_METHOD = 8_000;

    private static final int CONSTANT_POOL = 65_535;

    private static Graph deep(int layers) {
        return NetBuilder.network("Deep", net -> {
            Value x = net.conv2d("stem", net.input("image", 1, 4, 4), 2, 3, 1, 1);
            for (int i = 1; i <= (layers - 3) / 4; i++) {
                Value conv = net.conv2d("block" + i + ".conv", x, 2, 3, 1, 1);
                Value norm = net.batchNorm2d("block" + i + ".norm", conv);
                x = net.relu("block" + i + ".relu", net.add("block" + i + ".sum", x, norm));
            }
            net.output(net.linear("logits", net.flatten("flat", x), 3));
            net.crossEntropyLoss();
            net.adam(0.001);
        });
    }

    /** One convolution that runs on its own output again and again: many operations, one layer after the other. */
    private static Graph recurrent(int layers) {
        return NetBuilder.network("Recurrent", net -> {
            Value first = net.conv2d("conv", net.input("image", 2, 4, 4), 2, 3, 1, 1);
            Value x = first;
            for (int i = 2; i < layers; i++) {
                x = net.conv2dAgain("conv_" + i, net.tanh("tanh_" + i, x), first);
            }
            net.output(net.linear("logits", net.flatten("flat", x), 3));
            net.crossEntropyLoss();
            net.adam(0.001);
        });
    }

    private static Stream<Graph> graphs() {
        return Stream.of(deep(1_000), recurrent(500));
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void aThousandLayersKeepWithinTheLimitsOfTheMachine(Graph graph) {
        GeneratedSource source = NetworkEmitter.emit(MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph))));
        assertThatClassFilesAreWithinLimits(GeneratedCode.compile(source));
    }

    static void assertThatClassFilesAreWithinLimits(GeneratedCode code) {
        assertThat(code.classFiles()).isNotEmpty().allSatisfy((name, bytes) -> {
            ClassFile file = ClassFile.read(bytes);
            assertThat(file.constants()).isLessThan(CONSTANT_POOL);
            assertThat(file.methods())
                    .isNotEmpty()
                    .allSatisfy((method, bytecodes) ->
                            assertThat(bytecodes).as(method).isLessThan(HUGE_METHOD));
            assertThat(file.methods().keySet())
                    .as("accessors, of which javac makes one for every call")
                    .noneMatch(method -> method.startsWith("access$"));
        });
    }

    /** Copies of an input, which cannot be written in place. */
    @Test
    void aConcatenationOfTenThousandPartsKeepsWithinTheLimitsOfTheMachine() {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("wide.net", """
                package com.example
                network Wide {
                    precision float64
                    input x: float[batch, 2]
                    output y = [branches(*repeat(10000, Identity())), Linear(20000, 3)](x)
                    loss MSELoss()
                    optimizer SGD(lr=0.01)
                }
                """)));
        assertThat(compilation.diagnostics()).isEmpty();
        GeneratedSource source = compilation.sources().get(0);
        GeneratedCode code = GeneratedCode.compile(source);

        assertThatClassFilesAreWithinLimits(code);
        Program program = compilation.programs().get(0);
        try (CompiledNetwork network = new CompiledNetwork(program, code.load(source), 2, 1)) {
            double before = network.forward();
            network.backward();
            network.network().update();

            assertThat(network.forward()).isFinite().isNotEqualTo(before);
        }
    }

    @Test
    void aThousandLayersRun() {
        Program program = MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(deep(1_000))));
        GeneratedSource source = NetworkEmitter.emit(program);
        try (CompiledNetwork network =
                new CompiledNetwork(program, GeneratedCode.compile(source).load(source), 2, 1)) {
            double before = network.forward();
            network.backward();
            network.network().update();

            assertThat(network.forward()).isFinite().isNotEqualTo(before);
        }
    }
}
