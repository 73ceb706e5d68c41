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
            unary("abs", "abs(input)"),
            unary("acos", "2 * atan(sqrt((1 - input) / (1 + input)))"),
            unary("asin", "atan(input / sqrt((1 - input) * (1 + input)))"),
            unary("atan", "atan(input)"),
            unary("atanh", "(log1p(input) - log1p(-input)) / 2"),
            unary("ceil", "-floor(-input)"),
            unary("cos", "cos(input)"),
            unary("cosh", "(exp(input) + exp(-input)) / 2"),
            unary("erf", "erf(input)"),
            unary("exp", "exp(input)"),
            unary("exp2", "exp(0.6931471805599453 * input)"),
            unary("expm1", "expm1(input)"),
            unary("floor", "floor(input)"),
            unary("log", "log(input)"),
            unary("logit", "log(input / (1 - input))"),
            unary("log1p", "log1p(input)"),
            unary("log2", "log(input) / 0.6931471805599453"),
            unary("log10", "log(input) / 2.302585092994046"),
            unary("neg", "-input"),
            unary("reciprocal", "1 / input"),
            unary("round", "round(input)"),
            unary("rsqrt", "1 / sqrt(input)"),
            unary("sign", "sign(input)"),
            unary("sin", "sin(input)"),
            unary("sinh", "(expm1(input) - expm1(-input)) / 2"),
            unary("sqrt", "sqrt(input)"),
            unary("tan", "sin(input) / cos(input)"),
            unary("trunc", "if input < 0 then -floor(-input) else floor(input)"),
            unary("square", "input ** 2"),
            binary("sub", "input - other"),
            binary("mul", "input * other"),
            binary("div", "input / other"),
            binary("maximum", extreme("input < other", "other < input")),
            binary("minimum", extreme("other < input", "input < other")),
            binary("max", extreme("input < other", "other < input")),
            binary("min", extreme("other < input", "input < other")),
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
                    (site, arguments) -> apply(site, "addcmul", "input + value * tensor1 * tensor2", arguments)),
            function(
                    Signature.of("lerp")
                            .required(INPUT, Type.TENSOR)
                            .required("end", Type.TENSOR)
                            .required("weight", Type.OPERAND)
                            .build(),
                    (site, arguments) -> apply(site, "lerp", "input + weight * (end - input)", arguments)),
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

    private static String extreme(String isOther, String isInput) {
        return "if " + isOther + " then other else if " + isInput + " then input else (input + other) / 2";
    }

    private static Builtin unary(String name, String formula) {
        return function(
                Signature.of(name).required(INPUT, Type.TENSOR).build(),
                (site, arguments) -> apply(site, name, formula, arguments));
    }

    private static Builtin binary(String name, String formula) {
        return function(
                Signature.of(name)
                        .required(INPUT, Type.OPERAND)
                        .required(OTHER, Type.OPERAND)
                        .build(),
                (site, arguments) -> apply(site, name, formula, arguments));
    }

    private static Builtin function(
            Signature signature, java.util.function.BiFunction<CallSite, Arguments, Datum> body) {
        return new Builtin(Builtin.Kind.TENSOR_FUNCTION, signature, body);
    }

    private static Datum apply(CallSite site, String name, String formula, Arguments arguments) {
        Map<String, Datum> operands = new LinkedHashMap<>();
        arguments.names().forEach(parameter -> operands.put(parameter, arguments.get(parameter)));
        return apply(site, name, FormulaParser.parse(formula), operands);
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
        String above = arguments.isNone("max") ? "input" : "if max < input then max else input";
        String text = arguments.isNone("min") ? above : "if input < min then min else " + above;
        Map<String, Datum> operands = new LinkedHashMap<>();
        for (String name : arguments.names()) {
            if (!arguments.isNone(name)) {
                operands.put(name, arguments.get(name));
            }
        }
        return apply(site, "clamp", FormulaParser.parse(text), operands);
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
