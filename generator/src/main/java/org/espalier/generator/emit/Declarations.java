package org.espalier.generator.emit;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.emit.Layers.Layer;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Initializer;
import org.espalier.generator.ir.Optimizer;
import org.espalier.generator.ir.Parameter;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.Value;

/** The constructor, and for each layer with parameters the method that declares them. */
final class Declarations {
    private final Graph graph;
    private final Names names;
    private final Layers layers;
    private final Map<String, UpdateGroup> regularizers = new HashMap<>();
    private final List<MethodSpec> declarations;
    private final Sequence sequence;

    Declarations(Graph graph, Names names, Layers layers) {
        this.graph = graph;
        this.names = names;
        this.layers = layers;
        for (UpdateGroup group : graph.updateGroups()) {
            if (!group.terms().isEmpty()) {
                group.parameters().forEach(parameter -> regularizers.put(parameter.name(), group));
            }
        }
        this.declarations = layers.all().stream()
                .filter(Layer::declaresAnything)
                .map(this::declaration)
                .toList();
        List<CodeBlock> calls = declarations.stream()
                .map(declaration -> CodeBlock.of("$N();\n", declaration))
                .toList();
        this.sequence = Sequence.of("declare", names, calls);
    }

    /** The declarations, in the order in which the constructor calls them. */
    List<MethodSpec> methods() {
        List<MethodSpec> methods = new ArrayList<>(sequence.parts());
        methods.addAll(declarations);
        return methods;
    }

    // Example:
    //
    // private Tiny(Init init) {
    //     super(DataType.FLOAT, 203_530, init, new Adam(0.001, 0.9, 0.999, 1e-8));
    //     declareConv();
    //     declareLogits();
    //     declared();
    // }
    //
    MethodSpec constructor() {
        String init = names.local("init");
        return MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PRIVATE)
                .addParameter(RuntimeTypes.INIT, init)
                .addCode(
                        "super($T.$L, $L, $L",
                        RuntimeTypes.DATA_TYPE,
                        graph.precision() == Precision.FLOAT64 ? "DOUBLE" : "FLOAT",
                        Literals.count(graph.parameterCount()),
                        init)
                .addCode(graph.optimizer()
                        .map(optimizer -> CodeBlock.of(", $L", construction(optimizer)))
                        .orElse(CodeBlock.of("")))
                .addCode(");\n")
                .addCode(sequence.body())
                .addCode("declared();\n")
                .build();
    }

    private static CodeBlock construction(Optimizer optimizer) {
        if (optimizer instanceof Optimizer.Adam adam) {
            return CodeBlock.of(
                    "new $T($L, $L, $L, $L)",
                    RuntimeTypes.ADAM,
                    Literals.number(adam.lr()),
                    Literals.number(adam.beta1()),
                    Literals.number(adam.beta2()),
                    Literals.number(adam.eps()));
        } else if (optimizer instanceof Optimizer.Sgd sgd) {
            return CodeBlock.of(
                    "new $T($L, $L, $L, $L)",
                    RuntimeTypes.SGD,
                    Literals.number(sgd.lr()),
                    Literals.number(sgd.momentum()),
                    Literals.number(sgd.dampening()),
                    sgd.nesterov());
        }
        throw new IllegalArgumentException("no class for " + optimizer);
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
                .addCode("// $L\n", Quotations.statement(layer.origin().span()));
        layer.parameters().forEach(parameter -> method.addCode(declaration(parameter)));
        layer.statistics().forEach(statistic -> method.addCode(declaration(statistic)));
        return method.build();
    }

    private CodeBlock declaration(Parameter parameter) {
        Value value = parameter.value();
        String local = names.local(role(value));
        CodeBlock.Builder code = CodeBlock.builder()
                .addStatement(
                        "$T $L = parameter($S, $L, shape($L))",
                        RuntimeTypes.PARAMETER,
                        local,
                        value.name(),
                        initializer(parameter.initializer()),
                        sizes(value));
        UpdateGroup regularizer = regularizers.get(value.name());
        if (regularizer != null) {
            code.addStatement("$L.regularizedBy($L)", local, names.field(regularizer));
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
                        "$L = statistic($S, $L, $L)",
                        names.field(value),
                        value.name(),
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

    private static CodeBlock initializer(Initializer initializer) {
        if (initializer instanceof Initializer.Constant constant) {
            return CodeBlock.of("constant($L)", Literals.number(constant.value()));
        } else if (initializer instanceof Initializer.Uniform uniform) {
            OptionalInt fanIn = Literals.inverseSquareRootOf(uniform.bound());
            return fanIn.isPresent()
                    ? CodeBlock.of("uniform(1 / $T.sqrt($L))", Math.class, fanIn.getAsInt())
                    : CodeBlock.of("uniform($L)", Literals.number(uniform.bound()));
        } else if (initializer instanceof Initializer.Normal normal) {
            return CodeBlock.of(
                    "normal($L, $L)", Literals.number(normal.mean()), Literals.number(normal.standardDeviation()));
        }
        throw new IllegalArgumentException("no method for " + initializer);
    }
}
