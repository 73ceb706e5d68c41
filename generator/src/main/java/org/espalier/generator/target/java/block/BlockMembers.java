package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.block.Layers.Layer;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Literals;
import org.espalier.generator.target.java.text.Quantity;
import org.espalier.generator.target.java.text.Quotations;
import org.espalier.generator.target.java.text.ShapeText;
import org.espalier.generator.target.java.text.Text;

/** The fields of each instance of a block, and the statements by which its constructor declares parameters. */
public final class BlockMembers {
    /** The kinds of fields. */
    public enum Kind {
        CHILD,
        PARAMETER,
        STATISTIC,
        NORM,
        BUFFER
    }

    private final Graph graph;
    private final Names names;
    private final BlockOrder order;
    private final InstanceNames instanceNames;
    private final Map<String, UpdateGroup> regularizers = new HashMap<>();

    public BlockMembers(Program program, Names names, BlockOrder order, InstanceNames instanceNames) {
        this.graph = program.graph();
        this.names = names;
        this.order = order;
        this.instanceNames = instanceNames;
        for (UpdateGroup group : program.graph().updateGroups()) {
            if (!group.terms().isEmpty()) {
                group.parameters().forEach(parameter -> regularizers.put(parameter.name(), group));
            }
        }
    }

    /** The fields of an instance: their names, with what they are, and the shapes of buffers beside them. */
    public List<Line> fields(Instance instance) {
        List<Line> fields = new ArrayList<>();
        for (BlockOrder.Unit unit : order.units(instance)) {
            if (unit instanceof BlockOrder.OfChild of) {
                fields.add(field(of.child().field(), Kind.CHILD, Text.EMPTY));
            } else if (unit instanceof BlockOrder.OfLayer of) {
                for (Value value : order.values(of.layer())) {
                    Kind kind = kind(value);
                    boolean shown = value.kind() == Value.Kind.ACTIVATION || value.kind() == Value.Kind.SAVED;
                    fields.add(field(instanceNames.own(value), kind, shown ? ShapeText.of(value.shape()) : Text.EMPTY));
                }
            }
        }
        return fields;
    }

    private Kind kind(Value value) {
        if (order.norm(value).isPresent()) {
            return Kind.NORM;
        }
        return switch (value.kind()) {
            case PARAMETER -> Kind.PARAMETER;
            case STATISTIC -> Kind.STATISTIC;
            default -> Kind.BUFFER;
        };
    }

    private static Line field(String name, Kind kind, Text beside) {
        return new Line(name, Text.of(kind.name() + " " + name), List.of(), beside);
    }

    /** The arrays of an instance that lie in the arena, by the names of its fields; of objects, all that they have. */
    public Map<String, List<Value>> buffers(Instance instance) {
        Map<String, List<Value>> buffers = new LinkedHashMap<>();
        for (Value value : order.values(instance)) {
            Optional<Norm> norm = order.norm(value);
            if (norm.isPresent() || value.isPlanned()) {
                buffers.put(instanceNames.own(value), norm.map(Norm::saved).orElseGet(() -> List.of(value)));
            }
        }
        return buffers;
    }

    // Example:
    //
    // // conv1 = Conv2d(inplanes, planes, kernel_size=3, stride=stride, padding=1, bias=false)  (resnet18.net:13)
    // conv1Weight = parameter(path + ".conv1.weight", uniform(1 / Math.sqrt(inplanes * 9)), planes, inplanes, 3, 3);
    // conv1Weight.regularizedBy(l2);
    // this.downsample = downsample.get();
    //
    public List<Line> declarations(Instance instance) {
        List<Line> lines = new ArrayList<>();
        for (BlockOrder.Unit unit : order.units(instance)) {
            if (unit instanceof BlockOrder.OfChild of) {
                String field = of.child().field();
                lines.add(new Line(field, Text.of("this." + field + " = " + field + ".get();"), List.of(), Text.EMPTY));
            } else if (unit instanceof BlockOrder.OfLayer of) {
                declare(of.layer(), instance, lines);
            }
        }
        return lines;
    }

    private void declare(Layer layer, Instance instance, List<Line> lines) {
        List<Text> statements = new ArrayList<>();
        Optional<Norm> norm = order.norm(layer);
        norm.ifPresent(object -> statements.add(declaration(object, instance)));
        List<ParameterDecl> parameters = norm.isPresent() ? List.of() : layer.parameters();
        parameters.forEach(parameter -> declare(parameter, instance, statements));
        List<Statistic> statistics = norm.isPresent() ? List.of() : layer.statistics();
        for (Statistic statistic : statistics) {
            Value value = statistic.value();
            statements.add(Text.of(
                    instanceNames.own(value) + " = statistic(" + name(value.name(), instance) + ", ",
                    number(statistic.initial(), "initial"),
                    ", ",
                    ShapeText.sizes(value.shape().dimensions(), "channels"),
                    ");"));
        }
        Text quotation = Text.of(JavaText.inComment(
                instance.isAlone()
                        ? Quotations.layer(graph, layer.origin())
                        : Quotations.statement(layer.origin().span())));
        for (int i = 0; i < statements.size(); i++) {
            lines.add(new Line(
                    instance.relative(layer.origin().layer()),
                    statements.get(i),
                    i == 0 ? List.of(quotation) : List.of(),
                    Text.EMPTY));
        }
    }

    // Example:
    //
    // bn1State = batchNormOf(path + ".bn1", constant(1.0), constant(0.0), 1e-5, 0.1, planes);
    //
    private Text declaration(Norm norm, Instance instance) {
        List<Text> arguments = new ArrayList<>();
        arguments.add(Text.of(name(norm.path(), instance)));
        norm.parameters().forEach(parameter -> arguments.add(initializer(parameter)));
        arguments.add(number(norm.eps(), "eps"));
        arguments.add(number(norm.momentum(), "momentum"));
        arguments.add(Text.of(Quantity.size(norm.channels(), "channels")));
        return Text.of(instanceNames.own(norm.object()) + " = batchNormOf(", Text.join(", ", arguments), ");");
    }

    private void declare(ParameterDecl parameter, Instance instance, List<Text> statements) {
        Value value = parameter.value();
        String field = instanceNames.own(value);
        statements.add(Text.of(
                field + " = parameter(" + name(value.name(), instance) + ", ",
                initializer(parameter),
                ", ",
                ShapeText.sizes(value.shape().dimensions(), "channels"),
                ");"));
        UpdateGroup regularizer = regularizers.get(value.name());
        if (regularizer != null) {
            if (parameter.outputAxis() != 0
                    && regularizer.terms().stream().anyMatch(RegularizerTerm::isOnOutputUnits)) {
                statements.add(Text.of(field + ".outputAxis(" + parameter.outputAxis() + ");"));
            }
            Quantity given = new Quantity(Quantity.Type.REGULARIZER, names.field(regularizer), "regularizer");
            statements.add(Text.of(field + ".regularizedBy(", given, ");"));
        }
        parameter
                .sparsityBelow()
                .ifPresent(below -> statements.add(Text.of(field + ".reportsSparsity(", number(below, "below"), ");")));
        if (parameter.frozen()) {
            statements.add(Text.of(field + ".freeze();"));
        }
    }

    private static Text number(double number, String suggestion) {
        return Text.of(new Quantity(Quantity.Type.NUMBER, Literals.number(number), suggestion));
    }

    /** {@code path + ".conv1.weight"}. */
    private static String name(String name, Instance instance) {
        String relative = instance.relative(name);
        return relative.equals(name) ? JavaText.literal(name) : "path + " + JavaText.literal("." + relative);
    }

    /** A bound that follows from the sizes of the parameter is computed from them. */
    private static Text initializer(ParameterDecl parameter) {
        List<Integer> sizes = parameter.value().shape().dimensions();
        long fanIn = sizes.stream().skip(1).mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
        if (parameter.initializer() instanceof InitializerDecl.Uniform uniform) {
            if (sizes.size() > 1 && fanIn > 1 && 1 / Math.sqrt((double) fanIn) == uniform.bound()) {
                List<Text> factors = sizes.stream()
                        .skip(1)
                        .map(size -> Text.of(Quantity.size(size, "channels")))
                        .toList();
                return Text.of("uniform(1 / Math.sqrt(", Text.join(" * ", factors), "))");
            }
            return Text.of("uniform(", bound(uniform.bound()), ")");
        } else if (parameter.initializer() instanceof InitializerDecl.Normal normal) {
            return Text.of(
                    "normal(", number(normal.mean(), "mean"), ", ", number(normal.standardDeviation(), "std"), ")");
        }
        return Text.of(
                "constant(", number(((InitializerDecl.Constant) parameter.initializer()).value(), "initial"), ")");
    }

    private static Text bound(double bound) {
        Optional<String> root = Literals.inverseSquareRootOf(bound).stream()
                .mapToObj(fanIn -> "1 / Math.sqrt(" + fanIn + ")")
                .findFirst();
        String written = root.orElseGet(() -> Literals.number(bound));
        return Text.of(new Quantity(Quantity.Type.NUMBER, written, "bound"));
    }
}
