package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.ElementKind;
import org.espalier.onnx.model.Node;
import org.jspecify.annotations.Nullable;

/** Folds constants: computes nodes that read constants only, as exporters write them around shapes. */
public final class Folding {
    /** As many elements as a folded constant may have. */
    private static final long MOST = 1 << 24;

    private final Node node;
    private final List<@Nullable Constant> inputs;

    private Folding(Node node, List<@Nullable Constant> inputs) {
        this.node = node;
        this.inputs = inputs;
    }

    /** The outputs of a node, or null if it is not folded. */
    public static @Nullable List<Constant> of(Node node, List<@Nullable Constant> inputs) {
        try {
            return fold(node, inputs);
        } catch (Unsupported tooLarge) {
            return null;
        }
    }

    /** The outputs of a node, or null if nodes of this kind are not folded. */
    static @Nullable List<Constant> fold(Node node, List<@Nullable Constant> inputs) throws Unsupported {
        Constant one = new Folding(node, inputs).folded();
        if (one != null) {
            return List.of(one);
        }
        return node.operator().equals("Split") && !inputs.isEmpty() ? new Folding(node, inputs).split() : null;
    }

    private Constant input(int index) throws Unsupported {
        Constant constant = optional(index);
        if (constant == null) {
            throw new Unsupported("input " + index + " is not there");
        }
        return constant;
    }

    private @Nullable Constant optional(int index) {
        return index < inputs.size() ? inputs.get(index) : null;
    }

    private @Nullable Constant folded() throws Unsupported {
        DoubleUnaryOperator unary = ElementwiseNodes.unary(node.operator());
        if (unary != null) {
            return mapped(input(0), unary);
        }
        DoubleBinaryOperator binary = ElementwiseNodes.binary(node.operator());
        if (binary != null) {
            Constant result = input(0);
            for (int i = 1; i < inputs.size(); i++) {
                result = combined(result, input(i), binary);
            }
            return result;
        }
        return switch (node.operator()) {
            case "Constant" -> constant();
            case "ConstantOfShape" -> filled();
            case "Shape" -> shape();
            case "Size" -> Constant.ofWholes(List.of(), new long[] {input(0).count()});
            case "Cast" -> cast(input(0), node.whole("to", 1));
            case "CastLike" -> Constant.of(input(1).kind(), input(0).shape(), input(0).numbers());
            case "Range" -> range();
            case "Gather" -> gather();
            case "Concat" -> concat();
            case "Slice" -> slice();
            case "Squeeze", "Unsqueeze", "Reshape", "Flatten" -> input(0).reshaped(reshaped());
            case "Transpose" -> transpose();
            case "Expand" -> expand();
            case "Where" -> where();
            case "Dropout" -> input(0);
            case "ReduceProd" -> reduce(1, (x, y) -> x * y);
            case "ReduceSum" -> reduce(0, Double::sum);
            case "ReduceMax" -> reduce(Double.NEGATIVE_INFINITY, Math::max);
            case "ReduceMin" -> reduce(Double.POSITIVE_INFINITY, Math::min);
            case "EyeLike" -> eye();
            case "Trilu" -> trilu();
            case "NonZero" -> nonZero();
            case "Tile" -> tile();
            case "OneHot" -> oneHot();
            case "HannWindow" -> window(0.5, 0.5, 0);
            case "HammingWindow" -> window(25.0 / 46, 21.0 / 46, 0);
            case "BlackmanWindow" -> window(0.42, 0.5, 0.08);
            default -> null;
        };
    }

    private static void require(boolean right, String otherwise) throws Unsupported {
        if (!right) {
            throw new Unsupported(otherwise);
        }
    }

    private static int count(List<Long> shape) throws Unsupported {
        long count = 1;
        for (long size : shape) {
            require(
                    size >= 0 && (size == 0 || count <= MOST / size),
                    "it makes a constant of shape " + shape + ", which is too large or depends on the batch");
            count *= size;
        }
        return (int) count;
    }

    private @Nullable Constant constant() throws Unsupported {
        Constant value = node.constant("value");
        if (value != null) {
            return value;
        }
        if (node.has("value_float")) {
            return Constant.scalar(node.real("value_float", 0));
        }
        if (node.has("value_int")) {
            return Constant.ofWholes(List.of(), new long[] {node.whole("value_int", 0)});
        }
        List<Long> wholes = node.wholes("value_ints");
        if (wholes != null) {
            return Constant.vector(wholes.stream().mapToLong(x -> x).toArray());
        }
        List<Float> reals = node.reals("value_floats");
        require(reals != null, "its value is neither numbers nor a tensor");
        return reals == null
                ? null
                : Constant.ofDoubles(
                        List.of((long) reals.size()),
                        reals.stream().mapToDouble(x -> x).toArray());
    }

    private Constant filled() throws Unsupported {
        Constant value = node.constant("value");
        List<Long> shape = input(0).wholeNumbers();
        for (long size : shape) {
            if (size != 0 && size % Form.BATCH == 0) {
                // One for each sample: what is the same for all has one sample.
                return filledOnce(shape, value);
            }
        }
        double[] numbers = new double[count(shape)];
        Arrays.fill(numbers, value == null ? 0 : value.at(0));
        return Constant.of(value == null ? ElementKind.REAL : value.kind(), shape, numbers);
    }

    private static Constant filledOnce(List<Long> shape, @Nullable Constant value) throws Unsupported {
        List<Long> once = shape.stream()
                .map(size -> size % Form.BATCH == 0 ? size / Form.BATCH : size)
                .toList();
        double[] numbers = new double[count(once)];
        Arrays.fill(numbers, value == null ? 0 : value.at(0));
        return Constant.of(value == null ? ElementKind.REAL : value.kind(), once, numbers);
    }

    private Constant shape() throws Unsupported {
        List<Long> shape = input(0).shape();
        int start = bound(node.whole("start", 0), shape.size());
        int end = Math.max(start, bound(node.whole("end", shape.size()), shape.size()));
        return Constant.vector(
                shape.subList(start, end).stream().mapToLong(x -> x).toArray());
    }

    private static int bound(long index, long size) {
        return (int) Math.max(0, Math.min(size, index < 0 ? index + size : index));
    }

    private static Constant cast(Constant from, long type) {
        ElementKind kind = type == 9
                ? ElementKind.TRUTH
                : type == 1 || type == 10 || type == 11 || type == 16 ? ElementKind.REAL : ElementKind.WHOLE;
        return kind == from.kind() ? from : Constant.of(kind, from.shape(), from.numbers());
    }

    private static Constant mapped(Constant of, DoubleUnaryOperator function) {
        return Constant.of(
                of.kind(), of.shape(), Arrays.stream(of.numbers()).map(function).toArray());
    }

    private boolean isTruth() {
        return switch (node.operator()) {
            case "And", "Or", "Xor", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual" -> true;
            default -> false;
        };
    }

    private Constant combined(Constant left, Constant right, DoubleBinaryOperator function) throws Unsupported {
        List<Long> shape = broadcast(broadcast(List.of(), left.shape()), right.shape());
        double[] numbers = new double[count(shape)];
        int[] first = places(left, shape);
        int[] second = places(right, shape);
        boolean whole = left.kind() == ElementKind.WHOLE && node.operator().equals("Div");
        for (int i = 0; i < numbers.length; i++) {
            double y = right.at(second[i]);
            require(!whole || y != 0, "it divides a whole number by 0");
            numbers[i] = function.applyAsDouble(left.at(first[i]), y);
        }
        return Constant.of(isTruth() ? ElementKind.TRUTH : left.kind(), shape, numbers);
    }

    private static List<Long> broadcast(List<Long> left, List<Long> right) throws Unsupported {
        List<Long> shape = new ArrayList<>();
        int rank = Math.max(left.size(), right.size());
        for (int i = 0; i < rank; i++) {
            long a = i - rank + left.size() < 0 ? 1 : left.get(i - rank + left.size());
            long b = i - rank + right.size() < 0 ? 1 : right.get(i - rank + right.size());
            require(a == b || a == 1 || b == 1, "the shapes " + left + " and " + right + " cannot be broadcast");
            shape.add(a == 1 ? b : a);
        }
        return shape;
    }

    /** The place that each element of a broadcast shape comes from. */
    private static int[] places(Constant of, List<Long> shape) throws Unsupported {
        int[] places = new int[count(shape)];
        long[] strides = LoweredTensors.strides(of.shape());
        int shift = shape.size() - of.rank();
        long[] index = new long[shape.size()];
        for (int i = 0; i < places.length; i++) {
            long place = 0;
            for (int axis = 0; axis < strides.length; axis++) {
                place += of.size(axis) == 1 ? 0 : index[axis + shift] * strides[axis];
            }
            places[i] = (int) place;
            LoweredTensors.next(index, shape);
        }
        return places;
    }

    private Constant range() throws Unsupported {
        double start = input(0).at(0);
        double step = input(2).at(0);
        double size = Math.max(0, Math.ceil((input(1).at(0) - start) / step));
        require(size <= MOST && (size == 0 || input(1).at(0) % Form.BATCH != 0), "its length depends on the batch");
        double[] numbers = new double[(int) size];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = start + i * step;
        }
        return Constant.of(input(0).kind(), List.of((long) numbers.length), numbers);
    }

    private @Nullable Constant gather() throws Unsupported {
        Constant data = input(0);
        Constant index = input(1);
        int axis = Form.positive(node.whole("axis", 0), data.rank());
        List<Long> shape = new ArrayList<>(data.shape());
        shape.remove(axis);
        shape.addAll(axis, index.shape());
        long inner = ReshapeNodes.product(data.shape().subList(axis + 1, data.rank()));
        long outer = ReshapeNodes.product(data.shape().subList(0, axis));
        int[] places = new int[count(shape)];
        int made = 0;
        for (long o = 0; o < outer; o++) {
            for (int i = 0; i < index.count(); i++) {
                long chosen = index.wholeAt(i) < 0 ? index.wholeAt(i) + data.size(axis) : index.wholeAt(i);
                require(
                        chosen >= 0 && chosen < data.size(axis),
                        "it takes element " + chosen + " of " + data.size(axis));
                for (long k = 0; k < inner; k++) {
                    places[made++] = (int) ((o * data.size(axis) + chosen) * inner + k);
                }
            }
        }
        return taken(data, shape, places);
    }

    /** As {@link LoweredTensors#taken}, with all digits, which sizes need that have the batch in them. */
    private static Constant taken(Constant of, List<Long> shape, int[] places) {
        double[] numbers = new double[places.length];
        for (int i = 0; i < places.length; i++) {
            numbers[i] = of.at(places[i]);
        }
        return places.length > 1024 ? LoweredTensors.taken(of, shape, places) : Constant.of(of.kind(), shape, numbers);
    }

    private Constant concat() throws Unsupported {
        Constant first = input(0);
        int axis = Form.positive(node.whole("axis", 0), first.rank());
        List<Long> shape = new ArrayList<>(first.shape());
        long total = 0;
        for (int i = 0; i < inputs.size(); i++) {
            require(input(i).rank() == first.rank(), "it joins constants of different numbers of axes");
            total += input(i).size(axis);
        }
        shape.set(axis, total);
        double[] numbers = new double[count(shape)];
        long outer = ReshapeNodes.product(shape.subList(0, axis));
        int made = 0;
        for (long o = 0; o < outer; o++) {
            for (int i = 0; i < inputs.size(); i++) {
                int each = outer == 0 ? 0 : (int) (input(i).count() / outer);
                for (int k = 0; k < each && made < numbers.length; k++) {
                    numbers[made++] = input(i).at((int) (o * each + k));
                }
            }
        }
        return Constant.of(first.kind(), shape, numbers);
    }

    private List<Long> wholes(int index, String attribute) throws Unsupported {
        Constant constant = optional(index);
        List<Long> given = constant != null ? constant.wholeNumbers() : node.wholes(attribute);
        require(given != null, "it does not say its " + attribute);
        return given == null ? List.of() : given;
    }

    private Constant slice() throws Unsupported {
        Constant data = input(0);
        List<Long> starts = wholes(1, "starts");
        List<Long> ends = wholes(2, "ends");
        boolean hasAxes = optional(3) != null || node.wholes("axes") != null;
        List<Long> axes = hasAxes ? wholes(3, "axes") : List.of();
        List<Long> steps = optional(4) != null ? input(4).wholeNumbers() : List.of();
        for (int i = 0; i < starts.size(); i++) {
            int axis = Form.positive(hasAxes ? axes.get(i) : i, data.rank());
            data = part(data, axis, starts.get(i), ends.get(i), steps.isEmpty() ? 1 : steps.get(i));
        }
        return data;
    }

    private static Constant part(Constant data, int axis, long from, long to, long step) throws Unsupported {
        require(step != 0, "its step is 0");
        long size = data.size(axis);
        List<Integer> chosen = new ArrayList<>();
        long start = from < 0 ? from + size : from;
        long stop = to < 0 ? Math.max(to + size, -1) : to;
        if (step > 0) {
            for (long i = Math.max(0, start); i < Math.min(size, stop); i += step) {
                chosen.add((int) i);
            }
        } else {
            for (long i = Math.min(size - 1, start); i > stop && i >= 0; i += step) {
                chosen.add((int) i);
            }
        }
        List<Long> shape = new ArrayList<>(data.shape());
        shape.set(axis, (long) chosen.size());
        long[] strides = LoweredTensors.strides(data.shape());
        int[] places = new int[count(shape)];
        long[] index = new long[shape.size()];
        for (int i = 0; i < places.length; i++) {
            long place = 0;
            for (int k = 0; k < index.length; k++) {
                place += (k == axis ? chosen.get((int) index[k]) : index[k]) * strides[k];
            }
            places[i] = (int) place;
            LoweredTensors.next(index, shape);
        }
        return taken(data, shape, places);
    }

    private @Nullable List<Constant> split() throws Unsupported {
        Constant data = input(0);
        int axis = Form.positive(node.whole("axis", 0), data.rank());
        int outputs = node.outputs().size();
        boolean given = optional(1) != null || node.wholes("split") != null;
        long each = (data.size(axis) + outputs - 1) / outputs;
        List<Constant> parts = new ArrayList<>();
        long start = 0;
        for (int i = 0; i < outputs; i++) {
            long size = given ? wholes(1, "split").get(i) : Math.min(each, data.size(axis) - start);
            parts.add(part(data, axis, start, start + size, 1));
            start += size;
        }
        return parts;
    }

    private List<Long> reshaped() throws Unsupported {
        Constant data = input(0);
        List<Long> shape = new ArrayList<>(data.shape());
        switch (node.operator()) {
            case "Squeeze" -> {
                boolean all = optional(1) == null && node.wholes("axes") == null;
                List<Integer> dropped = new ArrayList<>();
                for (long axis : all ? List.<Long>of() : wholes(1, "axes")) {
                    dropped.add(Form.positive(axis, data.rank()));
                }
                shape = new ArrayList<>();
                for (int i = 0; i < data.rank(); i++) {
                    if (all ? data.size(i) != 1 : !dropped.contains(i)) {
                        shape.add(data.size(i));
                    }
                }
            }
            case "Unsqueeze" -> {
                TreeSet<Integer> added = new TreeSet<>();
                for (long axis : wholes(1, "axes")) {
                    added.add(
                            Form.positive(axis, data.rank() + wholes(1, "axes").size()));
                }
                for (int axis : added) {
                    shape.add(axis, 1L);
                }
            }
            case "Flatten" -> {
                int axis = (int) node.whole("axis", 1);
                int place = axis < 0 ? axis + data.rank() : axis;
                shape = List.of(
                        ReshapeNodes.product(data.shape().subList(0, place)),
                        ReshapeNodes.product(data.shape().subList(place, data.rank())));
            }
            default -> shape = asked(data);
        }
        require(
                ReshapeNodes.product(shape) == data.count(),
                "the shape " + shape + " has not as many elements as " + data);
        return shape;
    }

    private List<Long> asked(Constant data) throws Unsupported {
        List<Long> shape = new ArrayList<>();
        List<Long> asked = input(1).wholeNumbers();
        long rest = 1;
        for (int i = 0; i < asked.size(); i++) {
            long size = asked.get(i);
            if (size == 0 && node.whole("allowzero", 0) == 0) {
                require(i < data.rank(), "size " + i + " of the shape is 0, but there is no such size");
                size = data.size(i);
            }
            // A constant is the same for all samples of a batch.
            size = size > 0 && size % Form.BATCH == 0 ? size / Form.BATCH : size;
            shape.add(size);
            rest *= size == -1 ? 1 : size;
        }
        int open = shape.indexOf(-1L);
        if (open >= 0) {
            require(rest > 0 && data.count() % rest == 0, "the shape " + asked + " does not fit " + data);
            shape.set(open, data.count() / rest);
        }
        return shape;
    }

    private Constant transpose() throws Unsupported {
        List<Long> given = node.wholes("perm");
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < input(0).rank(); i++) {
            order.add(given == null ? input(0).rank() - 1 - i : Form.positive(given.get(i), input(0).rank()));
        }
        return LoweredTensors.permuted(input(0), order);
    }

    private @Nullable Constant expand() throws Unsupported {
        List<Long> target = input(1).wholeNumbers();
        if (target.stream().anyMatch(size -> size != 0 && size % Form.BATCH == 0)) {
            return null;
        }
        List<Long> shape = broadcast(input(0).shape(), target);
        return taken(input(0), shape, places(input(0), shape));
    }

    private Constant where() throws Unsupported {
        List<Long> shape = broadcast(broadcast(input(0).shape(), input(1).shape()), input(2).shape());
        int[] conditions = places(input(0), shape);
        int[] first = places(input(1), shape);
        int[] second = places(input(2), shape);
        double[] numbers = new double[count(shape)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = input(0).at(conditions[i]) != 0 ? input(1).at(first[i]) : input(2).at(second[i]);
        }
        return Constant.of(input(1).kind(), shape, numbers);
    }

    private Constant reduce(double start, DoubleBinaryOperator function) throws Unsupported {
        Constant data = input(0);
        boolean all = optional(1) == null && node.wholes("axes") == null;
        boolean keep = node.whole("keepdims", 1) == 1;
        TreeSet<Integer> axes = new TreeSet<>();
        for (long axis : all ? List.<Long>of() : wholes(1, "axes")) {
            axes.add(Form.positive(axis, data.rank()));
        }
        List<Long> kept = new ArrayList<>();
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < data.rank(); i++) {
            boolean reduced = all || axes.contains(i);
            kept.add(reduced ? 1 : data.size(i));
            if (!reduced || keep) {
                shape.add(reduced ? 1 : data.size(i));
            }
        }
        double[] numbers = new double[count(kept)];
        Arrays.fill(numbers, start);
        int[] places = places(Constant.ofDoubles(kept, numbers), data.shape());
        for (int i = 0; i < places.length; i++) {
            numbers[places[i]] = function.applyAsDouble(numbers[places[i]], data.at(i));
        }
        return Constant.of(data.kind(), shape, numbers);
    }

    private Constant eye() throws Unsupported {
        List<Long> shape = input(0).shape();
        require(shape.size() == 2, "it needs a shape of two axes, not " + shape);
        double[] numbers = new double[count(shape)];
        long diagonal = node.whole("k", 0);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i % shape.get(1) - i / shape.get(1) == diagonal ? 1 : 0;
        }
        return Constant.of(input(0).kind(), shape, numbers);
    }

    private Constant trilu() throws Unsupported {
        Constant data = input(0);
        require(data.rank() >= 2, "it needs two axes");
        Constant given = optional(1);
        long diagonal = given == null ? 0 : given.wholeAt(0);
        long columns = data.size(data.rank() - 1);
        long rows = data.size(data.rank() - 2);
        boolean upper = node.whole("upper", 1) == 1;
        double[] numbers = data.numbers();
        for (int i = 0; i < numbers.length; i++) {
            long distance = i % columns - i / columns % rows;
            numbers[i] = (upper ? distance >= diagonal : distance <= diagonal) ? numbers[i] : 0;
        }
        return Constant.of(data.kind(), data.shape(), numbers);
    }

    private Constant nonZero() throws Unsupported {
        Constant data = input(0);
        List<long[]> found = new ArrayList<>();
        long[] index = new long[data.rank()];
        for (int i = 0; i < data.count(); i++) {
            if (data.at(i) != 0) {
                found.add(index.clone());
            }
            LoweredTensors.next(index, data.shape());
        }
        long[] numbers = new long[count(List.of((long) data.rank(), (long) found.size()))];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = found.get(i % found.size())[i / found.size()];
        }
        return Constant.ofWholes(List.of((long) data.rank(), (long) found.size()), numbers);
    }

    private Constant tile() throws Unsupported {
        Constant data = input(0);
        List<Long> repeats = input(1).wholeNumbers();
        require(repeats.size() == data.rank(), "it repeats " + repeats + " along the axes of " + data);
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < data.rank(); i++) {
            long times = repeats.get(i) % Form.BATCH == 0 && repeats.get(i) > 0 ? 1 : repeats.get(i);
            shape.add(data.size(i) * times);
        }
        int[] places = new int[count(shape)];
        long[] strides = LoweredTensors.strides(data.shape());
        long[] index = new long[shape.size()];
        for (int i = 0; i < places.length; i++) {
            long place = 0;
            for (int k = 0; k < index.length; k++) {
                place += index[k] % data.size(k) * strides[k];
            }
            places[i] = (int) place;
            LoweredTensors.next(index, shape);
        }
        return taken(data, shape, places);
    }

    /** a − b cos(2πi/n) + c cos(4πi/n). */
    private Constant window(double a, double b, double c) throws Unsupported {
        int size = count(List.of(input(0).wholeAt(0)));
        double[] numbers = new double[size];
        double period = node.whole("periodic", 1) == 1 ? size : size - 1;
        for (int i = 0; i < size; i++) {
            double angle = 2 * Math.PI * i / period;
            numbers[i] = a - b * Math.cos(angle) + c * Math.cos(2 * angle);
        }
        return Constant.ofDoubles(List.of((long) size), numbers);
    }

    private Constant oneHot() throws Unsupported {
        Constant index = input(0);
        long depth = input(1).wholeAt(0);
        int axis = Form.positive(node.whole("axis", -1), index.rank() + 1);
        List<Long> shape = new ArrayList<>(index.shape());
        shape.add(axis, depth);
        double[] numbers = new double[count(shape)];
        long inner = ReshapeNodes.product(index.shape().subList(axis, index.rank()));
        Arrays.fill(numbers, input(2).at(0));
        for (int i = 0; i < index.count(); i++) {
            long chosen = index.wholeAt(i) < 0 ? index.wholeAt(i) + depth : index.wholeAt(i);
            if (chosen >= 0 && chosen < depth) {
                numbers[(int) ((i / inner * depth + chosen) * inner + i % inner)] = input(2).at(1);
            }
        }
        return Constant.of(input(2).kind(), shape, numbers);
    }
}
