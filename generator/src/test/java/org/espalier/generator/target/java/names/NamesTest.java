package org.espalier.generator.target.java.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.generated.GeneratedCode;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.NetBuilder;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.NetworkEmitter;
import org.espalier.generator.target.java.text.UniqueNames;
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
            net.regularize(regularizer, List.of(new RegularizerTerm.L1(1e-6)), convolution);
        });
    }

    @Test
    void healthyNamesStayAsTheyAre() {
        Program program = program(graph("Net", "conv", "logits", "sparse"));
        Names names = new Names(program);

        assertThat(program.operations().stream()
                        .flatMap(op -> op.outputs().stream())
                        .map(names::operand))
                .contains("conv", "rectified", "flat", "logits", "dConv", "dLogits", "gradient(convWeight)");
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
        String classes = String.join(" ", RuntimeTypes.simpleNames()) + " Part String Object";
        String packages = "java javax org com example";
        String methods =
                "hashCode getClass notify relu conv2d forward backward loss update close toString shape parameter";
        String otherSpellings = "hidden_layer été";
        List<String> names = Stream.of(inheritedLocalOrDerived, wordsOfJava, classes, packages, methods, otherSpellings)
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

    /** Formulas become methods, their variables locals; parameters and inputs of both kinds become fields. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "getClass",
                "toString",
                "Functions",
                "Math",
                "Float",
                "DataType",
                "sign",
                "step",
                "sum",
                "operands",
                "i",
                "weight",
                "memory",
                "batch",
                "accumulate",
                "training",
                "elementwise",
                "axes",
                "class",
                "int",
                "INDArray",
                "float",
                "d",
                "dY",
                "gradient",
                "value",
                "output",
                "target",
                "loss",
                "labels",
                "dataLoss",
                "workspace",
                "place",
                "places",
                "buffer",
                "init",
                "indexSelect",
                "multiply",
                "lstm",
                "copy",
                "predict",
                "update",
                "stepping",
                "random",
                "this",
                "n",
                "y0"
            })
    void everyNameMakesFormulasParametersAndInputsThatCompile(String name) {
        String text = """
                package com.example

                layer Curve({name} = 1) = (y, x) -> tanh(y * x) * {name} + sqrt(abs(x * y) + 1)
                layer Gate = ({name}, other) -> where({name} > 0, {name}, tanh(other))
                loss Near = ({name}, t) -> sqrt(({name} - t) ** 2 + 1) + abs({name})
                regularizer robust(d) = {name} -> if abs({name}) < d then {name} * {name} else d * (2 * abs({name}) - d)

                block {name}_(size: int) {
                    parameter {name}: float[size] = normal(0, 1)
                    input x
                    output y = x * {name} + Linear(size, size, weight_regularizer=robust(0.1))(x)
                }

                network Own {
                    input {name}: float[batch, 4] with gradient
                    parameter {name}2: float[4] = constant(1)
                    twice = sequential({name}_(4), {name}_(4))({name})
                    output y = Curve()(twice, {name}2) + Gate()(twice, twice)
                    loss Near()
                    optimizer SGD(lr=0.1)
                }

                network Whole {
                    input {name}: int[batch, 4]
                    parameter other: float[8] = constant(1)
                    table = Embedding(10, 8)
                    read = table({name})
                    output y = abs(read.mean(dim=1)) + other
                    output tied = linear(read, table.weight)
                    target {name}2: float[batch, 8]
                    loss Near()(y, {name}2)
                    optimizer SGD(lr=0.1)
                }

                block {name}Masked(size: int, {name}: string = 'bi, ij -> bj') {
                    buffer {name}_: float[size, size] = tril()
                    buffer order: int[size] = {name}2 -> size - 1 - {name}2
                    input x
                    input other = none
                    output y = einsum({name}, x[:, order], {name}_)
                }

                network Placed {
                    input x: float[batch, 6]
                    input {name}Place: int[batch, 2]
                    buffer {name}: float[6] = i -> if i < 3 then 1 else 0.5
                    first, {name}6 = chunk(Linear(6, 6)({name}Masked(6)(x * {name})), 2, dim=1)
                    picked = gather(first, 1, {name}Place)
                    states, ({name}3, cell) = LSTM(3, 4, batch_first=true)({name}6.unsqueeze(1))
                    output y = einsum('bi, bj -> bij', picked, {name}3[:, 0])
                    output {name}5 = states[:, 0].sum(dim=1) + cell[:, 0, 0]
                    target {name}4: float[batch, 2, 4]
                    target t: float[batch]
                    loss 2 * L1Loss()(y, {name}4) + Near()({name}5, t)
                    optimizer SGD(lr=0.1)
                }

                network Computed {
                    input x: float[batch, 4]
                    parameter other: float[4] = constant(1)
                    {name} = tanh(Linear(4, 4)(x)) * other
                    output {name}Twice = abs({name}) * {name}
                    output y = {name}
                    target t: float[batch, 4]
                    loss MSELoss()(y, t)
                    optimizer SGD(lr=0.1)
                }
                """.replace("{name}", name);
        Compilation compiled = NetCompiler.compile(CompilationRequest.of(new SourceFile("own.net", text)));

        assertThat(compiled.diagnostics()).isEmpty();
        GeneratedCode.compile(compiled.sources());
    }

    /** Lists the classes that a generated class names by itself, and those that it inherits. */
    private static List<String> classes() {
        List<String> classes = new ArrayList<>(RuntimeTypes.simpleNames());
        classes.addAll(List.of("Part", "String", "Object", "Float"));
        return classes;
    }

    @Test
    void aNetworkMayBeCalledAsAClassThatItUses() {
        List<GeneratedSource> sources = new ArrayList<>();
        classes().stream().filter(name -> !name.equals("Part")).distinct().forEach(name -> {
            sources.add(penalized(name, "conv"));
            sources.add(penalized(name + "_", name));
        });

        GeneratedCode.compile(sources);
    }

    /** A layer called java or org hides the package in an expression, which is where Math and Window are named. */
    @ParameterizedTest
    @ValueSource(strings = {"DataType", "Float", "Math", "Mode", "Window"})
    void qualifiedNamesAreNotHiddenByFields(String name) {
        GeneratedCode.compile(penalized(name, "java"));
        GeneratedCode.compile(NetworkEmitter.emit(program(graph(name, "org", "java", "sparse"))));
    }

    @Test
    void classesOfThePackageDoNotHideThoseThatANetworkUses() {
        GeneratedSource network = penalized("Beside", "conv");
        List<GeneratedSource> sources = new ArrayList<>(List.of(network));
        classes().stream()
                .distinct()
                .forEach(name -> sources.add(new GeneratedSource(
                        network.packageName(),
                        name,
                        "package " + network.packageName() + ";\n\n/** Written by hand. */\nclass " + name + " {}\n")));

        GeneratedCode.compile(sources);
    }

    /** A network that names every kind of class: penalties of its own on weights and groups, windows, modes. */
    private static GeneratedSource penalized(String network, String layer) {
        String text = """
                package com.example

                regularizer huber(d) = w -> if abs(w) < d then w * w / 2 else d * (abs(w) - d / 2)
                regularizer grouped = w -> sqrt(sum(w * w, axis=0) + 1e-8)

                network %s {
                    input image: float[batch, 1, 4, 4]
                    %s = Conv2d(1, 3, 3, padding=1, weight_regularizer=huber(0.1) + l1(1e-5, mode=prox))
                    answer = Linear(48, 3, weight_regularizer=grouped)
                    output y = [%s, ReLU(), Flatten(), answer](image)
                    loss CrossEntropyLoss()
                    optimizer SGD(lr=0.1)
                }
                """.formatted(network, layer, layer);
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("named.net", text)));
        assertThat(compilation.diagnostics()).isEmpty();
        return compilation.sources().get(0);
    }

    /** JaCoCo leaves out a class whose own annotation, in its class file, has "Generated" in its simple name. */
    @Test
    void everyClassFileSaysThatItIsGenerated() {
        GeneratedCode whole = GeneratedCode.compile(penalized("Covered", "conv"));

        assertThat(whole.classFiles())
                .hasSize(3)
                .allSatisfy((name, bytes) -> assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                        .as(name)
                        .contains("RuntimeInvisibleAnnotations", "Lorg/espalier/runtime/GeneratedNetwork;"));
    }

    @Test
    void nestedClassesDifferInMoreThanCase() {
        String text = """
                package com.example

                regularizer huber = w -> abs(w)
                regularizer hUber = w -> w * w
                regularizer group = w -> 2 * abs(w)
                regularizer %s = w -> 3 * abs(w)

                network Nested {
                    input x: float[batch, 4]
                    a = Linear(4, 4, weight_regularizer=huber + hUber)
                    b = Linear(4, 4, weight_regularizer=group + %s)
                    output y = [a, b](x)
                    loss MSELoss()
                    optimizer SGD(lr=0.1)
                }
                """.formatted("long".repeat(40), "long".repeat(40));
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("nested.net", text)));

        GeneratedCode compiled = GeneratedCode.compile(compilation.sources());

        assertThat(compiled.classFiles().keySet().stream().map(String::toLowerCase))
                .hasSize(5)
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).hasSizeLessThan(150));
    }

    @Test
    void namesThatBecomeOneIdentifierAreNumbered() {
        UniqueNames names = UniqueNames.ofMembers();

        assertThat(List.of(names.give("a"), names.give("a"), names.give("a"), names.give("class"), names.give("a_2")))
                .containsExactly("a", "a_", "a_2", "class_", "a_2_");
    }
}
