package org.espalier.generator.target.java;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.block.BlockOrder;
import org.espalier.generator.target.java.block.Layers;
import org.espalier.generator.target.java.block.Layers.Layer;
import org.espalier.generator.target.java.block.Norm;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Literals;
import org.espalier.generator.target.java.text.Quotations;

/** The constructor, and for each layer with parameters the method that declares them. */
final class Declarations {
    private final Graph graph;
    private final Names names;
    private final Layers layers;
    private final Map<String, UpdateGroup> regularizers = new HashMap<>();
    private final Parts parts;
    private final NestedBlocks blocks;
    private final BlockClasses classes;

    Declarations(Graph graph, Names names, NestedBlocks blocks, BlockClasses classes) {
        this.graph = graph;
        this.names = names;
        this.layers = blocks.layers();
        this.parts = blocks.parts();
        this.blocks = blocks;
        this.classes = classes;
        for (UpdateGroup group : graph.updateGroups()) {
            if (!group.terms().isEmpty()) {
                group.parameters().forEach(parameter -> regularizers.put(parameter.name(), group));
            }
        }
    }

    /** The declarations of a part, in the order in which the constructor calls them. */
    List<MethodSpec> methods(Part part) {
        List<MethodSpec> methods = new ArrayList<>();
        Sequence sequence = sequence(part);
        if (part.isNested() && declaresAnything(part)) {
            methods.add(declare(part, sequence));
        }
        methods.addAll(sequence.parts());
        methods.addAll(declarations(part));
        return methods;
    }

    private static boolean declaresAnything(Part part) {
        return part.layers().stream().anyMatch(Layer::declaresAnything);
    }

    // Example:
    //
    // void declare() {
    //     declareBody1Conv();
    //     declareBody2Conv();
    // }
    //
    private static MethodSpec declare(Part part, Sequence sequence) {
        return part.method("declare").addCode(sequence.body()).build();
    }

    private List<MethodSpec> declarations(Part part) {
        return part.layers().stream()
                .filter(Layer::declaresAnything)
                .filter(layer -> !parts.hasBlocks() || layers.norm(layer).isEmpty())
                .map(this::declaration)
                .toList();
    }

    /** Collects the calls that declare the layers of a part; of the generated class, those of the nested ones too. */
    private Sequence sequence(Part part) {
        List<CodeBlock> calls = new ArrayList<>();
        if (!part.isNested() && !blocks.instances().all().isEmpty()) {
            blocks.order().units(blocks.instances().network()).forEach(unit -> calls.addAll(declared(unit)));
        } else {
            declarations(part).forEach(declaration -> calls.add(CodeBlock.of("$N();\n", declaration)));
        }
        if (!part.isNested()) {
            parts.nested().stream()
                    .filter(Declarations::declaresAnything)
                    .forEach(nested -> calls.add(nested.call(declare(nested, sequence(nested)))));
        }
        return Sequence.of("declare", names, calls);
    }

    // Example:
    //
    // declareConv1();
    // layer1_1 = new BasicBlock("layer1_1", 64, 64, 56);
    //
    private List<CodeBlock> declared(BlockOrder.Unit unit) {
        if (unit instanceof BlockOrder.OfChild of) {
            return List.of(CodeBlock.of("$L = $L;\n", of.child().field(), classes.construction(of.child())));
        }
        Layer layer = ((BlockOrder.OfLayer) unit).layer();
        Optional<Norm> norm = layers.norm(layer);
        if (norm.isPresent()) {
            CodeBlock quotation = JavaText.comment(Quotations.layer(graph, layer.origin()));
            return List.of(CodeBlock.of("$L$L", quotation, declaration(norm.get())));
        }
        return layer.declaresAnything() ? List.of(CodeBlock.of("$N();\n", declaration(layer))) : List.of();
    }

    // Example:
    //
    // private Tiny(Init init) {
    //     // optimizer Adam(lr=0.001)
    //     super(DataType.FLOAT, 203_530, init, new Adam(0.001, 0.9, 0.999, 1e-8));
    //     declareConv();
    //     declareLogits();
    //     regularizesActivities(sparse);
    //     declared();
    // }
    //
    MethodSpec constructor() {
        String init = names.local("init");
        return MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PRIVATE)
                .addParameter(RuntimeTypes.INIT, init)
                .addCode(graph.optimizer()
                        .map(optimizer -> JavaText.comment("optimizer " + optimizer.describe()))
                        .orElse(CodeBlock.of("")))
                .addCode(
                        "super($T.$L, $L, $L",
                        RuntimeTypes.DATA_TYPE,
                        graph.precision() == Precision.FLOAT64 ? "DOUBLE" : "FLOAT",
                        Literals.count(graph.parameterCount()),
                        init)
                .addCode(graph.optimizer()
                        .map(optimizer -> CodeBlock.of(", $L", optimizer.accept(new Constructions(names))))
                        .orElse(CodeBlock.of("")))
                .addCode(");\n")
                .addCode(sequence(parts.main()).body())
                .addCode(activityRegularizers())
                .addCode("declared();\n")
                .build();
    }

    private CodeBlock activityRegularizers() {
        return graph.updateGroups().stream()
                .filter(group -> !group.activities().isEmpty())
                .map(group -> CodeBlock.of("regularizesActivities($L);\n", names.field(group)))
                .collect(CodeBlock.joining(""));
    }

    // Example:
    //
    // private void declareConv() {
    //     // conv = Conv2d(1, 8, 4, stride=2, padding=1, weight_regularizer=elastic)  (tiny.net:6)
    //     Parameter weight = parameter("conv.weight", uniform(0.25), shape(8, 1, 4, 4));
    //     weight.regularizedBy(elastic);
    //     convWeight = weight.value();
    //     dConvWeight = weight.gradient();
    // }
    //
    private MethodSpec declaration(Layer layer) {
        MethodSpec.Builder method = MethodSpec.methodBuilder(
                        "declare" + names.layer(layer.origin().layer()))
                .addModifiers(Modifier.PRIVATE)
                .addCode(JavaText.comment(Quotations.layer(graph, layer.origin())));
        Optional<Norm> norm = layers.norm(layer);
        if (norm.isPresent()) {
            return method.addCode(declaration(norm.get())).build();
        }
        layer.parameters().forEach(parameter -> method.addCode(declaration(parameter)));
        layer.statistics().forEach(statistic -> method.addCode(declaration(statistic)));
        return method.build();
    }

    // Example:
    //
    // normState = batchNormOf("norm", constant(1.0), constant(0.0), 1e-5, 0.1, 8);
    //
    private CodeBlock declaration(Norm norm) {
        CodeBlock.Builder code = CodeBlock.builder()
                .add("$L = batchNormOf($L", names.field(norm.object()), JavaText.literal(norm.path()));
        norm.parameters()
                .forEach(parameter -> code.add(", $L", parameter.initializer().accept(new Constructions(names))));
        return code.add(
                        ", $L, $L, $L);\n",
                        Literals.number(norm.eps()),
                        Literals.number(norm.momentum()),
                        norm.channels())
                .build();
    }

    private CodeBlock declaration(ParameterDecl parameter) {
        Value value = parameter.value();
        String local = names.local(role(value));
        CodeBlock.Builder code = CodeBlock.builder()
                .addStatement(
                        "$T $L = parameter($L, $L, shape($L))",
                        RuntimeTypes.PARAMETER,
                        local,
                        JavaText.literal(value.name()),
                        parameter.initializer().accept(new Constructions(names)),
                        sizes(value));
        UpdateGroup regularizer = regularizers.get(value.name());
        if (regularizer != null) {
            if (parameter.outputAxis() != 0
                    && regularizer.terms().stream().anyMatch(RegularizerTerm::isOnOutputUnits)) {
                code.addStatement("$L.outputAxis($L)", local, parameter.outputAxis());
            }
            code.addStatement("$L.regularizedBy($L)", local, names.field(regularizer));
        }
        if (parameter.sparsityBelow().isPresent()) {
            code.addStatement(
                    "$L.reportsSparsity($L)",
                    local,
                    Literals.number(parameter.sparsityBelow().getAsDouble()));
        }
        if (parameter.frozen()) {
            code.addStatement("$L.freeze()", local);
        }
        code.addStatement("$L = $L.value()", names.field(value), local);
        if (layers.isDifferentiated(parameter)) {
            code.addStatement("$L = $L.gradient()", names.field(value.gradient()), local);
        }
        return code.build();
    }

    // Example:
    //
    // normRunningMean = statistic("norm.running_mean", 0.0, 8);
    //
    private CodeBlock declaration(Statistic statistic) {
        Value value = statistic.value();
        return CodeBlock.builder()
                .addStatement(
                        "$L = statistic($L, $L, $L)",
                        names.field(value),
                        JavaText.literal(value.name()),
                        Literals.number(statistic.initial()),
                        sizes(value))
                .build();
    }

    /** {@code weight} of {@code unet.downconv.weight}. */
    private static String role(Value value) {
        return Identifiers.camelCase(value.name().substring(value.name().lastIndexOf('.') + 1));
    }

    private static String sizes(Value value) {
        return value.shape().dimensions().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
