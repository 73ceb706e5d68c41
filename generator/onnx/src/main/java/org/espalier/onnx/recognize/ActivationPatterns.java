package org.espalier.onnx.recognize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Setting;
import org.jspecify.annotations.Nullable;

/** Recognizes activations that exporters write as formulas. */
final class ActivationPatterns {
    private static final double ROOT_HALF = Math.sqrt(0.5);

    private ActivationPatterns() {}

    /** A product taken apart: its factors that are no numbers, and the product of its numbers. */
    private static final class Factors {
        private final List<OpOperand> operands = new ArrayList<>();
        private final List<ImportedOp> parts = new ArrayList<>();
        private double number = 1;

        private void add(OpSearch operations, OpOperand operand, boolean inner) {
            Double literal = OpSearch.number(operand);
            ImportedOp product = inner ? operations.only(operand, "*") : operations.any(operand, "*");
            ImportedOp quotient = operations.only(operand, "/");
            if (literal != null) {
                number *= literal;
            } else if (product != null && product.operands().size() == 2) {
                parts.add(product);
                product.operands().forEach(factor -> add(operations, factor, true));
            } else if (quotient != null && quotient.operands().get(1) instanceof OpOperand.Literal divisor) {
                parts.add(quotient);
                number /= divisor.number();
                add(operations, quotient.operands().get(0), true);
            } else {
                operands.add(operand);
            }
        }
    }

    static boolean product(OpSearch operations, ImportedOp last) {
        return last.is("*") && last.operands().size() == 2 && recognized(operations, last);
    }

    static boolean quotient(OpSearch operations, ImportedOp last) {
        return last.is("/") && OpSearch.number(last.operands().get(1)) != null && recognized(operations, last);
    }

    private static boolean recognized(OpSearch operations, ImportedOp last) {
        Factors factors = new Factors();
        factors.add(operations, last.operands().get(0), true);
        if (last.is("*")) {
            factors.add(operations, last.operands().get(1), true);
        } else if (last.operands().get(1) instanceof OpOperand.Literal divisor) {
            factors.number /= divisor.number();
        }
        if (factors.operands.size() != 2) {
            return false;
        }
        for (int side = 0; side < 2; side++) {
            OpOperand x = factors.operands.get(side);
            OpOperand gate = factors.operands.get(1 - side);
            ImportedOp made = activation(operations, x, gate, factors.number, last);
            if (made != null) {
                ImportedOp gateOp = operations.maker(gate);
                List<ImportedOp> parts = new ArrayList<>(factors.parts);
                if (gateOp != null) {
                    parts.add(gateOp);
                }
                operations.replace(last, List.of(made), parts);
                return true;
            }
        }
        return false;
    }

    /** softplus with the threshold that PyTorch has: {@code where(x > 20, x, softplus(x))}. */
    static boolean softplus(OpSearch operations, ImportedOp last) {
        if (!last.is("where") || last.operands().size() != 3) {
            return false;
        }
        OpOperand x = last.operands().get(1);
        ImportedOp above = operations.only(last.operands().get(0), ">");
        ImportedOp softplus = operations.only(last.operands().get(2), "Softplus");
        if (above == null
                || softplus == null
                || !softplus.operands().equals(List.of(x))
                || !above.operands().get(0).equals(x)
                || !OpSearch.is(above.operands().get(1), 20)) {
            return false;
        }
        operations.replace(
                last, List.of(OpSearch.layer("Softplus", List.of(), Map.of(), x, last)), List.of(above, softplus));
        return true;
    }

    private static boolean near(double found, double wanted) {
        return Math.abs(found - wanted) < 1e-4 * Math.abs(wanted);
    }

    private static @Nullable ImportedOp activation(
            OpSearch operations, OpOperand x, OpOperand gate, double number, ImportedOp like) {
        if (near(number, 1)) {
            String layer = applied(operations, gate, "Sigmoid", x)
                    ? "SiLU"
                    : applied(operations, gate, "Hardsigmoid", x) ? "Hardswish" : "";
            ImportedOp tanh = operations.only(gate, "Tanh");
            if (tanh != null && applied(operations, tanh.operands().get(0), "Softplus", x)) {
                layer = "Mish";
            }
            return layer.isEmpty() ? null : OpSearch.layer(layer, List.of(), Map.of(), x, like);
        }
        if (near(number, 0.5)) {
            ImportedOp sum = operations.only(gate, "+");
            OpOperand inner = sum == null ? null : OpSearch.besides(sum, 1);
            if (inner != null && isErf(operations, inner, x)) {
                return OpSearch.layer("GELU", List.of(), Map.of(), x, like);
            }
            if (inner != null && isTanh(operations, inner, x)) {
                return OpSearch.layer(
                        "GELU", List.of(OpArgument.named("approximate", Setting.of("'tanh'"))), Map.of(), x, like);
            }
        }
        if (near(number, 1.0 / 6)) {
            ImportedOp clamp = operations.only(gate, "ReLU6");
            ImportedOp sum =
                    clamp == null ? null : operations.only(clamp.operands().get(0), "+");
            if (sum != null && x.equals(OpSearch.besides(sum, 3))) {
                return OpSearch.layer("Hardswish", List.of(), Map.of(), x, like);
            }
        }
        return null;
    }

    private static boolean applied(OpSearch operations, OpOperand gate, String layer, OpOperand x) {
        ImportedOp op = operations.only(gate, layer);
        return op != null && op.operands().get(0).equals(x);
    }

    private static boolean isErf(OpSearch operations, OpOperand operand, OpOperand x) {
        ImportedOp erf = operations.only(operand, "erf");
        return erf != null && isMultiple(operations, erf.operands().get(0), x, ROOT_HALF);
    }

    private static boolean isMultiple(OpSearch operations, OpOperand operand, OpOperand x, double factor) {
        Factors factors = new Factors();
        factors.add(operations, operand, false);
        return factors.operands.size() == 1 && factors.operands.get(0).equals(x) && near(factors.number, factor);
    }

    /** tanh(√(2/π) (x + 0.044715 x³)). */
    private static boolean isTanh(OpSearch operations, OpOperand operand, OpOperand x) {
        ImportedOp tanh = operations.only(operand, "Tanh");
        if (tanh == null) {
            return false;
        }
        Factors outer = new Factors();
        outer.add(operations, tanh.operands().get(0), true);
        if (outer.operands.size() != 1 || !near(outer.number, Math.sqrt(2 / Math.PI))) {
            return false;
        }
        ImportedOp sum = operations.only(outer.operands.get(0), "+");
        if (sum == null || !sum.operands().contains(x)) {
            return false;
        }
        Factors cubic = new Factors();
        cubic.add(operations, sum.operands().get(sum.operands().get(0).equals(x) ? 1 : 0), true);
        if (!near(cubic.number, 0.044715)) {
            return false;
        }
        int degree = 0;
        for (OpOperand factor : cubic.operands) {
            ImportedOp power = operations.only(factor, "**");
            if (factor.equals(x)) {
                degree++;
            } else if (power != null
                    && power.operands().get(0).equals(x)
                    && power.operands().get(1) instanceof OpOperand.Literal exponent) {
                degree += (int) Math.round(exponent.number());
            } else {
                return false;
            }
        }
        return degree == 3;
    }
}
