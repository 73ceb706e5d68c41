package org.espalier.generator.target.inference;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.List;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.text.FieldComments;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.UniqueNames;

/**
 * Emits the class that holds the results of a network with several outputs. It is no record: on the fields that a
 * record has of itself javac 17 wants comments, where nobody can write one.
 */
final class OutputsEmitter {
    /** Methods without parameters that every class has: none can be declared again to return an output. */
    private static final List<String> METHODS_OF_OBJECTS =
            List.of("clone", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait");

    private OutputsEmitter() {}

    // Example:
    //
    // /** Results of a prediction, sample after sample. */
    // public static final class Outputs {
    //     private final float[] mean, deviation;
    //
    //     private Outputs(float[] mean, float[] deviation) {
    //         this.mean = mean;
    //         this.deviation = deviation;
    //     }
    //
    //     /** {@return mean, [batch, 8]} */
    //     public float[] mean() {
    //         return mean;
    //     }
    //
    static TypeSpec type(ClassName outputs, List<Value> values) {
        TypeSpec.Builder type = TypeSpec.classBuilder(outputs)
                .addJavadoc(Javadoc.of("Results of a prediction, sample after sample.")
                        .block())
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL);
        Javadoc javadoc = Javadoc.of("Takes the results.");
        MethodSpec.Builder constructor = MethodSpec.constructorBuilder().addModifiers(Modifier.PRIVATE);
        List<String> names = names(values);
        TypeName array = ArrayTypeName.of(TypeName.FLOAT);
        for (int i = 0; i < names.size(); i++) {
            Value value = values.get(i);
            String name = names.get(i);
            type.addField(FieldSpec.builder(array, name, Modifier.PRIVATE, Modifier.FINAL)
                    .addJavadoc(FieldComments.of("", "Outputs"))
                    .build());
            javadoc.param(name, value.type());
            constructor.addParameter(array, name).addStatement("this.$L = $L", name, name);
            type.addMethod(MethodSpec.methodBuilder(name)
                    .addJavadoc(
                            Javadoc.ofResult(value.name() + ", " + value.type()).block())
                    .addModifiers(Modifier.PUBLIC)
                    .returns(array)
                    .addStatement("return $L", name)
                    .build());
        }
        return type.addMethod(constructor.addJavadoc(javadoc.block()).build()).build();
    }

    /** Names of the methods that return the outputs: each its output's name, unless Java has another use for it. */
    static List<String> names(List<Value> values) {
        UniqueNames names = UniqueNames.ofMembers();
        METHODS_OF_OBJECTS.forEach(names::reserve);
        return values.stream()
                .map(value -> names.give(Identifiers.camelCase(value.name())))
                .toList();
    }
}
