package org.espalier.generator.emit;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.emit.Layers.Layer;
import org.espalier.generator.ir.Parameter;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.Term;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.Value;

/** The fields: regularizers, then inputs and layers, each with all of its tensors together. */
final class Fields {
    private final Program program;
    private final Names names;
    private final Layers layers;
    private final List<FieldSpec> fields = new ArrayList<>();

    Fields(Program program, Names names, Layers layers) {
        this.program = program;
        this.names = names;
        this.layers = layers;
    }

    List<FieldSpec> all() {
        regularizers(program).forEach(this::regularizer);
        for (Value input : program.graph().inputs()) {
            String heading = input.name() + ", given (" + input.span().citation() + ")";
            Heading above = new Heading(heading);
            tensor(above, input);
            Value gradient = input.gradient();
            if (program.inputGradients().contains(gradient)) {
                tensor(above, gradient);
            }
        }
        layers.all().forEach(this::layer);
        return fields;
    }

    /** The groups that have a penalty. */
    static List<UpdateGroup> regularizers(Program program) {
        return program.graph().updateGroups().stream()
                .filter(group -> !group.terms().isEmpty())
                .toList();
    }

    // Example:
    //
    // // elastic = l1(1e-6) + l2(1e-5)
    // private final Regularizer elastic = new Regularizer("elastic", new L1(1e-6), new L2(1e-5));
    //
    private void regularizer(UpdateGroup group) {
        CodeBlock terms = group.terms().stream()
                .map(term -> term.accept(Constructions.INSTANCE))
                .collect(CodeBlock.joining(", "));
        fields.add(FieldSpec.builder(RuntimeTypes.REGULARIZER, names.field(group), Modifier.PRIVATE, Modifier.FINAL)
                .addJavadoc(FieldComments.of(describe(group), ""))
                .initializer("new $T($S, $L)", RuntimeTypes.REGULARIZER, group.name(), terms)
                .build());
    }

    /** {@code elastic = l1(1e-6) + l2(1e-5)}; only the terms where the regularizer was written in place. */
    static String describe(UpdateGroup group) {
        String terms = group.terms().stream().map(Term::describe).collect(Collectors.joining(" + "));
        return Identifiers.isName(group.name()) ? group.name() + " = " + terms : terms;
    }

    // Example:
    //
    // // conv (tiny.net:6)
    // private INDArray convWeight; // [8, 1, 4, 4]
    // private INDArray dConvWeight;
    // private INDArray conv; // [batch, 8, 14, 14]
    // private INDArray dConv;
    //
    private void layer(Layer layer) {
        Heading heading = new Heading(
                layer.origin().layer() + " (" + layer.origin().span().citation() + ")");
        for (Parameter parameter : layer.parameters()) {
            tensor(heading, parameter.value());
            if (layers.isDifferentiated(parameter)) {
                tensor(heading, parameter.value().gradient());
            }
        }
        for (Statistic statistic : layer.statistics()) {
            tensor(heading, statistic.value());
        }
        layer.values().forEach(value -> tensor(heading, value));
    }

    private void tensor(Heading heading, Value value) {
        boolean gradient = value.kind() == Value.Kind.GRADIENT || value.kind() == Value.Kind.PARAMETER_GRADIENT;
        fields.add(FieldSpec.builder(RuntimeTypes.ARRAY, names.field(value), Modifier.PRIVATE)
                .addJavadoc(FieldComments.of(
                        heading.take(), gradient ? "" : value.shape().toString()))
                .build());
    }

    /** What stands above the first field of a group. */
    private static final class Heading {
        private String text;

        Heading(String text) {
            this.text = text;
        }

        String take() {
            String taken = text;
            text = "";
            return taken;
        }
    }
}
