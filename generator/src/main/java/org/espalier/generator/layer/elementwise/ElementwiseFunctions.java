package org.espalier.generator.layer.elementwise;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Substitution;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.text.FormulaParser;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * Element-wise functions of tensors and numbers, under PyTorch's names, with its derivatives where pieces meet:
 * {@code maximum} shares the gradient of equal elements, {@code clamp} passes it at its bounds.
 */
public final class ElementwiseFunctions {
    private static final String INPUT = "input";
    private static final String OTHER = "other";

    public static final List<Builtin> ALL = List.of(
            ofNumbers("abs"),
            ofNumbers("acos"),
            ofNumbers("asin"),
            ofNumbers("atan"),
            ofNumbers("atanh"),
            ofNumbers("ceil"),
            ofNumbers("cos"),
            ofNumbers("cosh"),
            ofNumbers("erf"),
            ofNumbers("exp"),
            ofNumbers("exp2"),
            ofNumbers("expm1"),
            ofNumbers("floor"),
            ofNumbers("log"),
            ofNumbers("logit"),
            ofNumbers("log1p"),
            ofNumbers("log2"),
            ofNumbers("log10"),
            ofNumbers("neg"),
            ofNumbers("reciprocal"),
            ofNumbers("round"),
            ofNumbers("rsqrt"),
            ofNumbers("sign"),
            ofNumbers("sin"),
            ofNumbers("sinh"),
            ofNumbers("sqrt"),
            ofNumbers("tan"),
            ofNumbers("trunc"),
            ofNumbers("square"),
            ofNumbers("sub"),
            ofNumbers("mul"),
            ofNumbers("div"),
            ofNumbers("maximum"),
            ofNumbers("minimum"),
            ofNumbers("max", "maximum"),
            ofNumbers("min", "minimum"),
            function(
                    Signature.of("pow")
                            .required(INPUT, Type.OPERAND)
                            .required("exponent", Type.OPERAND)
                            .build(),
                    ElementwiseFunctions::power),
            function(
                    Signature.of("clamp")
                            .required(INPUT, Type.TENSOR)
                            .with("min", Type.NUMBER, new Datum.None())
                            .with("max", Type.NUMBER, new Datum.None())
                            .build(),
                    ElementwiseFunctions::clamp),
            function(
                    Signature.of("addcmul")
                            .required(INPUT, Type.TENSOR)
                            .required("tensor1", Type.TENSOR)
                            .required("tensor2", Type.TENSOR)
                            .byName("value", Type.NUMBER, new Datum.Int(1))
                            .build(),
                    (site, arguments) -> apply(
                            site, "addcmul", FormulaParser.parse("input + value * tensor1 * tensor2"), arguments)),
            function(
                    Signature.of("lerp")
                            .required(INPUT, Type.TENSOR)
                            .required("end", Type.TENSOR)
                            .required("weight", Type.OPERAND)
                            .build(),
                    (site, arguments) ->
                            apply(site, "lerp", FormulaParser.parse("input + weight * (end - input)"), arguments)),
            function(
                    Signature.of("where")
                            .required("condition", Type.CONDITION)
                            .required(INPUT, Type.OPERAND)
                            .required(OTHER, Type.OPERAND)
                            .build(),
                    ElementwiseFunctions::where),
            function(
                    Signature.of("masked_fill")
                            .required(INPUT, Type.TENSOR)
                            .required("mask", Type.CONDITION)
                            .required("value", Type.OPERAND)
                            .build(),
                    (site, arguments) -> choose(
                            site, "masked_fill", arguments.get("mask"), arguments.get("value"), arguments.get(INPUT))));

    private ElementwiseFunctions() {}

    private static Builtin ofNumbers(String name) {
        return ofNumbers(name, name);
    }

    /** A function whose arguments are all tensors, or of several also numbers. */
    private static Builtin ofNumbers(String name, String formula) {
        ScalarFormulas.Entry entry = ScalarFormulas.named(formula).orElseThrow();
        Signature.Builder signature = Signature.of(name);
        Type type = entry.parameters().size() == 1 ? Type.TENSOR : Type.OPERAND;
        entry.parameters().forEach(parameter -> signature.required(parameter, type));
        return function(signature.build(), (site, arguments) -> apply(site, name, entry.formula(), arguments));
    }

    private static Builtin function(
            Signature signature, java.util.function.BiFunction<CallSite, Arguments, Datum> body) {
        return new Builtin(Builtin.Kind.TENSOR_FUNCTION, signature, body);
    }

    private static Datum apply(CallSite site, String name, Formula formula, Arguments arguments) {
        Map<String, Datum> operands = new LinkedHashMap<>();
        arguments.names().forEach(parameter -> operands.put(parameter, arguments.get(parameter)));
        return apply(site, name, formula, operands);
    }

    /**
     * A formula of tensors and numbers, by its variables.
     *
     * @param name of the function, by which the result is called where it has no name
     */
    public static Datum apply(CallSite site, String name, Formula formula, Map<String, Datum> operands) {
        Formula of = formula;
        List<String> variables = new ArrayList<>();
        List<Datum> tensors = new ArrayList<>();
        for (Map.Entry<String, Datum> operand : operands.entrySet()) {
            if (operand.getValue() instanceof Datum.Tensor) {
                variables.add(operand.getKey());
                tensors.add(operand.getValue());
            } else {
                Formula number = Algebra.constant(number(operand.getValue()));
                of = Substitution.of(Algebra.variable(operand.getKey()), number, of);
            }
        }
        if (tensors.isEmpty()) {
            return site.report(DiagnosticCode.OPERAND_TYPE
                    .at(site.span(), name, "numbers alone")
                    .withHelp("give it a tensor; numbers are computed with + - * / ** and min, max, exp, log, …"));
        }
        return TensorFunction.apply(site, name, new Broadcasting(new Function(name, variables, of)), tensors);
    }

    /** The value of a number of either kind. */
    public static double number(Datum number) {
        return number instanceof Datum.Int whole ? whole.value() : ((Datum.Real) number).value();
    }

    private static Datum power(CallSite site, Arguments arguments) {
        return power(site, arguments.get(INPUT), arguments.get("exponent"));
    }

    /** A power: of a tensor by a number, or of a positive number by a tensor. */
    public static Datum power(CallSite site, Datum base, Datum exponent) {
        if (!(exponent instanceof Datum.Tensor)) {
            Formula of = Algebra.power(Algebra.variable(INPUT), number(exponent));
            return apply(site, "pow", of, Map.of(INPUT, base));
        }
        if (base instanceof Datum.Tensor || number(base) <= 0) {
            return site.report(DiagnosticCode.OPERAND_TYPE
                    .at(site.span(), "**", base.describe() + " and " + exponent.describe())
                    .withHelp("for positive bases write exp(exponent * log(base))"));
        }
        Formula of = FormulaParser.parse("exp(exponent * logarithm)");
        Datum logarithm = new Datum.Real(Math.log(number(base)));
        return apply(site, "pow", of, Map.of("exponent", exponent, "logarithm", logarithm));
    }

    private static Datum clamp(CallSite site, Arguments arguments) {
        Formula formula = ScalarFormulas.clamp(!arguments.isNone("min"), !arguments.isNone("max"));
        Map<String, Datum> operands = new LinkedHashMap<>();
        for (String name : arguments.names()) {
            if (!arguments.isNone(name)) {
                operands.put(name, arguments.get(name));
            }
        }
        return apply(site, "clamp", formula, operands);
    }

    private static Datum where(CallSite site, Arguments arguments) {
        return choose(site, "where", arguments.get("condition"), arguments.get(INPUT), arguments.get(OTHER));
    }

    private static Datum choose(CallSite site, String word, Datum condition, Datum then, Datum otherwise) {
        Datum.Comparison comparison = (Datum.Comparison) condition;
        Formula formula = new Formula.Choose(comparison.condition(), Algebra.variable(INPUT), Algebra.variable(OTHER));
        Map<String, Datum> operands = new LinkedHashMap<>(comparison.tensors());
        operands.put(INPUT, then);
        operands.put(OTHER, otherwise);
        return apply(site, word, formula, operands);
    }

    /** A comparison of two tensors, or of a tensor and a number. */
    public static Datum.Comparison compare(Condition.Relation relation, Datum left, Datum right) {
        Map<String, Datum.Tensor> tensors = new LinkedHashMap<>();
        Formula a = compared("left", left, tensors);
        Formula b = compared("right", right, tensors);
        return new Datum.Comparison(new Condition.Comparison(relation, a, b), tensors);
    }

    /** 1 where a comparison holds and 0 elsewhere, as a tensor. */
    public static Datum truth(CallSite site, Datum.Comparison comparison) {
        Formula formula = new Formula.Choose(comparison.condition(), Algebra.ONE, Algebra.ZERO);
        return apply(site, "truth", formula, new LinkedHashMap<>(comparison.tensors()));
    }

    /** The comparison that such a tensor was made of. */
    public static Datum.Comparison isTrue(Datum.Tensor truth) {
        return compare(Condition.Relation.LESS, new Datum.Real(0.5), truth);
    }

    private static Formula compared(String name, Datum operand, Map<String, Datum.Tensor> tensors) {
        if (operand instanceof Datum.Tensor tensor) {
            tensors.put(name, tensor);
            return Algebra.variable(name);
        }
        return Algebra.constant(number(operand));
    }
}
