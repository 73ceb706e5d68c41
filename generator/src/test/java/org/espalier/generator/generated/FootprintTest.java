package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.Footprint;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Network;
import org.espalier.runtime.NetworkSpi;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares what the compiler says of a network's memory with what the network takes. */
class FootprintTest {
    private static final List<String> FILES =
            List.of("tiny.net", "digits.net", "residual.net", "unet.net", "densenet.net", "branches.net");

    /** Convolutions in groups. */
    private static final String GROUPED = "grouped.net";

    private static final Map<String, Compilation> COMPILATIONS = new LinkedHashMap<>();
    private static GeneratedCode code;

    @BeforeAll
    static void compile() throws IOException {
        for (String file : FILES) {
            // The demo's size: 128 by 128 pixels, and a quarter of the channels.
            String text = Files.readString(Goldens.file("net").resolve(file))
                    .replace("levels=8", "levels=7")
                    .replace("256, 256]", "128, 128]")
                    .replace("ngf=64)", "ngf=16)");
            COMPILATIONS.put(file, NetCompiler.compile(CompilationRequest.of(new SourceFile(file, text))));
        }
        COMPILATIONS.put(GROUPED, NetCompiler.compile(CompilationRequest.of(new SourceFile(GROUPED, """
                package com.example
                network Grouped {
                    input image: float[batch, 4, 16, 16]
                    output features = sequential(
                        Conv2d(4, 8, 3, padding=1, groups=4), ReLU(), Conv2d(8, 8, 3, padding=1, groups=2))(image)
                    loss MSELoss()
                    optimizer SGD(lr=0.1)
                }
                """))));
        code = GeneratedCode.compile(COMPILATIONS.values().stream()
                .map(compilation -> compilation.sources().get(0))
                .toList());
    }

    private static Stream<Arguments> networks() {
        return COMPILATIONS.keySet().stream().flatMap(file -> Stream.of(Arguments.of(file, 1), Arguments.of(file, 8)));
    }

    private static CompiledNetwork trained(String file, int batch) {
        Compilation compilation = COMPILATIONS.get(file);
        CompiledNetwork network = new CompiledNetwork(
                compilation.programs().get(0), code.load(compilation.sources().get(0)), batch, 3);
        network.forward();
        network.backward();
        network.network().update();
        return network;
    }

    @ParameterizedTest(name = "{0}, batch {1}")
    @MethodSource("networks")
    void whatTheCompilerSaysIsWhatTheNetworkTakesBesidesTheWorkspace(String file, int batch)
            throws ReflectiveOperationException {
        Program program = COMPILATIONS.get(file).programs().get(0);
        try (CompiledNetwork network = trained(file, batch)) {
            assertThat(network.network().peakBytes())
                    .isEqualTo(new Footprint(program).total(batch)
                            + copies(
                                    program, batch, network.network().dataType().width())
                            + workspace(network.network()).bytes());
        }
    }

    /** A forward that is not part of a step copies its inputs, and the output that it gives out. */
    private static long copies(Program program, int batch, int width) {
        List<Value> copied = new ArrayList<>(program.graph().inputs());
        if (program.graph().outputs().size() == 1) {
            copied.addAll(program.graph().outputs());
        }
        return copied.stream().mapToLong(value -> value.shape().elements()).sum() * batch * width;
    }

    /** For generated classes only. */
    private static Workspace workspace(Network network) throws ReflectiveOperationException {
        Field field = NetworkSpi.class.getDeclaredField("workspace");
        field.setAccessible(true);
        return (Workspace) field.get(network);
    }
}
