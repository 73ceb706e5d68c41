package org.espalier.generator.target.java;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.OptimizerGroup;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.PathPatterns;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.Literals;

/** Writes the constructor, which runs around the initializers of the fields. */
final class ConstructorEmitter {
    private final Graph graph;
    private final Names names;
    private final CodeBlock settings;
    private final CodeBlock memory;

    /**
     * The constructor of one class.
     *
     * @param settings statements about its parameters
     * @param memory statements about its memory
     */
    ConstructorEmitter(Graph graph, Names names, CodeBlock settings, CodeBlock memory) {
        this.graph = graph;
        this.names = names;
        this.settings = settings;
        this.memory = memory;
    }

    // Example:
    //
    // /**
    //  * Declares what is learned; optimizer Adam(lr=1e-3).
    //  *
    //  * @param init initializes it, or reads it from a file
    //  */
    // private Tiny(Init init) {
    //     super(DataType.FLOAT, 203_530, init, new Adam(0.001, 0.9, 0.999, 1e-8));
    //     // optimize head.** with lr=1e-2  (tiny.net:9)
    //     optimizes(new Adam(0.01, 0.9, 0.999, 1e-8), "head.**");
    //     convWeight.reportsSparsity(1e-4);
    //     regularizesActivities(sparse);
    //     stepMemory(5_043_696, 9_600);
    //     declared();
    // }
    //
    MethodSpec constructor() {
        String init = names.local("init");
        String optimized = graph.optimizer()
                .map(optimizer -> "; optimizer " + optimizer.describe())
                .orElse("");
        return MethodSpec.constructorBuilder()
                .addJavadoc(Javadoc.of("Declares what is learned" + optimized + ".")
                        .param(init, "initializes it, or reads it from a file")
                        .block())
                .addModifiers(Modifier.PRIVATE)
                .addParameter(RuntimeTypes.INIT, init)
                .addCode(
                        "super($T.$L, $L, $L",
                        RuntimeTypes.DATA_TYPE,
                        graph.precision() == Precision.FLOAT64 ? "DOUBLE" : "FLOAT",
                        Literals.count(graph.parameterCount()),
                        init)
                .addCode(graph.optimizer()
                        .map(optimizer -> CodeBlock.of(", $L", Constructions.optimizer(optimizer)))
                        .orElse(CodeBlock.of("")))
                .addCode(");\n")
                .addCode(groups())
                .addCode(settings)
                .addCode(activityRegularizers())
                .addCode(memory)
                .addCode("declared();\n")
                .build();
    }

    private CodeBlock groups() {
        CodeBlock.Builder groups = CodeBlock.builder();
        for (OptimizerGroup group : graph.optimizerGroups()) {
            Set<String> members = group.parameters().stream()
                    .map(ParameterDecl::name)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            List<String> others = graph.parameters().stream()
                    .filter(parameter -> !parameter.frozen())
                    .map(ParameterDecl::name)
                    .filter(name -> !members.contains(name))
                    .toList();
            CodeBlock patterns = PathPatterns.of(members, others).stream()
                    .map(pattern -> CodeBlock.of("$L", JavaText.literal(pattern)))
                    .collect(CodeBlock.joining(", "));
            groups.add(JavaText.comment(group.clause() + "  (" + group.span().citation() + ")"))
                    .add("optimizes($L, $L);\n", Constructions.optimizer(group.optimizer()), patterns);
        }
        return groups.build();
    }

    private CodeBlock activityRegularizers() {
        return graph.updateGroups().stream()
                .filter(group -> !group.activities().isEmpty())
                .map(group -> CodeBlock.of("regularizesActivities($L);\n", names.field(group)))
                .collect(CodeBlock.joining(""));
    }
}
