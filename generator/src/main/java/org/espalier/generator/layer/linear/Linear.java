package org.espalier.generator.layer.linear;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.LayerDefinition;

/**
 * y = x Wᵀ + b along the last axis: x is [batch, …, in], W [out, in], y [batch, …, out]. The second axis of W may be
 * several that have {@code in} elements together.
 */
public record Linear(Origin origin, Value x, Value weight, Optional<Value> bias, Value y) implements WeightedOp {
    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("Linear")
                            .required("in_features", Type.INT)
                            .required("out_features", Type.INT)
                            .with("bias", true)
                            .regularizers()
                            .build(),
                    Rule::of)
            .example("Linear(6, 4)", "[batch, 6]", "[batch, 4]", 28)
            .example("Linear(6, 4)", "[batch, 7, 6]", "[batch, 7, 4]", 28)
            .example("Linear(6, 4, bias=false)", "[batch, 3, 2, 6]", "[batch, 3, 2, 4]", 24);

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "linear", p -> new Linear(p.origin(), p.operand(), p.operand(), p.optionalOperand(), p.result()),
            "linear_backward_input", p -> new BackwardInput(p.origin(), p.operand(), p.operand(), p.result()),
            "linear_backward_weight", p -> new BackwardWeight(p.origin(), p.operand(), p.operand(), p.result()),
            "linear_backward_bias", p -> new BackwardBias(p.origin(), p.operand(), p.result()));

    @Override
    public int weightAxis() {
        return 0;
    }

    @Override
    public boolean isUniform() {
        return true;
    }

    @Override
    public WeightedOp with(Value otherWeight, Value otherBias, Value result) {
        return new Linear(origin, x, otherWeight, Optional.of(otherBias), result);
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of("linear").from(x).with(weight).with(bias).to(y).build();
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(Range.ALL);
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        // A weight of Bilinear has its rows along two axes.
        Shape matrix = Shape.of(y.shape().last(), x.shape().last());
        String rows = weight.shape().equals(matrix) ? nodes.of(weight) : nodes.reshaped(nodes.of(weight), matrix);
        if (x.shape().rank() == 2) {
            OnnxNode product = bias.isPresent()
                    ? OnnxNode.of("Gemm", nodes.of(x), rows, nodes.of(bias))
                    : OnnxNode.of("Gemm", nodes.of(x), rows);
            nodes.is(y, nodes.add(product.with("transB", 1)));
            return;
        }
        String product = nodes.add("MatMul", nodes.of(x), nodes.permuted(rows, List.of(1, 0)));
        nodes.is(
                y, bias.map(value -> nodes.add("Add", product, nodes.of(value))).orElse(product));
    }

    @Override
    public List<String> violations() {
        return product(x, weight, y)
                .then(check -> check.equal(bias, Shape.of(y.shape().last())))
                .violations();
    }

    @Override
    public int biasAxis() {
        return y.shape().rank() - 1;
    }

    @Override
    public long multiplyAdds() {
        return rows(y) * weight.shape().elements();
    }

    /** A weight that was transposed twice is the one that there was. */
    @Override
    public Linear untransposed(Function<Value, Optional<Value>> original) {
        return original.apply(weight)
                .flatMap(original)
                .map(once -> new Linear(origin, x, once, bias, y))
                .orElse(this);
    }

    // y = x Wᵀ + b: dW = dYᵀ x, db = Σ dY, dX = dY W.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(weight, dW -> new BackwardWeight(origin, x, dY, dW));
        tape.contribute(bias, db -> new BackwardBias(origin, dY, db));
        tape.contribute(x, dX -> new BackwardInput(origin, dY, weight, dX));
    }

    // [batch, 784] x [256, 784]' + [256] -> [batch, 256]
    @Override
    public KernelCall call() {
        String shift = bias.map(value -> " + " + value.shape()).orElse("");
        return KernelCall.of(signature())
                .remarked(x.shape() + " x " + weight.shape() + "'" + shift + " -> " + y.shape());
    }

    private static ShapeCheck product(Value x, Value weight, Value y) {
        return new ShapeCheck()
                .channels(x)
                .channels(y)
                .then(check -> check.that(
                                isMatrix(
                                        weight.shape(),
                                        y.shape().last(),
                                        x.shape().last()),
                                () -> weight + " is " + weight.shape() + " and should be ["
                                        + y.shape().last() + ", " + x.shape().last() + "]")
                        .equal(y, x.shape().withLast(y.shape().last())));
    }

    /** Tells whether a weight has a row for each output; what a row is made of may be several axes. */
    private static boolean isMatrix(Shape weight, int out, int in) {
        return !weight.batched() && weight.rank() > 1 && weight.axis(0) == out && weight.elements() == (long) out * in;
    }

    /** Counts how often the weights are applied to a sample: once for each row along the last axis. */
    private static long rows(Value value) {
        return value.shape().elements() / value.shape().last();
    }

    // [batch * 7, 16]
    private static String matrix(Value value) {
        List<Integer> sizes = value.shape().dimensions();
        return sizes.subList(0, sizes.size() - 1).stream()
                .map(size -> " * " + size)
                .collect(Collectors.joining("", "[batch", ", " + value.shape().last() + "]"));
    }

    /** dX = dY W. */
    public record BackwardInput(Origin origin, Value dY, Value weight, Value dX) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("linear_backward_input")
                    .from(dY)
                    .with(weight)
                    .to(dX)
                    .build();
        }

        @Override
        public List<String> violations() {
            return product(dX, weight, dY).violations();
        }

        @Override
        public long multiplyAdds() {
            return rows(dY) * weight.shape().elements();
        }

        // [batch, 256] x [256, 784] -> [batch, 784]
        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).remarked(dY.shape() + " x " + weight.shape() + " -> " + dX.shape());
        }
    }

    /** dW = dYᵀ x. */
    public record BackwardWeight(Origin origin, Value x, Value dY, Value dWeight) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("linear_backward_weight")
                    .from(x, dY)
                    .to(dWeight)
                    .using(Argument.State.ACCUMULATE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return product(x, dWeight, dY).violations();
        }

        @Override
        public long multiplyAdds() {
            return rows(dY) * dWeight.shape().elements();
        }

        // [batch, 256]' x [batch, 784] -> [256, 784]
        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).remarked(matrix(dY) + "' x " + matrix(x) + " -> " + dWeight.shape());
        }
    }

    /** db = Σ of dY over the batch and every axis but the last. */
    public record BackwardBias(Origin origin, Value dY, Value dBias) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("linear_backward_bias")
                    .from(dY)
                    .to(dBias)
                    .using(Argument.State.ACCUMULATE)
                    .build();
        }

        @Override
        public List<String> violations() {
            return new ShapeCheck()
                    .channels(dY)
                    .then(check -> check.equal(dBias, Shape.of(dY.shape().last())))
                    .violations();
        }
    }

    /** {@code Linear}, along the last axis: W is [out, in]; weight and bias start uniform in ±1/√in. */
    record Rule(int in, int out, boolean hasBias, Optional<Penalty> weightPenalty, Optional<Penalty> biasPenalty)
            implements UnaryRule {

        private static Rule of(Arguments arguments) {
            boolean bias = arguments.bool("bias");
            int in = arguments.integer("in_features", 1);
            int out = arguments.integer("out_features", 1);
            arguments.checkSize("weight", out, in);
            return new Rule(in, out, bias, arguments.penalty("weight_regularizer"), Biases.penalty(arguments, bias));
        }

        @Override
        public String kind() {
            return "linear";
        }

        @Override
        public boolean isOfParameters() {
            return true;
        }

        @Override
        public Fit fit(Shape x) {
            if (x.rank() < 2) {
                return Fit.mismatch("Linear", "[batch, …, " + in + "]", x);
            }
            if (x.last() == in) {
                return Fit.of(
                        "Linear",
                        x.withLast(out).dimensions().stream()
                                .mapToLong(Integer::longValue)
                                .toArray());
            }
            return Fit.mismatch("Linear", x.rank() == 2 ? "[batch, " + in + "]" : "[batch, …, " + in + "]", x)
                    .withHelp(help(x));
        }

        /** An image is flattened more often than not; of other tensors, either may be meant. */
        private String help(Shape x) {
            if (x.rank() == 2) {
                return "in_features should be " + x.last();
            }
            if (x.elements() == in) {
                return "put Flatten() before it";
            }
            String last = "in_features should be " + x.last() + " for the last axis alone";
            String whole = "put Flatten() before it, and in_features should be " + x.elements();
            return x.rank() == 4 ? whole + "; or " + last : last + "; or " + whole;
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            double bound = 1 / Math.sqrt(in);
            Value weight = wiring.weight(bound, out, in);
            wiring.add(new Linear(wiring.origin(), x, weight, wiring.bias(hasBias, bound, out), y));
        }
    }
}
