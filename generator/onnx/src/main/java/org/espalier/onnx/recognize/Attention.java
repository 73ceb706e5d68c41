package org.espalier.onnx.recognize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.model.Constant;

/** Recognizes attention, softmax(q kᵀ s + mask) v. */
final class Attention {
    private Attention() {}

    /** An operand and the number that it is multiplied with. */
    private record Scaled(OpOperand operand, double factor) {
        static Scaled of(OpSearch operations, OpOperand operand) {
            ImportedOp product = operations.only(operand, "*");
            ImportedOp quotient = operations.only(operand, "/");
            if (product != null && product.operands().size() == 2) {
                for (int side = 0; side < 2; side++) {
                    if (product.operands().get(side) instanceof OpOperand.Literal factor) {
                        return new Scaled(product.operands().get(1 - side), factor.number());
                    }
                }
            }
            if (quotient != null && quotient.operands().get(1) instanceof OpOperand.Literal divisor) {
                return new Scaled(quotient.operands().get(0), 1 / divisor.number());
            }
            return new Scaled(operand, 1);
        }
    }

    static boolean attention(OpSearch operations, ImportedOp last) {
        if (!last.is("@") || !(last.operands().get(0) instanceof Ref weights) || weights.rank() < 3) {
            return false;
        }
        ImportedOp softmax = operations.only(weights, "Softmax");
        if (softmax == null || !isLast(softmax)) {
            return false;
        }
        OpOperand scores = softmax.operands().get(0);
        List<OpOperand> masks = new ArrayList<>();
        ImportedOp sum = operations.only(scores, "+");
        while (sum != null) {
            int side = isProduct(operations, sum.operands().get(1)) ? 1 : 0;
            masks.add(0, sum.operands().get(1 - side));
            scores = sum.operands().get(side);
            sum = operations.only(scores, "+");
        }
        boolean causal = masks.size() == 1 && isCausal(masks.get(0), weights);
        for (OpOperand mask : masks) {
            if (!fits(mask, weights)) {
                return false;
            }
        }
        Scaled scaled = Scaled.of(operations, scores);
        ImportedOp product = operations.only(scaled.operand, "@");
        if (product == null
                || !(product.operands().get(0) instanceof Ref)
                || !(product.operands().get(1) instanceof Ref)
                || !(last.operands().get(1) instanceof Ref value)) {
            return false;
        }
        Scaled query = Scaled.of(operations, product.operands().get(0));
        Scaled keys = Scaled.of(operations, product.operands().get(1));
        List<ImportedOp> made = new ArrayList<>();
        OpOperand key = turned(operations, keys.operand, made, product);
        List<OpOperand> operands = new ArrayList<>(List.of(query.operand, key, value));
        if (!masks.isEmpty() && !causal) {
            OpOperand mask = masks.get(0);
            for (int i = 1; i < masks.size(); i++) {
                // All of them are without the batch, or with all axes: sizes are those of the last.
                Ref both = new Ref(weights.sizes(), false, "mask");
                made.add(new ImportedOp(
                        ImportedOp.Style.OPERATOR,
                        "+",
                        List.of(mask, masks.get(i)),
                        List.of(),
                        Map.of(),
                        List.of(both),
                        last.modules()));
                mask = both;
            }
            operands.add(mask);
        }
        double scale = scaled.factor * query.factor * keys.factor;
        List<OpArgument> arguments = new ArrayList<>();
        if (causal) {
            arguments.add(OpArgument.named("is_causal", Setting.of(true)));
        }
        Ref q = (Ref) query.operand;
        double usual = 1 / Math.sqrt(q.sizes().get(q.sizes().size() - 1));
        if (Math.abs(scale - usual) > 1e-5 * usual) {
            arguments.add(OpArgument.named("scale", new Setting.Real(scale)));
        }
        made.add(new ImportedOp(
                ImportedOp.Style.FUNCTION,
                "scaled_dot_product_attention",
                operands,
                arguments,
                Map.of(),
                last.results(),
                last.modules()));
        operations.replace(last, made, List.of(softmax, product));
        return true;
    }

    private static boolean isProduct(OpSearch operations, OpOperand operand) {
        OpOperand of = Scaled.of(operations, operand).operand;
        return operations.only(of, "@") != null || operations.only(of, "+") != null;
    }

    /** 0 where a query may see a key, which is not behind it, and far below everywhere else. */
    private static boolean isCausal(OpOperand mask, Ref weights) {
        if (!(mask instanceof OpOperand.Weight weight)) {
            return false;
        }
        Constant numbers = weight.numbers();
        long columns = weights.sizes().get(weights.sizes().size() - 1);
        long rows = weights.sizes().get(weights.sizes().size() - 2);
        if (numbers.count() != rows * columns || rows != columns) {
            return false;
        }
        for (int i = 0; i < numbers.count(); i++) {
            boolean seen = i % columns <= i / columns;
            if (seen ? numbers.at(i) != 0 : numbers.at(i) > -1e4) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLast(ImportedOp softmax) {
        return softmax.argument("dim").equals(Setting.of("-1"));
    }

    /** A mask is a parameter, a buffer, or a tensor with all axes. */
    private static boolean fits(OpOperand mask, Ref weights) {
        return mask instanceof OpOperand.Weight || (mask instanceof Ref ref && ref.rank() == weights.rank());
    }

    /** Keys [batch, …, keys, size] of the [batch, …, size, keys] that the product reads. */
    private static OpOperand turned(OpSearch operations, OpOperand operand, List<ImportedOp> made, ImportedOp like) {
        Ref ref = (Ref) operand;
        int rank = ref.rank();
        ImportedOp maker = operations.maker(operand);
        List<Integer> order = maker == null ? null : Movements.order(maker);
        List<Integer> wanted = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            wanted.add(order == null ? i : order.get(i));
        }
        int last = wanted.get(rank - 1);
        wanted.set(rank - 1, wanted.get(rank - 2));
        wanted.set(rank - 2, last);
        OpOperand of =
                order == null || maker == null ? operand : maker.operands().get(0);
        List<Long> sizes = new ArrayList<>(ref.sizes());
        long size = sizes.get(rank - 2);
        sizes.set(rank - 2, sizes.get(rank - 3));
        sizes.set(rank - 3, size);
        Ref result = new Ref(sizes, false, ref.hint());
        ImportedOp op = Movements.ordered(of, wanted, List.of(result), like);
        if (op == null) {
            return of;
        }
        made.add(op);
        return result;
    }
}
