package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.Literals;
import org.espalier.generator.target.java.text.Quantity;
import org.espalier.generator.target.java.text.ShapeText;
import org.espalier.generator.target.java.text.Text;

/** Writes the expressions that declare parameters, statistics, buffers, and the objects that have some of them. */
public final class DeclarationText {
    private final Graph graph;
    private final Names names;
    private final Map<String, UpdateGroup> regularizers = new HashMap<>();

    /** Declarations of one class. */
    public DeclarationText(Graph graph, Names names) {
        this.graph = graph;
        this.names = names;
        for (UpdateGroup group : graph.updateGroups()) {
            if (!group.terms().isEmpty()) {
                group.parameters().forEach(parameter -> regularizers.put(parameter.name(), group));
            }
        }
    }

    // Example:
    //
    // parameter("conv.weight", uniform(1 / Math.sqrt(3 * 4 * 4)), elastic, 8, 3, 4, 4)
    //
    /**
     * A parameter.
     *
     * @param name its name as Java has it
     */
    public Text of(ParameterDecl parameter, String name) {
        List<Text> arguments = new ArrayList<>(List.of(Text.of(name), initializer(parameter)));
        UpdateGroup regularizer = regularizers.get(parameter.value().name());
        if (regularizer != null) {
            arguments.add(Text.of(new Quantity(Quantity.Type.REGULARIZER, names.field(regularizer), "regularizer")));
        }
        List<Integer> sizes = parameter.value().shape().dimensions();
        if (!sizes.isEmpty()) {
            arguments.add(ShapeText.sizes(sizes, "channels"));
        }
        return Text.of("parameter(", Text.join(", ", arguments), ")");
    }

    // Example:
    //
    // convWeight.outputAxis(1);
    // convWeight.reportsSparsity(1e-4);
    // convWeight.freeze();
    //
    /**
     * Statements about a parameter that few parameters need.
     *
     * @param field that it is in
     */
    public List<Text> settings(ParameterDecl parameter, String field) {
        List<Text> settings = new ArrayList<>();
        UpdateGroup regularizer = regularizers.get(parameter.value().name());
        if (parameter.outputAxis() != 0
                && regularizer != null
                && regularizer.terms().stream().anyMatch(RegularizerTerm::isOnOutputUnits)) {
            settings.add(Text.of(field + ".outputAxis(" + parameter.outputAxis() + ");"));
        }
        parameter
                .sparsityBelow()
                .ifPresent(below -> settings.add(Text.of(field + ".reportsSparsity(", number(below, "below"), ");")));
        if (parameter.frozen()) {
            settings.add(Text.of(field + ".freeze();"));
        }
        return settings;
    }

    // Example:
    //
    // statistic("norm.running_mean", 0.0, 8)
    // buffer("mask", Functions::mask, 8, 8)
    // indexBuffer("index", Functions::index, 169, 49, 49)
    //
    /**
     * A statistic or buffer.
     *
     * @param name its name as Java has it
     */
    public Text of(Statistic statistic, String name) {
        Value value = statistic.value();
        boolean constant = statistic.isConstant() && !value.isWhole();
        String call = value.isWhole() ? "indexBuffer" : constant ? "statistic" : "buffer";
        Text start = constant ? number(statistic.constant(), "initial") : places(statistic.initial());
        Text limit = value.isWhole()
                ? Text.of(Quantity.size(graph.limit(value).orElse(Integer.MAX_VALUE), "limit"), ", ")
                : Text.EMPTY;
        return Text.of(
                call + "(" + name + ", ",
                start,
                ", ",
                limit,
                ShapeText.sizes(value.shape().dimensions(), "channels"),
                ")");
    }

    // Example:
    //
    // batchNormOf("bn1", constant(1.0), constant(0.0), 1e-5, 0.1, 64)
    // sampleNormOf("ln_f", constant(1.0), null, 1e-5, 128)
    //
    /**
     * A normalization.
     *
     * @param path of the layer as Java has it
     */
    public Text of(Norm norm, String path) {
        List<Text> arguments = new ArrayList<>();
        arguments.add(Text.of(path));
        norm.parameters().forEach(parameter -> arguments.add(initializer(parameter)));
        while (arguments.size() < 3) {
            arguments.add(Text.of("null"));
        }
        arguments.add(number(norm.eps(), "eps"));
        if (norm.kind() == Norm.Kind.BATCH) {
            arguments.add(number(norm.momentum(), "momentum"));
        }
        if (!norm.sizes().isEmpty()) {
            arguments.add(ShapeText.sizes(norm.sizes(), "channels"));
        }
        String kind = norm.kind() == Norm.Kind.BATCH ? "batchNormOf(" : "sampleNormOf(";
        return Text.of(kind, Text.join(", ", arguments), ")");
    }

    private Text places(Argument.Function function) {
        return Text.of(new Quantity(
                Quantity.Type.PLACES, names.places(function), Identifiers.camelCase(function.name()) + "Values"));
    }

    private static Text number(double number, String suggestion) {
        return Text.of(new Quantity(Quantity.Type.NUMBER, Literals.number(number), suggestion));
    }

    private Text initializer(ParameterDecl parameter) {
        return parameter
                .initializer()
                .accept(new InitializerText(parameter.value().shape().dimensions(), this::places));
    }

    /**
     * Writes how the numbers of a parameter begin.
     *
     * @param sizes of the parameter: a bound that follows from them is computed from them
     * @param places writes a formula of places
     */
    private record InitializerText(List<Integer> sizes, Function<Argument.Function, Text> places)
            implements InitializerDecl.Visitor<Text> {
        // Example:
        //
        // constant(1.0)
        //
        @Override
        public Text constant(InitializerDecl.Constant constant) {
            return Text.of("constant(", number(constant.value(), "initial"), ")");
        }

        // Example:
        //
        // uniform(1 / Math.sqrt(3 * 4 * 4))
        // uniform(0.0, 1.0)
        //
        @Override
        public Text uniform(InitializerDecl.Uniform uniform) {
            if (!uniform.isSymmetric()) {
                return Text.of("uniform(", number(uniform.low(), "low"), ", ", number(uniform.high(), "high"), ")");
            }
            List<Integer> receptive = sizes.stream().skip(1).toList();
            long fanIn = receptive.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
            if (fanIn > 1 && 1 / Math.sqrt((double) fanIn) == uniform.high()) {
                List<Text> factors = receptive.stream()
                        .map(size -> Text.of(Quantity.size(size, "channels")))
                        .toList();
                return Text.of("uniform(1 / Math.sqrt(", Text.join(" * ", factors), "))");
            }
            Optional<String> root = Literals.inverseSquareRootOf(uniform.high()).stream()
                    .mapToObj(number -> "1 / Math.sqrt(" + number + ")")
                    .findFirst();
            String bound = root.orElseGet(() -> Literals.number(uniform.high()));
            return Text.of("uniform(", new Quantity(Quantity.Type.NUMBER, bound, "bound"), ")");
        }

        // Example:
        //
        // normal(0.0, 0.02)
        //
        @Override
        public Text normal(InitializerDecl.Normal normal) {
            return Text.of(
                    "normal(", number(normal.mean(), "mean"), ", ", number(normal.standardDeviation(), "std"), ")");
        }

        // Example:
        //
        // normalExcept(0.0, 1.0, 128L, 256L)
        //
        @Override
        public Text normalExcept(InitializerDecl.NormalExcept except) {
            return Text.of(
                    "normalExcept(",
                    number(except.normal().mean(), "mean"),
                    ", ",
                    number(except.normal().standardDeviation(), "std"),
                    ", " + Literals.elements(except.from()) + ", " + Literals.elements(except.to()) + ")");
        }

        // Example:
        //
        // truncatedNormal(0.0, 0.02, -2.0, 2.0)
        //
        @Override
        public Text truncatedNormal(InitializerDecl.TruncatedNormal normal) {
            return Text.of(
                    "truncatedNormal(",
                    Text.join(
                            ", ",
                            List.of(
                                    number(normal.mean(), "mean"),
                                    number(normal.standardDeviation(), "std"),
                                    number(normal.low(), "low"),
                                    number(normal.high(), "high"))),
                    ")");
        }

        // Example:
        //
        // orthogonal(1.0)
        //
        @Override
        public Text orthogonal(InitializerDecl.Orthogonal orthogonal) {
            return Text.of("orthogonal(", number(orthogonal.gain(), "gain"), ")");
        }

        // Example:
        //
        // byPlace(Functions::eye)
        //
        @Override
        public Text byPlace(InitializerDecl.ByPlace start) {
            return Text.of("byPlace(", places.apply(start.values()), ")");
        }
    }
}
