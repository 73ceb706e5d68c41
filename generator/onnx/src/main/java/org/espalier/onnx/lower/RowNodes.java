package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.espalier.onnx.lower.LoweredTensor.Known;
import org.espalier.onnx.lower.LoweredTensor.Rows;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that read rows: PyTorch's attention makes one axis of the steps and the batch behind them, multiplies the rows
 * with a matrix and takes the axis apart again. A network, which has the batch in front, keeps the axes apart.
 */
final class RowNodes {
    /** Operators that do the same with each row. */
    private static final Set<String> BY_ROWS = Set.of("Add", "Dropout", "Gemm", "Identity", "MatMul", "Relu");

    private RowNodes() {}

    /**
     * The form, axes apart, of a reshape that makes rows: [7, batch, 2, 4] to [−1, 8]; null if it does something else.
     */
    static @Nullable Form apart(Form from, List<Long> target, long fixedBatch) {
        int batch = from.batch();
        if (batch < 1 || target.isEmpty()) {
            return null;
        }
        List<Long> front = new ArrayList<>(from.sizes().subList(0, batch));
        front.add(1L);
        List<Long> rest = target.subList(1, target.size());
        long steps = ReshapeNodes.product(front);
        if (steps == 1) {
            return null;
        }
        long rows = target.get(0);
        boolean all = rows == -1 || rows == steps * Form.BATCH || (fixedBatch > 0 && rows == steps * fixedBatch);
        if (!all
                || rest.contains(-1L)
                || ReshapeNodes.product(rest)
                        != ReshapeNodes.product(from.sizes().subList(batch, from.rank()))) {
            return null;
        }
        List<Long> sizes = new ArrayList<>(front);
        sizes.addAll(rest);
        return new Form(from.kind(), sizes, batch);
    }

    /** Applies the rule of a node to rows, if it reads any; false if not. */
    static boolean lower(NodeLowering node, GraphLowering lowering, Rules.Rule rule) throws Unsupported {
        Map<String, Rows> rows = new TreeMap<>();
        for (String input : node.node().inputs()) {
            if (!input.isEmpty() && lowering.tensor(input) instanceof Rows read) {
                rows.put(input, read);
            }
        }
        if (rows.isEmpty()) {
            return false;
        }
        if (node.node().operator().equals("Shape")) {
            node.result(
                    new Known(Constant.vector(symbolic(rows.values().iterator().next()))));
            return true;
        }
        boolean reshape = node.node().operator().equals("Reshape");
        if (!reshape && !worksByRows(node, lowering)) {
            throw new Unsupported(
                    "its input is " + rows.values().iterator().next().value().form()
                            + " with the axes up to the batch as one, which only products with matrices and sums read");
        }
        rows.forEach((name, read) -> lowering.put(name, read.value()));
        try {
            rule.lower(node);
        } finally {
            rows.forEach(lowering::put);
        }
        String output = node.node().outputs().get(0);
        if (!reshape && lowering.tensor(output) instanceof Value made) {
            lowering.put(output, new Rows(made));
        }
        return true;
    }

    /** The sizes as the model computes them. */
    private static long[] symbolic(Rows rows) {
        Form apart = rows.value().form();
        List<Long> all = apart.symbolic();
        long steps = ReshapeNodes.product(all.subList(0, apart.batch() + 1));
        return LongStream.concat(
                        LongStream.of(steps),
                        all.subList(apart.batch() + 1, apart.rank()).stream().mapToLong(size -> size))
                .toArray();
    }

    private static boolean worksByRows(NodeLowering node, GraphLowering lowering) {
        List<String> inputs = node.node().inputs();
        if (!BY_ROWS.contains(node.node().operator())) {
            return false;
        }
        boolean sum = node.node().operator().equals("Add");
        for (int i = 0; i < inputs.size(); i++) {
            LoweredTensor input = lowering.tensor(inputs.get(i));
            boolean vector = input instanceof Known known && known.constant().rank() <= 1;
            boolean matrix = input instanceof Known && i > 0;
            if (!(input instanceof Rows && (i == 0 || sum))
                    && !(sum ? vector : matrix)
                    && !inputs.get(i).isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
