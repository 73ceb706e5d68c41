package org.espalier.generator.target.java;

import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Program;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.block.Instances;
import org.espalier.generator.target.java.block.Run;
import org.espalier.generator.target.java.names.Marks;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.penalty.FunctionsEmitter;
import org.espalier.generator.target.java.penalty.PenaltyEmitter;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.Tidy;

/**
 * Writes the class of one network. The text depends on the program alone, to the byte: there are no dates, no paths of
 * the machine, and nothing in the order of a hash.
 */
public final class NetworkEmitter {
    private NetworkEmitter() {}

    /**
     * The source of the network's class.
     *
     * @param program with its memory planned
     */
    public static GeneratedSource emit(Program program) {
        return emit(program, Capacity.OF_A_CLASS);
    }

    /** The same, with classes of a size of one's own. */
    static GeneratedSource emit(Program program, Capacity capacity) {
        Graph graph = program.graph();
        String file = graph.span().file().fileName();
        Names names = new Names(program);
        NestedBlocks blocks = NestedBlocks.of(program, names, capacity);
        Instances instances = blocks.instances();
        Parts parts = blocks.parts();
        Windows windows = new Windows(names);
        Operands operands = new Operands(program, blocks.layers(), parts, windows);
        Run forwardRun = Run.of("forward", program.forward(), instances);
        Run backwardRun = Run.of("backward", program.backward(), instances);
        BlockDrafts drafts =
                new BlockDrafts(program, names, instances, blocks.names(), operands, List.of(forwardRun, backwardRun));
        BlockClasses classes = new BlockClasses(program, names, blocks, drafts);
        PassEmitter forward = PassEmitter.of(forwardRun, program, names, parts, operands, blocks, drafts);
        PassEmitter backward = PassEmitter.of(backwardRun, program, names, parts, operands, blocks, drafts);
        Interface methods = new Interface(program, names, parts, operands, forward, backward);
        Allocation allocation = new Allocation(program.memory(), names, parts, classes, blocks.layers());
        ClassDocumentation documentation = new ClassDocumentation(program, names, blocks);

        TypeSpec.Builder type = TypeSpec.classBuilder(graph.name())
                .addJavadoc(documentation.javadoc().block())
                .addAnnotation(Marks.source())
                .addAnnotation(Marks.classFile(graph))
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .superclass(RuntimeTypes.NETWORK)
                .addFields(windows.fields())
                .addFields(Fields.of(parts.main(), program, names, blocks, classes))
                .addMethod(new ConstructorEmitter(
                                graph,
                                names,
                                Fields.settings(parts.main(), program, names, blocks.layers()),
                                allocation.sizes())
                        .constructor())
                .addTypes(new PenaltyEmitter(graph, names).classes());
        if (methods.isSupervised()) {
            type.addSuperinterface(RuntimeTypes.SUPERVISED);
        }
        for (List<MethodSpec> section :
                List.of(methods.use(), methods.forward(), methods.loss(), methods.backward(), allocation.methods())) {
            type.addMethods(section);
        }
        type.addMethods(classes.factories());
        // Before the functions, of which they may ask for more.
        List<TypeSpec> nestedTypes = new ArrayList<>();
        for (Part part : parts.nested()) {
            TypeSpec.Builder nested = TypeSpec.classBuilder(part.type())
                    .addJavadoc(documentation.javadoc(part).block())
                    .addAnnotation(Marks.classFile(graph))
                    .addModifiers(Modifier.PRIVATE, Modifier.FINAL)
                    .superclass(RuntimeTypes.PART)
                    .addFields(Fields.of(part, program, names, blocks, classes))
                    .addMethods(forward.methods(part))
                    .addMethods(backward.methods(part))
                    .addMethods(allocation.methods(part));
            nested.addMethod(MethodSpec.constructorBuilder()
                    .addJavadoc(Javadoc.of("Declares what its layers learn.").block())
                    .addCode(Fields.settings(part, program, names, blocks.layers()))
                    .build());
            nestedTypes.add(nested.build());
        }
        FunctionsEmitter functions = new FunctionsEmitter(graph, names, List.of(Marks.classFile(graph)));
        functions.type().ifPresent(type::addType);
        classes.types().forEach(type::addType);
        nestedTypes.forEach(type::addType);

        JavaFile.Builder java = JavaFile.builder(graph.packageName(), type.build())
                .addFileComment(
                        "$L",
                        JavaText.inComment(
                                "Generated by Espalier from " + file + ". Edit " + file + ", not this file."))
                .indent("    ");
        forward.kernels().forEach((kernel, owners) -> owners.forEach(owner -> java.addStaticImport(owner, kernel)));
        backward.kernels().forEach((kernel, owners) -> owners.forEach(owner -> java.addStaticImport(owner, kernel)));
        drafts.kernels().forEach((kernel, owners) -> owners.forEach(owner -> java.addStaticImport(owner, kernel)));
        functions.helpers().forEach(helper -> java.addStaticImport(RuntimeTypes.FORMULAS, helper));
        methods.kernels().forEach(kernel -> java.addStaticImport(RuntimeTypes.KERNELS, kernel));
        methods.losses().forEach(kernel -> java.addStaticImport(RuntimeTypes.LOSSES, kernel));
        return new GeneratedSource(
                graph.packageName(), graph.name(), Tidy.tidy(java.build().toString()));
    }
}
