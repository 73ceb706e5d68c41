package org.espalier.generator.target.java;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.lang.model.element.Modifier;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.Bytecodes;
import org.espalier.generator.target.java.text.Javadoc;

/**
 * Statements in a row, cut into methods where there are so many that HotSpot would not compile the method any more: it
 * leaves methods of 8,000 bytecodes and more to the interpreter.
 *
 * @param body what the calling method runs
 * @param parts the methods that this calls, if the statements had to be cut
 */
record Sequence(CodeBlock body, List<MethodSpec> parts) {
    /** Statements of one method at most, which is as many as a reader follows. */
    private static final int LONGEST = 150;

    static Sequence of(String method, Names names, List<CodeBlock> lines, ParameterSpec... parameters) {
        List<List<CodeBlock>> pieces = pieces(lines);
        if (pieces.size() <= 1) {
            return new Sequence(CodeBlock.join(lines, ""), List.of());
        }
        String arguments = List.of(parameters).stream().map(ParameterSpec::name).collect(Collectors.joining(", "));
        CodeBlock.Builder body = CodeBlock.builder();
        List<MethodSpec> parts = new ArrayList<>();
        for (List<CodeBlock> piece : pieces) {
            Javadoc javadoc = Javadoc.of("Part " + (parts.size() + 1) + " of " + method + ".");
            List.of(parameters).forEach(parameter -> javadoc.param(parameter.name(), "as there"));
            MethodSpec part = MethodSpec.methodBuilder(method + names.layer("part " + (parts.size() + 1)))
                    .addJavadoc(javadoc.block())
                    .addModifiers(Modifier.PRIVATE)
                    .addParameters(List.of(parameters))
                    .addCode(CodeBlock.join(piece, ""))
                    .build();
            parts.add(part);
            body.addStatement("$N($L)", part, arguments);
        }
        return new Sequence(body.build(), parts);
    }

    private static List<List<CodeBlock>> pieces(List<CodeBlock> lines) {
        return Bytecodes.pieces(lines, line -> Bytecodes.atMost(line.toString())).stream()
                .flatMap(piece -> IntStream.iterate(0, from -> from < piece.size(), from -> from + LONGEST)
                        .mapToObj(from -> piece.subList(from, Math.min(piece.size(), from + LONGEST))))
                .toList();
    }
}
