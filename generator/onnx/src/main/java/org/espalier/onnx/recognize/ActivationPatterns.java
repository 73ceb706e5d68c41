package org.espalier.onnx.recognize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.step.Setting;
import org.espalier.onnx.step.Step;
import org.espalier.onnx.step.StepArgument;
import org.espalier.onnx.step.StepOperand;
import org.jspecify.annotations.Nullable;

/** Recognizes activations that exporters write as formulas. */
final class ActivationPatterns {
    private static final double ROOT_HALF = Math.sqrt(0.5);

    private ActivationPatterns() {}

    /** A product taken apart: its factors that are no numbers, and the product of its numbers. */
    private static final class Factors {
        private final List<StepOperand> operands = new ArrayList<>();
        private final List<Step> parts = new ArrayList<>();
        private double number = 1;

        private void add(StepSearch steps, StepOperand operand, boolean inner) {
            Double literal = StepSearch.number(operand);
            Step product = inner ? steps.only(operand, "*") : steps.any(operand, "*");
            Step quotient = steps.only(operand, "/");
            if (literal != null) {
                number *= literal;
            } else if (product != null && product.operands().size() == 2) {
                parts.add(product);
                product.operands().forEach(factor -> add(steps, factor, true));
            } else if (quotient != null && quotient.operands().get(1) instanceof StepOperand.Literal divisor) {
                parts.add(quotient);
                number /= divisor.number();
                add(steps, quotient.operands().get(0), true);
            } else {
                operands.add(operand);
            }
        }
    }

    static boolean product(StepSearch steps, Step last) {
        return last.is("*") && last.operands().size() == 2 && recognized(steps, last);
    }

    static boolean quotient(StepSearch steps, Step last) {
        return last.is("/") && StepSearch.number(last.operands().get(1)) != null && recognized(steps, last);
    }

    private static boolean recognized(StepSearch steps, Step last) {
        Factors factors = new Factors();
        factors.add(steps, last.operands().get(0), true);
        if (last.is("*")) {
            factors.add(steps, last.operands().get(1), true);
        } else if (last.operands().get(1) instanceof StepOperand.Literal divisor) {
            factors.number /= divisor.number();
        }
        if (factors.operands.size() != 2) {
            return false;
        }
        for (int side = 0; side < 2; side++) {
            StepOperand x = factors.operands.get(side);
            StepOperand gate = factors.operands.get(1 - side);
            Step made = activation(steps, x, gate, factors.number, last);
            if (made != null) {
                Step gateStep = steps.maker(gate);
                List<Step> parts = new ArrayList<>(factors.parts);
                if (gateStep != null) {
                    parts.add(gateStep);
                }
                steps.replace(last, List.of(made), parts);
                return true;
            }
        }
        return false;
    }

    /** softplus with the threshold that PyTorch has: {@code where(x > 20, x, softplus(x))}. */
    static boolean softplus(StepSearch steps, Step last) {
        if (!last.is("where") || last.operands().size() != 3) {
            return false;
        }
        StepOperand x = last.operands().get(1);
        Step above = steps.only(last.operands().get(0), ">");
        Step softplus = steps.only(last.operands().get(2), "Softplus");
        if (above == null
                || softplus == null
                || !softplus.operands().equals(List.of(x))
                || !above.operands().get(0).equals(x)
                || !StepSearch.is(above.operands().get(1), 20)) {
            return false;
        }
        steps.replace(
                last, List.of(StepSearch.layer("Softplus", List.of(), Map.of(), x, last)), List.of(above, softplus));
        return true;
    }

    private static boolean near(double found, double wanted) {
        return Math.abs(found - wanted) < 1e-4 * Math.abs(wanted);
    }

    private static @Nullable Step activation(
            StepSearch steps, StepOperand x, StepOperand gate, double number, Step like) {
        if (near(number, 1)) {
            String layer = applied(steps, gate, "Sigmoid", x)
                    ? "SiLU"
                    : applied(steps, gate, "Hardsigmoid", x) ? "Hardswish" : "";
            Step tanh = steps.only(gate, "Tanh");
            if (tanh != null && applied(steps, tanh.operands().get(0), "Softplus", x)) {
                layer = "Mish";
            }
            return layer.isEmpty() ? null : StepSearch.layer(layer, List.of(), Map.of(), x, like);
        }
        if (near(number, 0.5)) {
            Step sum = steps.only(gate, "+");
            StepOperand inner = sum == null ? null : StepSearch.besides(sum, 1);
            if (inner != null && isErf(steps, inner, x)) {
                return StepSearch.layer("GELU", List.of(), Map.of(), x, like);
            }
            if (inner != null && isTanh(steps, inner, x)) {
                return StepSearch.layer(
                        "GELU", List.of(StepArgument.named("approximate", Setting.of("'tanh'"))), Map.of(), x, like);
            }
        }
        if (near(number, 1.0 / 6)) {
            Step clamp = steps.only(gate, "ReLU6");
            Step sum = clamp == null ? null : steps.only(clamp.operands().get(0), "+");
            if (sum != null && x.equals(StepSearch.besides(sum, 3))) {
                return StepSearch.layer("Hardswish", List.of(), Map.of(), x, like);
            }
        }
        return null;
    }

    private static boolean applied(StepSearch steps, StepOperand gate, String layer, StepOperand x) {
        Step step = steps.only(gate, layer);
        return step != null && step.operands().get(0).equals(x);
    }

    private static boolean isErf(StepSearch steps, StepOperand operand, StepOperand x) {
        Step erf = steps.only(operand, "erf");
        return erf != null && isMultiple(steps, erf.operands().get(0), x, ROOT_HALF);
    }

    private static boolean isMultiple(StepSearch steps, StepOperand operand, StepOperand x, double factor) {
        Factors factors = new Factors();
        factors.add(steps, operand, false);
        return factors.operands.size() == 1 && factors.operands.get(0).equals(x) && near(factors.number, factor);
    }

    /** tanh(√(2/π) (x + 0.044715 x³)). */
    private static boolean isTanh(StepSearch steps, StepOperand operand, StepOperand x) {
        Step tanh = steps.only(operand, "Tanh");
        if (tanh == null) {
            return false;
        }
        Factors outer = new Factors();
        outer.add(steps, tanh.operands().get(0), true);
        if (outer.operands.size() != 1 || !near(outer.number, Math.sqrt(2 / Math.PI))) {
            return false;
        }
        Step sum = steps.only(outer.operands.get(0), "+");
        if (sum == null || !sum.operands().contains(x)) {
            return false;
        }
        Factors cubic = new Factors();
        cubic.add(steps, sum.operands().get(sum.operands().get(0).equals(x) ? 1 : 0), true);
        if (!near(cubic.number, 0.044715)) {
            return false;
        }
        int degree = 0;
        for (StepOperand factor : cubic.operands) {
            Step power = steps.only(factor, "**");
            if (factor.equals(x)) {
                degree++;
            } else if (power != null
                    && power.operands().get(0).equals(x)
                    && power.operands().get(1) instanceof StepOperand.Literal exponent) {
                degree += (int) Math.round(exponent.number());
            } else {
                return false;
            }
        }
        return degree == 3;
    }
}
