package org.espalier.generator.target.java;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.TypeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.block.BlockOrder;
import org.espalier.generator.target.java.block.DeclarationText;
import org.espalier.generator.target.java.block.Instance;
import org.espalier.generator.target.java.block.Layers;
import org.espalier.generator.target.java.block.Layers.Layer;
import org.espalier.generator.target.java.block.Norm;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.FieldComments;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Quotations;
import org.espalier.generator.target.java.text.Text;

/**
 * Emits the fields: regularizers, nested classes, then inputs, layers and objects of blocks in the order in which they
 * run. What is learned or kept is declared by the initializer of its field.
 */
final class Fields {
    private final Program program;
    private final Names names;
    private final Layers layers;
    private final Parts parts;
    private final BlockClasses classes;
    private final DeclarationText declarations;
    private final List<FieldSpec> fields = new ArrayList<>();

    private Fields(Program program, Names names, NestedBlocks blocks, BlockClasses classes) {
        this.program = program;
        this.names = names;
        this.layers = blocks.layers();
        this.parts = blocks.parts();
        this.classes = classes;
        this.declarations = new DeclarationText(program.graph(), names);
    }

    /** Those of a part. */
    static List<FieldSpec> of(Part part, Program program, Names names, NestedBlocks blocks, BlockClasses classes) {
        Fields fields = new Fields(program, names, blocks, classes);
        if (!part.isNested()) {
            fields.common();
        }
        if (part.isNested() || blocks.instances().all().isEmpty()) {
            part.layers().forEach(fields::layer);
        } else {
            blocks.order().units(blocks.instances().network()).forEach(fields::unit);
        }
        return fields.fields;
    }

    private void common() {
        regularizers(program).forEach(this::regularizer);
        nested();
        for (Value input : program.graph().inputs()) {
            String heading = "input " + input.name() + " (" + input.span().citation() + ")";
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
    // /** The layers, in parts: they are more than one class can hold. */
    // private final StemToBody62 stemToBody62 = new StemToBody62();
    // /** The layers, in parts: they are more than one class can hold. */
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
    // /** elastic = l1(1e-6) + l2(1e-5) */
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

    private void unit(BlockOrder.Unit unit) {
        if (unit instanceof BlockOrder.OfChild of) {
            block(of.child());
        } else {
            layer(((BlockOrder.OfLayer) unit).layer());
        }
    }

    // Example:
    //
    // /** BasicBlock (resnet18.net:12) */
    // private final BasicBlock layer1_0 = new BasicBlock("layer1.0", 64, 64, KERNEL_3_PADDING_1, 56, 56, false),
    //         layer1_1 = new BasicBlock("layer1.1", 64, 64, KERNEL_3_PADDING_1, 56, 56, false);
    //
    private void block(Instance block) {
        if (!block.isDeclared()) {
            return;
        }
        TypeName type = block.isElement() ? ArrayTypeName.of(classes.type(block)) : classes.type(block);
        boolean first =
                fields.isEmpty() || !fields.get(fields.size() - 1).type().equals(type);
        String heading =
                first ? block.block().name() + " (" + block.block().span().citation() + ")" : "";
        declare(type, block.member(), heading, classes.construction(block));
    }

    // Example:
    //
    // /** conv = Conv2d(1, 8, 4, stride=2, padding=1, weight_regularizer=elastic) (tiny.net:6) */
    // private final Parameter convWeight = parameter("conv.weight", uniform(1 / Math.sqrt(4 * 4)), elastic, 8, 1, 4,
    // 4),
    //         convBias = parameter("conv.bias", uniform(1 / Math.sqrt(4 * 4)), 8);
    // /** [batch, 8, 14, 14] */
    // private INDArray conv, dConv;
    //
    private void layer(Layer layer) {
        Heading heading = new Heading(heading(layer));
        Optional<Norm> norm = layers.norm(layer);
        for (Value value : layers.tensors(layer)) {
            if (norm.isPresent() && norm.get().object().equals(value)) {
                Text declaration =
                        declarations.of(norm.get(), JavaText.literal(norm.get().path()));
                declare(norm.get().type(), value, heading, declaration);
            } else if (value.kind() != Value.Kind.PARAMETER && value.kind() != Value.Kind.STATISTIC) {
                tensor(heading, value);
            }
            for (ParameterDecl parameter : layer.parameters()) {
                if (parameter.value().equals(value)) {
                    Text declaration = declarations.of(parameter, JavaText.literal(value.name()));
                    declare(RuntimeTypes.PARAMETER, value, heading, declaration);
                }
            }
            for (Statistic statistic : layer.statistics()) {
                if (statistic.value().equals(value)) {
                    Text declaration = declarations.of(statistic, JavaText.literal(value.name()));
                    declare(RuntimeTypes.ARRAY, value, heading, declaration);
                }
            }
        }
    }

    /** Statements about the parameters of a part that follow the initializers. */
    static CodeBlock settings(Part part, Program program, Names names, Layers layers) {
        DeclarationText declarations = new DeclarationText(program.graph(), names);
        return part.layers().stream()
                .filter(layer -> layers.norm(layer).isEmpty())
                .flatMap(layer -> layer.parameters().stream())
                .flatMap(parameter -> declarations.settings(parameter, names.field(parameter.value())).stream())
                .map(setting -> CodeBlock.of("$L\n", setting))
                .collect(CodeBlock.joining(""));
    }

    /** Quotes the statement of what is declared; other arrays are quoted where they are computed. */
    private String heading(Layer layer) {
        String path = layer.origin().layer();
        if (!layer.declaresAnything()) {
            return path + " (" + layer.origin().span().citation() + ")";
        }
        String quotation = Quotations.layer(program.graph(), layer.origin());
        return quotation.matches("(?s)(output )?[\\w.]+(, [\\w.]+)* = .*") ? quotation : path + " = " + quotation;
    }

    private void declare(ClassName type, Value value, Heading heading, Text declaration) {
        declare(type, names.field(value), heading.take(), JavaText.composed(declaration.toString()));
    }

    private void declare(TypeName type, String field, String heading, CodeBlock declaration) {
        fields.add(FieldSpec.builder(type, field, Modifier.PRIVATE, Modifier.FINAL)
                .addJavadoc(FieldComments.of(heading, ""))
                .initializer(declaration)
                .build());
    }

    private void tensor(Heading heading, Value value) {
        fields.add(FieldSpec.builder(RuntimeTypes.ARRAY, names.field(value), Modifier.PRIVATE)
                .addJavadoc(FieldComments.of(heading.take(), value.type()))
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
