package org.espalier.generator.layer.elementwise;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.ir.text.FormulaParser;

/**
 * Formulas of PyTorch's element-wise functions and activations, by their names, arguments and defaults. Tensors have
 * them element by element, formulas of losses and regularizers as they are. Where pieces meet the derivative is
 * PyTorch's, since the conditions are.
 */
public final class ScalarFormulas {
    private static final Map<String, Entry> ALL = table("""
            abs input: abs(input)
            acos input: 2 * atan(sqrt((1 - input) / (1 + input)))
            asin input: atan(input / sqrt((1 - input) * (1 + input)))
            atan input: atan(input)
            atanh input: (log1p(input) - log1p(-input)) / 2
            ceil input: -floor(-input)
            cos input: cos(input)
            cosh input: (exp(input) + exp(-input)) / 2
            erf input: erf(input)
            exp input: exp(input)
            exp2 input: exp(0.6931471805599453 * input)
            expm1 input: expm1(input)
            floor input: floor(input)
            log input: log(input)
            logit input: log(input / (1 - input))
            log1p input: log1p(input)
            log2 input: log(input) / 0.6931471805599453
            log10 input: log(input) / 2.302585092994046
            neg input: -input
            reciprocal input: 1 / input
            round input: round(input)
            rsqrt input: 1 / sqrt(input)
            sign input: sign(input)
            sin input: sin(input)
            sinh input: (expm1(input) - expm1(-input)) / 2
            sqrt input: sqrt(input)
            square input: input ** 2
            tan input: sin(input) / cos(input)
            tanh input: tanh(input)
            trunc input: if input < 0 then -floor(-input) else floor(input)
            sub input other: input - other
            logsigmoid input: if input < 0 then input - log1p(exp(input)) else -log1p(exp(-input))
            maximum input other: \
            if input < other then other else if other < input then input else (input + other) / 2
            minimum input other: \
            if other < input then other else if input < other then input else (input + other) / 2
            mish input: \
            input * tanh(if input < 0 then log1p(exp(input)) else input + log1p(exp(-input)))
            mul input other: input * other
            sigmoid input: if input < 0 then exp(input) / (1 + exp(input)) else 1 / (1 + exp(-input))
            silu input: input * (if input < 0 then exp(input) / (1 + exp(input)) else 1 / (1 + exp(-input)))
            softplus input beta=1: \
            (if beta * input < 0 then log1p(exp(beta * input)) else beta * input + log1p(exp(-beta * input))) / beta
            div input other: input / other
            lerp input end weight: input + weight * (end - input)
            clamp input min=none max=none: input
            elu input alpha=1: if 0 < input then input else alpha * expm1(input)
            gelu input: input * (1 + erf(input / 1.4142135623730951)) / 2
            hardtanh input min_val=-1 max_val=1: \
            if input <= min_val then min_val else if max_val <= input then max_val else input
            leaky_relu input negative_slope=0.01: if 0 < input then input else negative_slope * input
            relu input: if 0 < input then input else 0
            relu6 input: if input <= 0 then 0 else if 6 <= input then 6 else input
            softsign input: input / (1 + abs(input))
            """);

    private ScalarFormulas() {}

    /**
     * A function.
     *
     * @param signature its arguments, of any kind
     * @param formula of the arguments
     */
    public record Entry(Signature signature, Formula formula) {
        /** Names of its arguments. */
        public List<String> parameters() {
            return signature.formals().stream().map(Signature.Formal::name).toList();
        }
    }

    private static Map<String, Entry> table(String lines) {
        Map<String, Entry> table = new LinkedHashMap<>();
        for (String line : lines.lines().toList()) {
            int colon = line.indexOf(':');
            String[] words = line.substring(0, colon).split(" ", -1);
            Signature.Builder signature = Signature.of(words[0]);
            for (String word : List.of(words).subList(1, words.length)) {
                String[] parts = word.split("=", -1);
                if (parts.length == 1) {
                    signature.required(parts[0], Type.ANY);
                } else {
                    Datum fallback =
                            parts[1].equals("none") ? new Datum.None() : new Datum.Real(Double.parseDouble(parts[1]));
                    signature.with(parts[0], Type.ANY, fallback);
                }
            }
            table.put(
                    words[0],
                    new Entry(
                            signature.build(),
                            FormulaParser.parse(line.substring(colon + 1).strip())));
        }
        return table;
    }

    /** The function of a name. */
    public static Optional<Entry> named(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** A bound, two, or none, of {@code input}. */
    public static Formula clamp(boolean hasLeast, boolean hasMost) {
        String above = hasMost ? "if max < input then max else input" : "input";
        return FormulaParser.parse(hasLeast ? "if input < min then min else " + above : above);
    }

    /** Every name, in alphabetical order. */
    public static List<String> names() {
        return ALL.keySet().stream().sorted().toList();
    }
}
