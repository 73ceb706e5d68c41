package org.espalier.generator.target.java.penalty;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Branchless;
import org.espalier.generator.formula.Degree;
import org.espalier.generator.formula.Derivative;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Substitution;
import org.espalier.generator.formula.pieces.Kink;
import org.espalier.generator.formula.pieces.Kinks;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.Javadoc;

/**
 * Emits the nested class of a penalty on sums over groups. It computes in double precision, whatever the network's is.
 */
final class GroupPenaltyEmitter {
    private static final TypeName SUMS = ArrayTypeName.of(TypeName.DOUBLE);

    private final Graph graph;
    private final Precision precision;
    private final Names names;
    private final TypeName numbers;

    GroupPenaltyEmitter(Graph graph, Names names) {
        this.graph = graph;
        this.precision = graph.precision();
        this.names = names;
        this.numbers = ArrayTypeName.of(precision == Precision.FLOAT64 ? TypeName.DOUBLE : TypeName.FLOAT);
    }

    // Example:
    //
    // private static final class Smooth extends GroupPenalty {
    //     Smooth(double lambda) {
    //         super("smooth", lambda, 0, 1);
    //     }
    //     …
    // }
    //
    TypeSpec penalty(RegularizerTerm.UserDefinedOnGroups term) {
        RegularizerTerm.Definition definition = term.definition();
        String axis = term.axis().isPresent() ? Integer.toString(term.axis().getAsInt()) : "WHOLE";
        TypeSpec.Builder type = PenaltyEmitter.begin(graph, names.penalty(definition), RuntimeTypes.GROUP_PENALTY)
                .addJavadoc(documentation(term).block())
                .addMethod(PenaltyEmitter.constructor(
                        graph,
                        definition,
                        CodeBlock.of(", $L, $L", axis, term.sums().size())))
                .addMethod(addSums(term))
                .addMethod(value(term))
                .addMethod(slopes(term))
                .addMethod(addGradient(term));
        if (isNorm(term)) {
            type.addMethod(overriding("isNorm")
                    .returns(TypeName.BOOLEAN)
                    .addStatement("return true")
                    .build());
        }
        return type.build();
    }

    /** Tells whether the penalty of c · w is c times that of w. */
    private static boolean isNorm(RegularizerTerm.UserDefinedOnGroups term) {
        Map<String, Double> degrees = new HashMap<>();
        for (RegularizerTerm.GroupSum sum : term.sums()) {
            OptionalDouble degree =
                    Degree.of(sum.value(), Map.of(term.definition().variable(), 1.0));
            if (degree.isEmpty()) {
                return false;
            }
            degrees.put(sum.name(), degree.getAsDouble());
        }
        OptionalDouble degree = Degree.of(term.value(), degrees);
        return degree.isPresent() && Math.abs(degree.getAsDouble() - 1) < 1e-9;
    }

    private static Javadoc documentation(RegularizerTerm.UserDefinedOnGroups term) {
        String groups = term.axis().isPresent()
                ? "A group is what belongs to one index of axis " + term.axis().getAsInt()
                : "All weights are one group";
        Javadoc javadoc = PenaltyEmitter.declaration(term.definition())
                .text(groups + ". Of the weights ")
                .code(term.definition().variable())
                .text(" of a group, ");
        String before = "";
        for (RegularizerTerm.GroupSum sum : term.sums()) {
            javadoc.text(before).code(sum.name()).text(" is the sum of ");
            PenaltyEmitter.formula(javadoc, sum.value()).text(", with derivative ");
            PenaltyEmitter.formula(javadoc, derivative(sum))
                    .text("; " + PenaltyEmitter.kinks(term.definition(), sum.slope()));
            before = ". ";
        }
        return javadoc.text("." + ofAll(term));
    }

    /** Explains the slopes by the sums, seen on a group of one weight. */
    private static String ofAll(RegularizerTerm.UserDefinedOnGroups term) {
        String variable = term.definition().variable();
        Map<String, Double> atZero = new HashMap<>();
        Formula alone = term.value();
        for (RegularizerTerm.GroupSum sum : term.sums()) {
            atZero.put(sum.name(), Evaluation.at(sum.value(), variable, 0));
            alone = Substitution.of(Algebra.variable(sum.name()), sum.value(), alone);
        }
        for (RegularizerTerm.GroupSum sum : term.sums()) {
            if (!Double.isFinite(Evaluation.at(Derivative.of(term.value(), sum.name()), atZero))) {
                return " Where the slope by a sum is infinite, those by the weights are 0, and so is the subgradient"
                        + " of least norm.";
            }
        }
        Set<Double> known = term.sums().stream()
                .flatMap(sum -> sum.slope().kinks().stream())
                .map(Kink::at)
                .collect(Collectors.toSet());
        List<Kink> others = Kinks.of(alone, variable).kinks().map(Kinks::kinks).orElse(List.of()).stream()
                .filter(kink -> !known.contains(kink.at()))
                .toList();
        return others.isEmpty()
                ? ""
                : " A group of one weight has further kinks, and there the subgradient of least magnitude: "
                        + PenaltyEmitter.list(variable, others) + ".";
    }

    private static Formula derivative(RegularizerTerm.GroupSum sum) {
        return Branchless.of(sum.slope().derivative());
    }

    private static MethodSpec.Builder overriding(String name) {
        return MethodSpec.methodBuilder(name)
                .addAnnotation(RuntimeTypes.OVERRIDE)
                .addModifiers(Modifier.PROTECTED);
    }

    // Example:
    //
    // protected void addSums(float[] w, int from, int to, double[] sums) {
    //     double sum = 0;
    //     for (int i = from; i < to; i++) {
    //         double x = w[i];
    //         sum += x * x;
    //     }
    //     sums[0] += sum;
    // }
    //
    private MethodSpec addSums(RegularizerTerm.UserDefinedOnGroups term) {
        JavaFormula java =
                new JavaFormula(Precision.FLOAT64, Map.of(term.definition().variable(), "x"));
        List<Formula> values =
                term.sums().stream().map(sum -> Branchless.of(sum.value())).toList();
        Locals locals = new Locals(java, "double", taken(term, "w", "from", "to", "sums", "i", "x"));
        CodeBlock.Builder body = CodeBlock.builder();
        term.sums().forEach(sum -> body.addStatement("double $L = 0", sum.name()));
        body.beginControlFlow("for (int i = from; i < to; i++)").addStatement("double x = w[i]");
        locals.declare(values).forEach(line -> body.addStatement(JavaFormula.code(line)));
        for (int j = 0; j < values.size(); j++) {
            body.addStatement(JavaFormula.code(term.sums().get(j).name() + " += " + java.of(values.get(j))));
        }
        body.endControlFlow();
        for (int j = 0; j < values.size(); j++) {
            body.addStatement("sums[$L] += $L", j, term.sums().get(j).name());
        }
        return overriding("addSums")
                .addParameter(numbers, "w")
                .addParameter(TypeName.INT, "from")
                .addParameter(TypeName.INT, "to")
                .addParameter(SUMS, "sums")
                .addCode(body.build())
                .build();
    }

    private static List<String> taken(RegularizerTerm.UserDefinedOnGroups term, String... names) {
        List<String> taken = new ArrayList<>(List.of(names));
        term.sums().forEach(sum -> taken.add(sum.name()));
        return taken;
    }

    private static JavaFormula ofSums(RegularizerTerm.UserDefinedOnGroups term) {
        Map<String, String> variables = new HashMap<>();
        for (int j = 0; j < term.sums().size(); j++) {
            variables.put(term.sums().get(j).name(), "sums[" + j + "]");
        }
        return new JavaFormula(Precision.FLOAT64, variables);
    }

    // Example:
    //
    // protected double value(double[] sums) {
    //     return Math.sqrt(sums[0] + 1e-8);
    // }
    //
    private static MethodSpec value(RegularizerTerm.UserDefinedOnGroups term) {
        JavaFormula java = ofSums(term);
        Formula value = Branchless.of(term.value());
        MethodSpec.Builder method = overriding("value").returns(TypeName.DOUBLE).addParameter(SUMS, "sums");
        new Locals(java, "double", taken(term, "sums"))
                .declare(List.of(value))
                .forEach(line -> method.addStatement(JavaFormula.code(line)));
        return method.addStatement(JavaFormula.code("return " + java.of(value))).build();
    }

    // Example:
    //
    // protected void slopes(double[] sums, double[] slopes) {
    //     slopes[0] = 0.5 / Math.sqrt(sums[0] + 1e-8);
    // }
    //
    private static MethodSpec slopes(RegularizerTerm.UserDefinedOnGroups term) {
        JavaFormula java = ofSums(term);
        List<Formula> slopes =
                term.sums().stream().map(sum -> Branchless.of(sum.factor())).toList();
        MethodSpec.Builder method =
                overriding("slopes").addParameter(SUMS, "sums").addParameter(SUMS, "slopes");
        new Locals(java, "double", taken(term, "sums", "slopes"))
                .declare(slopes)
                .forEach(line -> method.addStatement(JavaFormula.code(line)));
        for (int j = 0; j < slopes.size(); j++) {
            method.addStatement(JavaFormula.code("slopes[" + j + "] = " + java.of(slopes.get(j))));
        }
        return method.build();
    }

    // Example:
    //
    // protected void addGradient(float[] w, float[] g, int from, int to, double[] factors) {
    //     double factor = factors[0];
    //     for (int i = from; i < to; i++) {
    //         double x = w[i];
    //         g[i] += (float) (2 * factor * x);
    //     }
    // }
    //
    // In double precision, since a factor may be beyond floats though its product with a weight is not: 1 / (2 ‖w‖).
    private MethodSpec addGradient(RegularizerTerm.UserDefinedOnGroups term) {
        boolean single = precision == Precision.FLOAT32;
        Map<String, String> variables = new HashMap<>();
        variables.put(term.definition().variable(), single ? "x" : "w[i]");
        List<String> taken = taken(term, "w", "g", "from", "to", "i", "x", "factors");
        MethodSpec.Builder method = overriding("addGradient")
                .addParameter(numbers, "w")
                .addParameter(numbers, "g")
                .addParameter(TypeName.INT, "from")
                .addParameter(TypeName.INT, "to")
                .addParameter(SUMS, "factors");
        Formula gradient = Algebra.ZERO;
        for (int j = 0; j < term.sums().size(); j++) {
            String factor = j == 0 ? "factor" : "factor" + (j + 1);
            variables.put("factor " + j, factor);
            taken.add(factor);
            method.addStatement("double $L = factors[$L]", factor, j);
            gradient = Algebra.add(
                    gradient,
                    Algebra.multiply(
                            Algebra.variable("factor " + j),
                            derivative(term.sums().get(j))));
        }
        JavaFormula java = new JavaFormula(Precision.FLOAT64, variables);
        method.beginControlFlow("for (int i = from; i < to; i++)");
        if (single) {
            method.addStatement("double x = w[i]");
        }
        new Locals(java, "double", taken)
                .declare(List.of(gradient))
                .forEach(line -> method.addStatement(JavaFormula.code(line)));
        String gradientOfElement = java.of(gradient);
        return method.addStatement(JavaFormula.code(
                        single ? "g[i] += (float) (" + gradientOfElement + ")" : "g[i] += " + gradientOfElement))
                .endControlFlow()
                .build();
    }
}
