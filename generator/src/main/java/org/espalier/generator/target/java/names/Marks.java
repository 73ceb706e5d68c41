package org.espalier.generator.target.java.names;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.target.java.text.JavaText;

/** The annotations that tell generated classes from others. */
public final class Marks {
    private static final String GENERATOR = "org.espalier.generator.NetCompiler";

    private Marks() {}

    // Example:
    //
    // @Generated("org.espalier.generator.NetCompiler")
    //
    /** For tools that read sources. */
    public static AnnotationSpec source() {
        return annotation(RuntimeTypes.GENERATED, GENERATOR);
    }

    // Example:
    //
    // @GeneratedNetwork("digits.net")
    //
    /** For tools that read class files, and do so one by one: a nested class needs its own. */
    public static AnnotationSpec classFile(Graph graph) {
        return annotation(RuntimeTypes.GENERATED_NETWORK, graph.span().file().fileName());
    }

    private static AnnotationSpec annotation(ClassName type, String value) {
        return AnnotationSpec.builder(type)
                .addMember("value", "$L", JavaText.literal(value))
                .build();
    }
}
