package org.espalier.generator.target.java;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.target.java.block.Layers.Layer;

/** Class that holds layers, with their fields and methods: the generated class, or one nested in it. */
final class Part {
    private final String field;
    private final String type;
    private final List<Layer> layers;

    private Part(String field, String type, List<Layer> layers) {
        this.field = field;
        this.type = type;
        this.layers = List.copyOf(layers);
    }

    /** The generated class. */
    static Part main(List<Layer> layers) {
        return new Part("", "", layers);
    }

    /**
     * A nested class.
     *
     * @param field the field of the generated class with its only object
     * @param type its simple name
     */
    static Part nested(String field, String type, List<Layer> layers) {
        return new Part(field, type, layers);
    }

    boolean isNested() {
        return !field.isEmpty();
    }

    /** The field of the generated class with the only object of a nested class. */
    String field() {
        return field;
    }

    /** The simple name of a nested class. */
    String type() {
        return type;
    }

    /** Its layers, in the order in which they run first. */
    List<Layer> layers() {
        return layers;
    }

    /** A method that is called from outside, if it is a nested class. */
    MethodSpec.Builder method(String name, ParameterSpec... parameters) {
        MethodSpec.Builder method = MethodSpec.methodBuilder(name).addParameters(List.of(parameters));
        return isNested() ? method : method.addModifiers(Modifier.PRIVATE);
    }

    // Example:
    //
    // body1ToBody62.forward();
    //
    CodeBlock call(MethodSpec method) {
        String arguments = method.parameters().stream().map(ParameterSpec::name).collect(Collectors.joining(", "));
        return CodeBlock.of("$L$N($L);\n", isNested() ? field + "." : "", method, arguments);
    }
}
