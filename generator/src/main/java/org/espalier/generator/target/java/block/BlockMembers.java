package org.espalier.generator.target.java.block;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.block.Layers.Layer;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Quotations;
import org.espalier.generator.target.java.text.ShapeText;
import org.espalier.generator.target.java.text.Text;

/** The fields of each instance of a block, and the statements by which its constructor declares parameters. */
public final class BlockMembers {
    /** The kinds of fields, in their order in the class. */
    public enum Kind {
        PARAMETER,
        STATISTIC,
        BATCH_NORM,
        SAMPLE_NORM,
        CHILD,
        BUFFER,
        GRADIENT
    }

    private final Graph graph;
    private final BlockOrder order;
    private final InstanceNames instanceNames;
    private final DeclarationText declarations;

    public BlockMembers(Program program, Names names, BlockOrder order, InstanceNames instanceNames) {
        this.graph = program.graph();
        this.order = order;
        this.instanceNames = instanceNames;
        this.declarations = new DeclarationText(program.graph(), names);
    }

    /** The fields of an instance: their names, with what they are, and the shapes of buffers beside them. */
    public List<Line> fields(Instance instance) {
        List<Line> fields = new ArrayList<>();
        for (BlockOrder.Unit unit : order.units(instance)) {
            if (unit instanceof BlockOrder.OfChild of) {
                if (of.child().isDeclared()) {
                    fields.add(field(of.child().member(), Kind.CHILD, Text.EMPTY));
                }
            } else if (unit instanceof BlockOrder.OfLayer of) {
                for (Value value : order.values(of.layer())) {
                    Kind kind = kind(value);
                    boolean shown = kind == Kind.BUFFER || kind == Kind.GRADIENT;
                    fields.add(field(instanceNames.own(value), kind, shown ? ShapeText.of(value.shape()) : Text.EMPTY));
                }
            }
        }
        return fields;
    }

    private Kind kind(Value value) {
        Optional<Norm> norm = order.norm(value);
        if (norm.isPresent()) {
            return norm.get().kind() == Norm.Kind.BATCH ? Kind.BATCH_NORM : Kind.SAMPLE_NORM;
        }
        return switch (value.kind()) {
            case PARAMETER -> Kind.PARAMETER;
            case STATISTIC -> Kind.STATISTIC;
            case GRADIENT -> Kind.GRADIENT;
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
    // conv1Weight = parameter(path + ".conv1.weight", uniform(1 / Math.sqrt(inplanes)), l2, planes, inplanes, 1, 1);
    // this.submodule = submodule.get();
    //
    /**
     * The statements of an instance.
     *
     * @param construction makes an object that it holds, or an array of them; nothing if the constructor is given its
     *     maker
     */
    public List<Line> declarations(Instance instance, Function<Instance, Optional<Text>> construction) {
        List<Line> lines = new ArrayList<>();
        for (BlockOrder.Unit unit : order.units(instance)) {
            if (unit instanceof BlockOrder.OfChild of) {
                if (of.child().isDeclared()) {
                    String field = of.child().member();
                    Text code = construction
                            .apply(of.child())
                            .orElseGet(() -> Text.of("this." + field + " = " + field + ".get();"));
                    lines.add(new Line(field, code, List.of(), Text.EMPTY));
                }
            } else if (unit instanceof BlockOrder.OfLayer of) {
                declare(of.layer(), instance, lines);
            }
        }
        return lines;
    }

    private void declare(Layer layer, Instance instance, List<Line> lines) {
        List<Text> statements = new ArrayList<>();
        Optional<Norm> norm = order.norm(layer);
        if (norm.isPresent()) {
            statements.add(assignment(
                    norm.get().object(),
                    declarations.of(norm.get(), name(norm.get().path(), instance))));
        } else {
            for (ParameterDecl parameter : layer.parameters()) {
                Value value = parameter.value();
                statements.add(assignment(value, declarations.of(parameter, name(value.name(), instance))));
                statements.addAll(declarations.settings(parameter, instanceNames.own(value)));
            }
            for (Statistic statistic : layer.statistics()) {
                Value value = statistic.value();
                statements.add(assignment(value, declarations.of(statistic, name(value.name(), instance))));
            }
        }
        Text quotation = instance.isAlone()
                ? Text.of(JavaText.inComment(Quotations.call(graph, layer.origin())))
                : Quotations.ofEach(graph, layer.origin());
        for (int i = 0; i < statements.size(); i++) {
            lines.add(new Line(
                    instance.relative(layer.origin().layer()),
                    statements.get(i),
                    i == 0 ? List.of(quotation) : List.of(),
                    Text.EMPTY));
        }
    }

    private Text assignment(Value value, Text declaration) {
        return Text.of(instanceNames.own(value) + " = ", declaration, ";");
    }

    /** {@code path + ".conv1.weight"}. */
    private static String name(String name, Instance instance) {
        String relative = instance.relative(name);
        return relative.equals(name) ? JavaText.literal(name) : "path + " + JavaText.literal("." + relative);
    }
}
