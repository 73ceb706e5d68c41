package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.block.Instance;
import org.espalier.generator.target.java.block.Layers;
import org.espalier.generator.target.java.block.Layers.Layer;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.FieldComments;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.JavaText;

/** The fields: regularizers, nested classes, then inputs and layers, each with all of its tensors together. */
final class Fields {
    private final Program program;
    private final Names names;
    private final Layers layers;
    private final Parts parts;
    private final List<FieldSpec> fields = new ArrayList<>();

    private Fields(Program program, Names names, Layers layers, Parts parts) {
        this.program = program;
        this.names = names;
        this.layers = layers;
        this.parts = parts;
    }

    /** Those of a part. */
    static List<FieldSpec> of(Part part, Program program, Names names, NestedBlocks blocks, BlockClasses classes) {
        Fields fields = new Fields(program, names, blocks.layers(), blocks.parts());
        if (!part.isNested()) {
            fields.common(blocks, classes);
        }
        part.layers().forEach(fields::layer);
        return fields.fields;
    }

    private void common(NestedBlocks blocks, BlockClasses classes) {
        regularizers(program).forEach(this::regularizer);
        nested();
        Heading blockHeading = new Heading("The blocks.");
        for (Instance block : blocks.instances().network().children()) {
            fields.add(FieldSpec.builder(classes.type(block), block.field(), Modifier.PRIVATE)
                    .addJavadoc(FieldComments.of(blockHeading.take(), ""))
                    .build());
        }
        for (Value input : program.graph().inputs()) {
            String heading = input.name() + ", given (" + input.span().citation() + ")";
            Heading above = new Heading(heading);
            tensor(above, input);
            Value gradient = input.gradient();
            if (program.inputGradients().contains(gradient)) {
                tensor(above, gradient);
            }
        }
    }

    // Example:
    //
    // // The layers, in parts: they are more than one class can hold.
    // private final StemToBody62 stemToBody62 = new StemToBody62();
    // private final Body63ToBody124 body63ToBody124 = new Body63ToBody124();
    //
    private void nested() {
        Heading heading = new Heading("The layers, in parts: they are more than one class can hold.");
        for (Part part : parts.nested()) {
            ClassName type = ClassName.get("", part.type());
            fields.add(FieldSpec.builder(type, part.field(), Modifier.PRIVATE, Modifier.FINAL)
                    .addJavadoc(FieldComments.of(heading.take(), ""))
                    .initializer("new $T()", type)
                    .build());
        }
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
        Constructions constructions = new Constructions(names);
        CodeBlock terms =
                group.terms().stream().map(term -> term.accept(constructions)).collect(CodeBlock.joining(", "));
        fields.add(FieldSpec.builder(RuntimeTypes.REGULARIZER, names.field(group), Modifier.PRIVATE, Modifier.FINAL)
                .addJavadoc(FieldComments.of(describe(group), ""))
                .initializer("new $T($L, $L)", RuntimeTypes.REGULARIZER, JavaText.literal(group.name()), terms)
                .build());
    }

    /**
     * {@code elastic = l1(1e-6) + l2(1e-5)}; of one that was written in place what was written, which is its name in
     * the ledger and for {@code Network.regularizer}.
     */
    static String describe(UpdateGroup group) {
        if (!Identifiers.isName(group.name())) {
            return group.name();
        }
        String terms = group.terms().stream().map(RegularizerTerm::describe).collect(Collectors.joining(" + "));
        return group.name().equals(terms) ? terms : group.name() + " = " + terms;
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
        layers.tensors(layer).forEach(value -> tensor(heading, value));
    }

    private void tensor(Heading heading, Value value) {
        boolean gradient = value.kind() == Value.Kind.GRADIENT || value.kind() == Value.Kind.PARAMETER_GRADIENT;
        boolean object = layers.norm(value).isPresent();
        ClassName type = object ? RuntimeTypes.BATCH_NORM : RuntimeTypes.ARRAY;
        fields.add(FieldSpec.builder(type, names.field(value), Modifier.PRIVATE)
                .addJavadoc(FieldComments.of(heading.take(), gradient || object ? "" : value.type()))
                .build());
    }

    /** Heading above the first field of a group. */
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
