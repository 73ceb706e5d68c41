package org.espalier.onnx.recognize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.model.Constant;
import org.jspecify.annotations.Nullable;

/** Sums of a product and a parameter: the bias of a layer. */
final class BiasPatterns {
    private BiasPatterns() {}

    static boolean linear(OpSearch operations, ImportedOp sum) {
        return biased(operations, sum, "Linear", 1);
    }

    static boolean convolution(OpSearch operations, ImportedOp sum) {
        return biased(operations, sum, "Conv1d", 2)
                || biased(operations, sum, "Conv2d", 3)
                || biased(operations, sum, "Conv3d", 4);
    }

    private static boolean biased(OpSearch operations, ImportedOp sum, String layer, int axes) {
        if (!sum.is("+") || sum.operands().size() != 2) {
            return false;
        }
        for (int side = 0; side < 2; side++) {
            ImportedOp product = operations.only(sum.operands().get(side), layer);
            Constant bias = vector(sum.operands().get(1 - side), axes);
            if (product != null && bias != null && !product.weights().containsKey("bias")) {
                Constant weight = product.weights().get("weight");
                if (weight != null && weight.size(0) == bias.count()) {
                    Map<String, Constant> weights = new LinkedHashMap<>(product.weights());
                    weights.put("bias", bias);
                    List<OpArgument> arguments = new ArrayList<>(product.arguments());
                    arguments.removeIf(argument -> argument.word().equals("bias"));
                    ImportedOp made = OpSearch.layer(
                            layer, arguments, weights, product.operands().get(0), sum);
                    operations.replace(sum, List.of(made), List.of(product));
                    return true;
                }
            }
        }
        return false;
    }

    /** A vector along the first of so many axes. */
    private static @Nullable Constant vector(OpOperand operand, int axes) {
        if (operand instanceof OpOperand.Weight weight && weight.learned()) {
            Constant numbers = weight.numbers();
            if (numbers.rank() == axes && numbers.size(0) == numbers.count()) {
                return numbers.reshaped(List.of((long) numbers.count()));
            }
        }
        return null;
    }
}
