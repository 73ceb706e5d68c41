package org.espalier.cli.prune;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;
import org.espalier.generator.source.SourceSpan;

/**
 * A size that a layer is called with, which is that of an axis.
 *
 * @param calls the call of the layer, and those of the blocks that it lies in, the innermost first
 * @param argument the argument's name
 * @param position its place among the arguments
 * @param value a tensor
 * @param axis of that size
 */
record SizeHole(List<SourceSpan> calls, String argument, int position, Value value, int axis) {
    /** Copies the list. */
    SizeHole {
        calls = List.copyOf(calls);
    }

    private static final int GROUPS = 6;

    private static final Set<String> CONVOLUTIONS =
            Set.of("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d");

    private static final Set<String> NORMALISATIONS =
            Set.of("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d");

    /**
     * The sizes that a network's layers are called with. Channels whose sizes stand elsewhere are kept.
     *
     * @param units where they are kept
     */
    static List<SizeHole> of(Graph graph, ChannelUnits units) {
        List<SizeHole> holes = new ArrayList<>();
        Map<String, List<SourceSpan>> sites = graph.sites();
        List<Value> sized = new ArrayList<>();
        for (ForwardOp op : graph.operations()) {
            List<Value> weights = op.signature().operands().stream()
                    .filter(operand -> operand.kind() == Value.Kind.PARAMETER || operand.kind() == Value.Kind.STATISTIC)
                    .toList();
            String path = op.origin().layer();
            List<SourceSpan> calls =
                    sites.getOrDefault(path, sites.getOrDefault(path.replaceFirst("_\\d+$", ""), List.of()));
            List<SizeHole> own = calls.isEmpty() ? List.of() : of(op, calls);
            holes.addAll(own);
            if (!own.isEmpty()) {
                sized.addAll(weights);
            }
        }
        for (Value tensor : WeightNumbers.tensors(graph)) {
            if (!sized.contains(tensor)) {
                ChannelTies.keepAll(
                        units, tensor, "the size of " + tensor.name() + " is no argument that can be changed");
            }
        }
        return holes;
    }

    private static List<SizeHole> of(ForwardOp op, List<SourceSpan> calls) {
        String word = op.origin().word();
        Value y = op.result();
        if (op instanceof WeightedOp weighted && (word.equals("Linear") || CONVOLUTIONS.contains(word))) {
            WeightUse use = WeightUse.of(weighted);
            String kind = word.equals("Linear") ? "features" : "channels";
            List<SizeHole> holes = new ArrayList<>();
            holes.add(new SizeHole(calls, "in_" + kind, 0, use.x(), use.axis()));
            holes.add(new SizeHole(calls, "out_" + kind, 1, y, use.axis()));
            if (use.isDepthwise()) {
                holes.add(new SizeHole(calls, "groups", GROUPS, y, use.axis()));
            }
            return List.copyOf(holes);
        } else if (NORMALISATIONS.contains(word)) {
            return List.of(new SizeHole(calls, "num_features", 0, y, 1));
        } else if (word.equals("Embedding")) {
            return List.of(new SizeHole(calls, "embedding_dim", 1, y, y.shape().rank() - 1));
        } else if (word.equals("PReLU")
                && op.signature().operands().get(1).shape().elements() > 1) {
            return List.of(new SizeHole(
                    calls, "num_parameters", 0, op.signature().operands().get(1), 0));
        }
        return List.of();
    }
}
