package org.espalier.generator.layer.elementwise;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.FormulaParser;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * One number for all that lies along some axes of a sample. Those axes stay, of size 1, so that y can be repeated over
 * x as an operand of a formula; a {@code Reshape} drops them, which costs nothing.
 */
public record Reduce(Origin origin, Kind kind, Value x, Value y) implements ForwardOp {
    private static final String UPSTREAM = "dY";

    /** Reduction of numbers to one. */
    public enum Kind {
        /** Σ x. */
        SUM("ReduceSum"),
        /** Σ x / n. */
        MEAN("ReduceMean"),
        /** The largest; NaN if one is. Its gradient is shared by those that are as large. */
        MAX("ReduceMax"),
        /** The smallest; NaN if one is. Its gradient is shared by those that are as small. */
        MIN("ReduceMin"),
        /** Π x. */
        PRODUCT("ReduceProd"),
        /** ln Σ eˣ. */
        LOG_SUM_EXP("ReduceLogSumExp"),
        /** √Σ x², whose gradient is taken as 0 where it is 0. */
        NORM("ReduceL2");

        private final String onnx;

        Kind(String onnx) {
            this.onnx = onnx;
        }

        /** {@code log_sum_exp}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "reduce", p -> new Reduce(p.origin(), p.constant("kind", Kind.class), p.operand(), p.result()),
            "reduce_backward",
                    p -> new Backward(
                            p.origin(),
                            p.constant("kind", Kind.class),
                            p.operand(),
                            p.operand(),
                            p.operand(),
                            p.result()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("reduce")
                .from(x)
                .to(y)
                .attribute("kind", kind.text())
                .build();
    }

    @Override
    public List<AxisLink> links() {
        return AxisLink.ofSameSizes(signature());
    }

    @Override
    public double constant(List<Double> operands) {
        return kind == Kind.MEAN || kind == Kind.MAX || kind == Kind.MIN ? operands.get(0) : Double.NaN;
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        List<Integer> reduced = IntStream.range(x.shape().firstAxis(), x.shape().rank())
                .filter(axis -> x.shape().axis(axis) != y.shape().axis(axis))
                .boxed()
                .toList();
        // Without axes ONNX reduces all of them.
        OnnxNode node = reduced.isEmpty()
                ? OnnxNode.of(kind.onnx, nodes.of(x)).with("noop_with_empty_axes", 1)
                : OnnxNode.of(kind.onnx, nodes.of(x), nodes.wholes(reduced));
        nodes.is(y, nodes.add(node));
    }

    @Override
    public List<String> violations() {
        return check(x, y).violations();
    }

    private static ShapeCheck check(Value x, Value y) {
        Shape from = x.shape();
        Shape to = y.shape();
        return new ShapeCheck()
                .that(
                        from.batched() == to.batched()
                                && from.rank() == to.rank()
                                && IntStream.range(from.firstAxis(), to.rank())
                                        .allMatch(axis -> to.axis(axis) == 1 || to.axis(axis) == from.axis(axis)),
                        () -> x + " " + from + " cannot become " + y + " " + to + " by leaving axes out");
    }

    // y = Σ x: dX = dY; the others as their formulas say.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> gradient(dY, dX));
    }

    private Op gradient(Value dY, Value dX) {
        long count = x.shape().elements() / y.shape().elements();
        return switch (kind) {
            case SUM -> formula(UPSTREAM, List.of(UPSTREAM), List.of(dY), dX);
            case MEAN -> formula(UPSTREAM + " / " + count, List.of(UPSTREAM), List.of(dY), dX);
            case LOG_SUM_EXP -> formula(UPSTREAM + " * exp(x - y)", List.of("x", "y", UPSTREAM), List.of(x, y, dY), dX);
            case NORM ->
                formula(
                        "if 0 < y then " + UPSTREAM + " * x / y else 0",
                        List.of("x", "y", UPSTREAM),
                        List.of(x, y, dY),
                        dX);
            case MAX, MIN, PRODUCT -> new Backward(origin, kind, x, y, dY, dX);
        };
    }

    private Op formula(String text, List<String> variables, List<Value> operands, Value dX) {
        Formula formula = FormulaParser.parse(text);
        Function function = new Function(kind.text() + "_backward", variables, formula);
        return new Elementwise.Backward(
                origin, function, operands, operands.stream().map(value -> 0).toList(), dX);
    }

    // norm(x, y);
    @Override
    public KernelCall call() {
        return KernelCall.of("reduce_" + kind.text(), new Argument.Operand(x), new Argument.Operand(y));
    }

    /** The gradient of what no formula of single elements says: of an extremum, or a product. */
    public record Backward(Origin origin, Kind kind, Value x, Value y, Value dY, Value dX) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("reduce_backward")
                    .with(x, y)
                    .from(dY)
                    .to(dX)
                    .attribute("kind", kind.text())
                    .build();
        }

        @Override
        public List<String> violations() {
            return check(x, y).sameShape(x, dX).sameShape(y, dY).violations();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(
                    "reduce_" + kind.text() + "_backward",
                    new Argument.Operand(x),
                    new Argument.Operand(y),
                    new Argument.Operand(dY),
                    new Argument.Operand(dX));
        }
    }
}
