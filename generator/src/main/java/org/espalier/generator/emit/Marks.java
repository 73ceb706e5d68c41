package org.espalier.generator.emit;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import org.espalier.generator.ir.Graph;

/** The annotations that tell generated classes from others. */
final class Marks {
    private static final String GENERATOR = "org.espalier.generator.NetCompiler";

    private Marks() {}

    // Example:
    //
    // @Generated("org.espalier.generator.NetCompiler")
    //
    /** For tools that read sources. */
    static AnnotationSpec source() {
        return annotation(RuntimeTypes.GENERATED, GENERATOR);
    }

    // Example:
    //
    // @GeneratedNetwork("digits.net")
    //
    /** For tools that read class files, and do so one by one: a nested class needs its own. */
    static AnnotationSpec classFile(Graph graph) {
        return annotation(RuntimeTypes.GENERATED_NETWORK, graph.span().file().fileName());
    }

    private static AnnotationSpec annotation(ClassName type, String value) {
        return AnnotationSpec.builder(type)
                .addMember("value", "$L", JavaText.literal(value))
                .build();
    }
}
