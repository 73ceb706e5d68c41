package org.espalier.generator.target.java;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.Javadoc;

/**
 * Statements in a row, cut into methods where there are so many that HotSpot would not compile the method any more: it
 * leaves methods of 8,000 bytecodes and more to the interpreter.
 *
 * @param body what the calling method runs
 * @param parts the methods that this calls, if the statements had to be cut
 */
record Sequence(CodeBlock body, List<MethodSpec> parts) {
    /** Statements of one method; none that is cut has more than 40 bytecodes. */
    private static final int LONGEST = 150;

    static Sequence of(String method, Names names, List<CodeBlock> lines, ParameterSpec... parameters) {
        return of(method, names, LONGEST, lines, parameters);
    }

    /** The same with another length of methods. */
    static Sequence of(String method, Names names, int longest, List<CodeBlock> lines, ParameterSpec... parameters) {
        if (lines.size() <= longest) {
            return new Sequence(CodeBlock.join(lines, ""), List.of());
        }
        String arguments = List.of(parameters).stream().map(ParameterSpec::name).collect(Collectors.joining(", "));
        CodeBlock.Builder body = CodeBlock.builder();
        List<MethodSpec> parts = new ArrayList<>();
        for (int from = 0; from < lines.size(); from += longest) {
            Javadoc javadoc = Javadoc.of("Part " + (parts.size() + 1) + " of " + method + ".");
            List.of(parameters).forEach(parameter -> javadoc.param(parameter.name(), "as there"));
            MethodSpec part = MethodSpec.methodBuilder(method + names.layer("part " + (parts.size() + 1)))
                    .addJavadoc(javadoc.block())
                    .addModifiers(Modifier.PRIVATE)
                    .addParameters(List.of(parameters))
                    .addCode(CodeBlock.join(lines.subList(from, Math.min(lines.size(), from + longest)), ""))
                    .build();
            parts.add(part);
            body.addStatement("$N($L)", part, arguments);
        }
        return new Sequence(body.build(), parts);
    }
}
