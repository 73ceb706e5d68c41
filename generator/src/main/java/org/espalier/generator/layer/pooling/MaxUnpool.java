package org.espalier.generator.layer.pooling;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * The elements of x where a max pool took them from, and 0 elsewhere: y[n, c, indices[n, c, i]] = x[n, c, i], places
 * being counted in each channel as if that lay in one line. Of several that go to one place the last stays.
 */
public record MaxUnpool(Origin origin, Value x, Value indices, Value y) implements ForwardOp {
    private static final String OUTPUT_SIZE = "output_size";

    public static final LayerDefinition OF_SEQUENCES = Rule.layer(1)
            .example("MaxUnpool1d(2)", "[batch, 3, 4] & int[batch, 3, 4]", "[batch, 3, 8]", 0)
            .example("MaxUnpool1d(3, stride=2, padding=1)", "[batch, 2, 4] & int[batch, 2, 4]", "[batch, 2, 7]", 0);

    public static final LayerDefinition OF_IMAGES = Rule.layer(2)
            .example("MaxUnpool2d(2)", "[batch, 3, 2, 3] & int[batch, 3, 2, 3]", "[batch, 3, 4, 6]", 0)
            .example(
                    "MaxUnpool2d((2, 3), stride=(1, 2))",
                    "[batch, 2, 3, 2] & int[batch, 2, 3, 2]",
                    "[batch, 2, 4, 5]",
                    0);

    public static final LayerDefinition OF_VOLUMES = Rule.layer(3)
            .example("MaxUnpool3d(2)", "[batch, 2, 2, 1, 2] & int[batch, 2, 2, 1, 2]", "[batch, 2, 4, 2, 4]", 0);

    /** {@code max_unpool2d(x, indices, 2)} and its like, of {@code torch.nn.functional}. */
    public static final List<Builtin> FUNCTIONS =
            WindowGeometry.AXES.stream().map(Rule::function).toList();

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "max_unpool", p -> new MaxUnpool(p.origin(), p.operand(), p.operand(), p.result()),
            "max_unpool_backward", p -> new Backward(p.origin(), p.operand(), p.operand(), p.result()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("max_unpool").from(x).with(indices).to(y).build();
    }

    @Override
    public List<Value> wholeInputs() {
        return whole(indices);
    }

    private static List<Value> whole(Value indices) {
        return indices.isWhole() ? List.of(indices) : List.of();
    }

    @Override
    public List<Value> differentiable() {
        return List.of(x);
    }

    @Override
    public OptionalInt limit(Value whole) {
        return OptionalInt.of((int) Sizes.of(y.shape()).elements());
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        int from = (int) Sizes.of(x.shape()).elements();
        int to = (int) Sizes.of(y.shape()).elements();
        int channels = x.shape().axis(1);
        Shape lines = Shape.batch(channels, from);
        String zeros = nodes.add("Expand", nodes.number(0), nodes.sizes(Shape.batch(channels, to)));
        String scattered = nodes.add(OnnxNode.of(
                        "ScatterElements",
                        zeros,
                        nodes.reshaped(nodes.whole(indices), lines),
                        nodes.reshaped(nodes.of(x), lines))
                .with("axis", 2));
        nodes.is(y, nodes.reshaped(scattered, y.shape()));
    }

    @Override
    public List<String> violations() {
        return check(x, indices, y).violations();
    }

    private static ShapeCheck check(Value small, Value indices, Value large) {
        return Pools.check(large, small).sameShape(small, indices);
    }

    // y[indices[i]] = x[i]: dX[i] = dY[indices[i]] if x[i] stayed there, else 0.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, indices, dX));
    }

    /** Takes each dX from where x went, or 0 if another one took its place. */
    public record Backward(Origin origin, Value dY, Value indices, Value dX) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("max_unpool_backward")
                    .from(dY)
                    .with(indices)
                    .to(dX)
                    .build();
        }

        @Override
        public List<Value> wholeInputs() {
            return whole(indices);
        }

        @Override
        public List<String> violations() {
            return check(dX, indices, dY).violations();
        }
    }

    /**
     * {@code MaxUnpool2d} and its like, which undo a pool of the same window.
     *
     * @param word for messages
     * @param size of the result behind its channels, if it is not the smallest one that the pool makes x of
     */
    record Rule(String word, WindowGeometry window, Optional<Sizes> size) implements LayerRule {
        private static final String INPUT = "input";
        private static final String INDICES = "indices";

        private static LayerDefinition layer(int axes) {
            String word = "MaxUnpool" + axes + "d";
            return LayerDefinition.layer(
                    window(Signature.of(word), axes).build(), arguments -> of(word, axes, arguments));
        }

        private static Builtin function(int axes) {
            String word = "max_unpool" + axes + "d";
            Signature.Builder signature =
                    Signature.of(word).required(INPUT, Type.TENSOR).required(INDICES, Type.TENSOR);
            return TensorFunction.of(
                    window(signature, axes)
                            .with(OUTPUT_SIZE, Type.AXIS_SIZE, new Datum.None())
                            .build(),
                    arguments -> of(word, axes, arguments).sized(arguments));
        }

        private static Signature.Builder window(Signature.Builder signature, int axes) {
            return signature
                    .required("kernel_size", Type.size(axes))
                    .with("stride", Type.size(axes), new Datum.None())
                    .with("padding", Type.size(axes), new Datum.Int(0));
        }

        private static Rule of(String word, int axes, Arguments arguments) {
            return new Rule(word, Pools.window(arguments, axes, Sizes.all(axes, 1)), Optional.empty());
        }

        private Rule sized(Arguments arguments) {
            if (arguments.isNone(OUTPUT_SIZE)) {
                return this;
            }
            List<Datum> sizes = Type.elements(arguments.get(OUTPUT_SIZE));
            List<Datum> behind = sizes.subList(Math.max(0, sizes.size() - window.axes()), sizes.size());
            boolean counts = sizes.size() == window.axes() || sizes.size() == window.axes() + WindowGeometry.FIRST;
            if (!counts || !behind.stream().allMatch(size -> size instanceof Datum.Int one && one.value() > 0)) {
                arguments.outOfRange(
                        OUTPUT_SIZE, "a size above 0 for each of " + window.axes() + " axes, or a whole shape");
                return this;
            }
            return new Rule(
                    word,
                    window,
                    Optional.of(new Sizes(behind.stream()
                            .map(one -> (int) Math.min(Integer.MAX_VALUE, ((Datum.Int) one).value()))
                            .toList())));
        }

        @Override
        public String kind() {
            return "unpool";
        }

        @Override
        public int inputCount() {
            return 2;
        }

        @Override
        public Optional<Signature> forward() {
            return Optional.of(Signature.of(word)
                    .required(INPUT, Type.TENSOR)
                    .required(INDICES, Type.TENSOR)
                    .with(OUTPUT_SIZE, Type.AXIS_SIZE, new Datum.None())
                    .build());
        }

        @Override
        public LayerRule applied(Arguments arguments) {
            return sized(arguments);
        }

        @Override
        public boolean takesEither(int input) {
            return input == 1;
        }

        @Override
        public Fit fit(List<Shape> inputs) {
            Shape x = inputs.get(0);
            Optional<Fit> misfit = Extents.misfit(word, x, window.axes(), 0, "");
            if (misfit.isPresent()) {
                return misfit.get();
            }
            if (!inputs.get(1).equals(x)) {
                return Fit.mismatch(word, "indices " + x + ", as many as elements", inputs.get(1));
            }
            Fit smallest = Extents.spreading(word, x, x.axis(1), window);
            if (size.isEmpty() || !(smallest instanceof Fit.Fitting fitting)) {
                return smallest;
            }
            Sizes smallestSizes = Sizes.of(fitting.shape());
            boolean near = IntStream.range(0, window.axes())
                    .allMatch(axis -> Math.abs((long) size.get().at(axis) - smallestSizes.at(axis))
                            < window.stride().at(axis));
            return near
                    ? Fit.of(word, Extents.behind(x.axis(1), size.get()))
                    : new Fit.Misfit(
                            DiagnosticCode.MERGE_MISMATCH,
                            List.of(
                                    word,
                                    "an output_size that differs by less than the stride, " + window.stride()
                                            + ", from " + list(smallestSizes),
                                    list(size.get())),
                            Optional.empty());
        }

        private static List<Integer> list(Sizes sizes) {
            return new ArrayList<>(sizes.sizes());
        }

        @Override
        public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
            wiring.add(new MaxUnpool(wiring.origin(), inputs.get(0), inputs.get(1), outputs.get(0)));
        }
    }
}
