package org.espalier.generator.target.java.penalty;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.formula.Branchless;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.pieces.Kink;
import org.espalier.generator.formula.pieces.Kinks;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.text.FormulaText;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.target.java.names.Marks;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Javadoc;

/** Emits a nested class for each penalty that the {@code .net} defines, with its loop over weights. */
public final class PenaltyEmitter {
    private static final String WEIGHT = "w[i]";

    /** Maximum number of parts, written out, of a formula that is told in a comment. */
    private static final int LONGEST = 200;

    /** Maximum number of kinks that are told in a comment. */
    private static final int MOST_KINKS = 20;

    private final Graph graph;
    private final Names names;
    private final TypeName number;
    private final TypeName numbers;

    public PenaltyEmitter(Graph graph, Names names) {
        this.graph = graph;
        this.names = names;
        this.number = graph.precision() == Precision.FLOAT64 ? TypeName.DOUBLE : TypeName.FLOAT;
        this.numbers = com.palantir.javapoet.ArrayTypeName.of(number);
    }

    /** The classes, in the order in which their penalties are first used. */
    public List<TypeSpec> classes() {
        Map<RegularizerTerm.Definition, TypeSpec> classes = new LinkedHashMap<>();
        for (RegularizerTerm term : (Iterable<RegularizerTerm>) UserDefinedTerms.of(graph)::iterator) {
            if (term instanceof RegularizerTerm.UserDefined defined) {
                classes.computeIfAbsent(defined.definition(), definition -> onWeights(defined));
            } else if (term instanceof RegularizerTerm.UserDefinedOnGroups defined) {
                classes.computeIfAbsent(
                        defined.definition(), definition -> new GroupPenaltyEmitter(graph, names).penalty(defined));
            }
        }
        return List.copyOf(classes.values());
    }

    // Example:
    //
    // private static final class Huber extends Penalty {
    //     /**
    //      * Penalty {@code huber}.
    //      *
    //      * @param lambda its strength
    //      */
    //     Huber(double lambda) {
    //         super("huber", lambda);
    //     }
    //
    //     @Override
    //     protected void accumulate(float[] w, float[] g, float[] sum, int n) {
    //         float lambda = (float) lambda();
    //         for (int i = 0; i < n; i++) {
    //             g[i] += lambda * Math.max(-0.1f, Math.min(0.1f, w[i]));
    //             sum[i] += …;
    //         }
    //     }
    // }
    //
    private TypeSpec onWeights(RegularizerTerm.UserDefined term) {
        RegularizerTerm.Definition definition = term.definition();
        Formula slope = Branchless.of(term.slope().derivative());
        return begin(graph, names.penalty(definition), RuntimeTypes.PENALTY)
                .addJavadoc(formula(declaration(definition).text("Its derivative is "), slope)
                        .text("; " + kinks(definition, term.slope()) + ".")
                        .block())
                .addMethod(constructor(graph, definition, CodeBlock.of("")))
                .addMethod(MethodSpec.methodBuilder("accumulate")
                        .addAnnotation(RuntimeTypes.OVERRIDE)
                        .addModifiers(Modifier.PROTECTED)
                        .addParameters(arrays("w", "g", "sum"))
                        .addParameter(TypeName.INT, "n")
                        .addStatement(
                                graph.precision() == Precision.FLOAT64
                                        ? "double lambda = lambda()"
                                        : "float lambda = (float) lambda()")
                        .addCode(loop(definition.variable(), Branchless.of(term.value()), slope))
                        .build())
                .build();
    }

    static TypeSpec.Builder begin(Graph graph, String name, TypeName superclass) {
        return TypeSpec.classBuilder(name)
                .addAnnotation(Marks.classFile(graph))
                .addModifiers(Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .superclass(superclass);
    }

    /** {@code huber(d) = w -> …, here huber(0.1) (robust.net:3).} */
    static Javadoc declaration(RegularizerTerm.Definition definition) {
        Javadoc javadoc = new Javadoc().code(definition.span().quotation().replaceFirst("^regularizer ", ""));
        if (!definition.call().equals(definition.word())) {
            javadoc.text(", here ").code(SourceSpan.shortened(definition.call()));
        }
        return javadoc.text(" (" + definition.span().citation() + ").").paragraph();
    }

    /** Goes on with a formula, or of one that nobody would read, with its size. */
    static Javadoc formula(Javadoc javadoc, Formula formula) {
        return formula.size() <= LONGEST
                ? javadoc.code(FormulaText.inProse(formula))
                : javadoc.text("a formula of " + String.format(Locale.ROOT, "%,d", formula.size())
                        + " parts, written out below");
    }

    /** Explains its kinks. */
    static String kinks(RegularizerTerm.Definition definition, Kinks slope) {
        if (slope.kinks().isEmpty()) {
            return "there are no kinks";
        }
        return "at a kink it is the subgradient of least magnitude: " + list(definition.variable(), slope.kinks());
    }

    /** {@code 0 at w = 0 (slopes -1 and 1), …}. */
    static String list(String variable, List<Kink> kinks) {
        int more = kinks.size() - MOST_KINKS;
        return kinks.stream()
                .limit(MOST_KINKS)
                .map(kink -> kink(variable, kink))
                .collect(Collectors.joining(", ", "", more > 0 ? " and " + more + " more" : ""));
    }

    private static String kink(String variable, Kink kink) {
        return Decimal.inProse(kink.subgradient()) + " at " + variable + " = " + Decimal.inProse(kink.at())
                + " (slopes " + Decimal.inProse(kink.below()) + " and " + Decimal.inProse(kink.above()) + ")";
    }

    static MethodSpec constructor(Graph graph, RegularizerTerm.Definition definition, CodeBlock further) {
        return MethodSpec.constructorBuilder()
                .addJavadoc(Javadoc.of("The penalty ")
                        .code(definition.word())
                        .text(".")
                        .param("lambda", "its strength")
                        .block())
                .addParameter(TypeName.DOUBLE, "lambda")
                .addStatement("super($L, lambda$L)", JavaText.literal(entry(graph, definition)), further)
                .build();
    }

    /** Returns its name in the ledger: the regularizer's name, or if a sum has it twice, that and its arguments. */
    private static String entry(Graph graph, RegularizerTerm.Definition definition) {
        boolean twice = graph.updateGroups().stream()
                .anyMatch(group -> group.terms().stream()
                                .filter(term -> term.word().equals(definition.word()))
                                .count()
                        > 1);
        return twice ? SourceSpan.shortened(definition.call()) : definition.word();
    }

    private List<ParameterSpec> arrays(String... arrays) {
        List<ParameterSpec> parameters = new ArrayList<>();
        for (String array : arrays) {
            parameters.add(ParameterSpec.builder(numbers, array).build());
        }
        return parameters;
    }

    private CodeBlock loop(String variable, Formula value, Formula slope) {
        JavaFormula java = new JavaFormula(graph.precision(), Map.of(variable, WEIGHT));
        Locals locals = new Locals(java, number.toString(), List.of("w", "g", "sum", "n", "i", "lambda"));
        CodeBlock.Builder body = CodeBlock.builder();
        locals.declare(List.of(slope, value)).forEach(line -> body.addStatement(JavaFormula.code(line)));
        boolean one = slope instanceof Formula.Constant constant && constant.value() == 1;
        body.addStatement(JavaFormula.code("g[i] += lambda" + (one ? "" : " * " + java.factor(slope))));
        body.addStatement(JavaFormula.code("sum[i] += " + java.of(value)));
        return CodeBlock.builder()
                .beginControlFlow("for (int i = 0; i < n; i++)")
                .add(body.build())
                .endControlFlow()
                .build();
    }
}
