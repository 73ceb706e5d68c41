package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongBinaryOperator;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.lower.LoweredTensor.Known;
import org.espalier.onnx.lower.LoweredTensor.Places;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;

/**
 * Nodes that look elements up by their places in memory, as PyTorch's exporter writes {@code as_strided}: all samples
 * are one vector, and a place is the number of its sample times the size of one, and a place in the sample.
 */
final class StrideNodes {
    private static final long MOST = 1 << 24;

    private static final Set<String> OF_PLACES = Set.of("Add", "Cast", "Mul", "Unsqueeze");

    private StrideNodes() {}

    /** Lowers a node that makes or reads places; false if it does neither. */
    static boolean lower(NodeLowering node, GraphLowering lowering) throws Unsupported {
        String operator = node.node().operator();
        List<LoweredTensor> inputs = new ArrayList<>();
        for (String input : node.node().inputs()) {
            inputs.add(lowering.tensor(input));
        }
        if (operator.equals("Range") && isOfSamples(inputs)) {
            node.result(new Places(1, Constant.vector(0), 0));
            return true;
        }
        boolean gathers = operator.equals("Gather")
                && inputs.get(0) instanceof Value all
                && all.rank() == 1
                && all.form().batch() == 0;
        if (gathers && (inputs.get(1) instanceof Places || isOfOneSample(node, inputs.get(1)))) {
            gather(node, (Value) inputs.get(0), inputs.get(1));
        } else if (inputs.stream().noneMatch(Places.class::isInstance)) {
            return false;
        } else if (OF_PLACES.contains(operator)) {
            node.result(moved(node, inputs));
        } else {
            throw new Unsupported(
                    "it computes with the places that samples have in memory, which a network keeps apart");
        }
        return true;
    }

    /** Places in a model that fixes a batch of one sample, whose number is 0. */
    private static boolean isOfOneSample(NodeLowering node, LoweredTensor index) {
        return index instanceof Known known
                && node.fixedBatch() == 1
                && known.constant().rank() > 1
                && known.constant().size(0) == 1;
    }

    /** The numbers of the samples: 0, 1, … to the size of the batch. */
    private static boolean isOfSamples(List<LoweredTensor> inputs) {
        return inputs.size() == 3
                && isNumber(inputs.get(0), 0)
                && isNumber(inputs.get(1), Form.BATCH)
                && isNumber(inputs.get(2), 1);
    }

    private static boolean isNumber(LoweredTensor tensor, long number) {
        return tensor instanceof Known known
                && known.constant().kind() == ElementKind.WHOLE
                && known.constant().count() == 1
                && known.constant().wholeAt(0) == number;
    }

    private static Places moved(NodeLowering node, List<LoweredTensor> inputs) throws Unsupported {
        boolean first = inputs.get(0) instanceof Places;
        Places places = (Places) inputs.get(first ? 0 : 1);
        switch (node.node().operator()) {
            case "Cast" -> {
                return places;
            }
            case "Unsqueeze" -> {
                return unsqueezed(node, places);
            }
            default -> {
                if (!(inputs.get(first ? 1 : 0) instanceof Known known)
                        || known.constant().kind() != ElementKind.WHOLE) {
                    throw new Unsupported("it computes places of elements from what is no constant");
                }
                boolean scales = node.node().operator().equals("Mul");
                if (scales && known.constant().count() != 1) {
                    throw new Unsupported("it multiplies places of elements with more than one number");
                }
                return scales
                        ? new Places(
                                Math.multiplyExact(
                                        places.stride(), known.constant().wholeAt(0)),
                                broadcast(places.offsets(), known.constant(), (a, b) -> a * b),
                                places.batch()
                                        + Math.max(
                                                0,
                                                known.constant().rank()
                                                        - places.offsets().rank()))
                        : sum(places, known.constant());
            }
        }
    }

    private static Places sum(Places places, Constant added) throws Unsupported {
        int batch = places.batch() + Math.max(0, added.rank() - places.offsets().rank());
        Constant offsets = broadcast(places.offsets(), added, Long::sum);
        if (offsets.size(batch) != 1) {
            throw new Unsupported("it adds other places for each sample of the batch");
        }
        return new Places(places.stride(), offsets, batch);
    }

    private static Places unsqueezed(NodeLowering node, Places places) throws Unsupported {
        List<Long> axes = node.wholes(1, "axes");
        if (axes == null) {
            throw new Unsupported("it does not say which axes to add");
        }
        int rank = places.offsets().rank() + axes.size();
        List<Integer> added = new ArrayList<>();
        for (long axis : axes) {
            added.add(Form.positive(axis, rank));
        }
        List<Long> shape = new ArrayList<>();
        int batch = 0;
        int from = 0;
        for (int i = 0; i < rank; i++) {
            if (added.contains(i)) {
                shape.add(1L);
            } else {
                batch = from == places.batch() ? i : batch;
                shape.add(places.offsets().size(from));
                from++;
            }
        }
        return new Places(places.stride(), places.offsets().reshaped(shape), batch);
    }

    private static Constant broadcast(Constant a, Constant b, LongBinaryOperator function) throws Unsupported {
        int rank = Math.max(a.rank(), b.rank());
        List<Long> shape = new ArrayList<>();
        long count = 1;
        for (int i = 0; i < rank; i++) {
            long left = i < rank - a.rank() ? 1 : a.size(i - rank + a.rank());
            long right = i < rank - b.rank() ? 1 : b.size(i - rank + b.rank());
            if (left != right && left != 1 && right != 1) {
                throw new Unsupported("the shapes cannot be broadcast: " + a.shape() + " and " + b.shape());
            }
            shape.add(Math.max(left, right));
            count = Math.multiplyExact(count, Math.max(left, right));
        }
        if (count > MOST) {
            throw new Unsupported("it computes " + count + " places of elements");
        }
        long[] index = new long[rank];
        long[] numbers = new long[Math.toIntExact(count)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = function.applyAsLong(a.wholeAt(place(a, index)), b.wholeAt(place(b, index)));
            LoweredTensors.next(index, shape);
        }
        return Constant.ofWholes(shape, numbers);
    }

    private static int place(Constant of, long... index) {
        int place = 0;
        for (int i = 0; i < of.rank(); i++) {
            place = (int) (place * of.size(i) + (of.size(i) == 1 ? 0 : index[index.length - of.rank() + i]));
        }
        return place;
    }

    private static void gather(NodeLowering node, Value all, LoweredTensor index) throws Unsupported {
        long own = ReshapeNodes.product(all.sizes());
        Places places = index instanceof Places given ? given : new Places(own, ((Known) index).constant(), 0);
        if (places.stride() != own || places.batch() != 0) {
            throw new Unsupported("it takes elements of other samples, which a network keeps apart");
        }
        Constant offsets = places.offsets();
        boolean inOrder = offsets.count() == own;
        for (int i = 0; i < offsets.count(); i++) {
            if (offsets.wholeAt(i) < 0 || offsets.wholeAt(i) >= own) {
                throw new Unsupported("it takes element " + offsets.wholeAt(i) + " of a sample of " + own);
            }
            inOrder &= offsets.wholeAt(i) == i;
        }
        Form form = new Form(all.kind(), offsets.shape(), 0);
        if (inOrder) {
            node.result(node.reshaped(all, form));
            return;
        }
        Value flat = node.reshaped(node.number(all), new Form(all.kind(), List.of(1L, own), 0));
        Constant row = offsets.reshaped(List.of((long) offsets.count()));
        Value taken = node.taken(
                new Form(all.kind(), List.of(1L, (long) offsets.count()), 0),
                flat,
                1,
                new OpOperand.Weight(row, "places"));
        node.result(node.reshaped(taken, form));
    }
}
