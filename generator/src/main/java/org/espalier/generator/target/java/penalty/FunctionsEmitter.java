package org.espalier.generator.target.java.penalty;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.Modifier;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Branchless;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Subformulas;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.text.FormulaText;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.UniqueNames;

/** Emits the nested class with the loops of the formulas that layers and losses apply to each element. */
public final class FunctionsEmitter {
    private final Graph graph;
    private final Names names;
    private final List<AnnotationSpec> marks;

    /**
     * Emits the formulas that names were asked for.
     *
     * @param marks annotations of the class
     */
    public FunctionsEmitter(Graph graph, Names names, List<AnnotationSpec> marks) {
        this.graph = graph;
        this.names = names;
        this.marks = List.copyOf(marks);
    }

    /** The class, if any formula was asked for. */
    public Optional<TypeSpec> type() {
        Map<Argument.Function, String> functions = names.functions();
        if (functions.isEmpty() && names.ofPlaces().isEmpty()) {
            return Optional.empty();
        }
        TypeSpec.Builder type = TypeSpec.classBuilder(names.functionsClass())
                .addJavadoc(Javadoc.of("Computes formulas element by element.").block())
                .addAnnotations(marks)
                .addModifiers(Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .addMethod(MethodSpec.constructorBuilder()
                        .addJavadoc(Javadoc.of("There are no objects of it.").block())
                        .addModifiers(Modifier.PRIVATE)
                        .build());
        functions.forEach((function, name) -> type.addMethod(loop(function, name, graph.precision())));
        names.ofPlaces().forEach((function, name) -> type.addMethod(loop(function, name, Precision.FLOAT64)));
        return Optional.of(type.build());
    }

    /** The methods of the runtime that the loops call. */
    public Set<String> helpers() {
        Set<String> helpers = new HashSet<>(names.helpers());
        Set<Argument.Function> functions = new HashSet<>(names.functions().keySet());
        functions.addAll(names.ofPlaces().keySet());
        for (Argument.Function function : functions) {
            for (Formula part : Subformulas.of(Branchless.of(function.value()))) {
                if (part instanceof Formula.Apply apply && apply.function() == Formula.Function.SIGN) {
                    helpers.add("sign");
                }
                if (part instanceof Formula.Apply apply && apply.function() == Formula.Function.ERF) {
                    helpers.add("erf");
                }
                if (part instanceof Formula.Apply apply && apply.function() == Formula.Function.STEP) {
                    helpers.add("step");
                }
            }
        }
        return helpers;
    }

    private static String operands(Argument.Function function) {
        return function.variables().isEmpty() ? "none" : String.join(", ", function.variables());
    }

    // Example:
    //
    // /**
    //  * y = if 0 &lt; x then x else weight * x.
    //  *
    //  * @param operands x and weight
    //  * @param y the results
    //  * @param n their number
    //  */
    // static void prelu(float[][] operands, float[] y, int n) {
    //     float[] x = operands[0];
    //     float[] weight = operands[1];
    //     for (int i = 0; i < n; i++) {
    //         y[i] = 0 < x[i] ? x[i] : weight[i] * x[i];
    //     }
    // }
    //
    private MethodSpec loop(Argument.Function function, String name, Precision precision) {
        TypeName number = precision == Precision.FLOAT64 ? TypeName.DOUBLE : TypeName.FLOAT;
        TypeName numbers = ArrayTypeName.of(number);
        MethodSpec.Builder method = MethodSpec.methodBuilder(name)
                .addJavadoc(Javadoc.of("y = " + FormulaText.inProse(function.value()) + ".")
                        .param("operands", operands(function))
                        .param("y", "the results")
                        .param("n", "how many there are")
                        .block())
                .addModifiers(Modifier.STATIC)
                .addParameter(ArrayTypeName.of(numbers), "operands")
                .addParameter(numbers, "y")
                .addParameter(TypeName.INT, "n");
        UniqueNames locals = Names.ofLoop();
        List<String> taken = new ArrayList<>(List.of("operands", "y", "n", "i"));
        taken.forEach(locals::reserve);
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < function.variables().size(); i++) {
            if (!Algebra.mentions(function.value(), function.variables().get(i))) {
                continue;
            }
            String local = locals.give(function.variables().get(i));
            taken.add(local);
            variables.put(function.variables().get(i), local + "[i]");
            method.addStatement("$T $L = operands[$L]", numbers, local, i);
        }
        JavaFormula java = new JavaFormula(precision, variables);
        Locals parts = new Locals(java, number.toString(), taken);
        Formula value = Branchless.of(function.value());
        CodeBlock.Builder body = CodeBlock.builder();
        parts.declare(List.of(value)).forEach(line -> body.addStatement(JavaFormula.code(line)));
        body.addStatement(JavaFormula.code("y[i] = " + java.of(value)));
        return method.beginControlFlow("for (int i = 0; i < n; i++)")
                .addCode(body.build())
                .endControlFlow()
                .build();
    }
}
