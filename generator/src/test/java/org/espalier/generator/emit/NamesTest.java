package org.espalier.generator.emit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.generated.GeneratedCode;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.NetBuilder;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Term;
import org.espalier.generator.ir.Value;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    private static Program program(Graph graph) {
        return MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(graph)));
    }

    /** A convolution of one name and a linear layer of another, regularized by something of a third. */
    private static Graph graph(String network, String convolution, String linear, String regularizer) {
        return NetBuilder.network(network, net -> {
            Value conv = net.conv2d(convolution, net.input("image", 1, 4, 4), 2, 3, 1, 1);
            net.output(net.linear(linear, net.flatten("flat", net.relu("rectified", conv)), 3));
            net.output(conv);
            net.crossEntropyLoss();
            net.regularize(regularizer, List.of(new Term.L1(1e-6)), convolution);
        });
    }

    @Test
    void healthyNamesStayAsTheyAre() {
        Program program = program(graph("Net", "conv", "logits", "sparse"));
        Names names = new Names(program);

        assertThat(program.operations().stream()
                        .flatMap(op -> op.outputs().stream())
                        .map(names::field))
                .contains("conv", "rectified", "flat", "logits", "dConv", "dLogits", "dConvWeight");
    }

    @Test
    void whatTheUserNamedKeepsItsNameBeforeWhatIsDerived() {
        Program program = program(graph("Net", "conv", "convWeight", "dConv"));
        Names names = new Names(program);

        assertThat(program.graph().outputs().stream().map(names::field)).containsExactly("convWeight", "conv");
        assertThat(program.graph().parameters().stream().map(parameter -> names.field(parameter.value())))
                .contains("convWeight_");
    }

    @Test
    void aRegularizerWrittenInPlaceIsNamedByItsWordsAsItsStrengthMayChange() {
        GeneratedSource source = NetworkEmitter.emit(program(graph("Net", "conv", "logits", "l1(1e-6)")));

        assertThat(source.text())
                .contains("private final Regularizer l1 = new Regularizer(\"l1(1e-6)\", new L1(1e-6));")
                .contains("public Regularizer l1() {");
    }

    @Test
    void everyNameMakesAClassThatCompiles() {
        String inheritedLocalOrDerived = "training workspace accumulate random memory batch init label weight bias"
                + " convWeight dConv dImage image_ KERNEL_3_PADDING_1 forwardRectified";
        String wordsOfJava = "class int super yield record var sealed _";
        String classes = "Window Math DataType INDArray Regularizer";
        String methods = "relu conv2d forward backward loss update close toString shape parameter";
        String otherSpellings = "hidden_layer été";
        List<String> names = Stream.of(inheritedLocalOrDerived, wordsOfJava, classes, methods, otherSpellings)
                .flatMap(group -> Stream.of(group.split(" ")))
                .toList();
        List<GeneratedSource> sources = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String next = names.get((i + 1) % names.size());
            String afterNext = names.get((i + 2) % names.size());
            sources.add(NetworkEmitter.emit(program(graph("Named" + i, names.get(i), next, afterNext))));
        }
        GeneratedCode.compile(sources);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Window", "Parameter", "Network", "Init", "Math", "String", "Override", "Supervised", "L1"})
    void aNetworkMayBeCalledAsAClassThatItUses(String name) {
        GeneratedCode.compile(NetworkEmitter.emit(program(graph(name, "conv", "logits", "sparse"))));
    }
}
