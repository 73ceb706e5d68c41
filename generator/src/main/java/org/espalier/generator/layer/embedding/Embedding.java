package org.espalier.generator.layer.embedding;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * y[n, …] = W[x[n, …]]: a row of W for each whole number. x is [batch, …], W [rows, columns], y [batch, …, columns].
 *
 * @param padding the row that no gradient reaches, or {@link #NONE}
 */
public record Embedding(Origin origin, Value x, Value weight, Value y, int padding) implements ForwardOp {
    /** Every row is learned. */
    public static final int NONE = -1;

    private static final String PADDING = "padding_idx";

    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("Embedding")
                            .required("num_embeddings", Type.INT)
                            .required("embedding_dim", Type.INT)
                            .with(PADDING, Type.INT, new Datum.None())
                            .with("max_norm", Type.FLOAT, new Datum.None())
                            .with("norm_type", 2.0)
                            .with("scale_grad_by_freq", false)
                            .with("sparse", false)
                            .weightRegularizer()
                            .build(),
                    Rule::of)
            .example("Embedding(5, 4)", "int[batch, 6]", "[batch, 6, 4]", 20)
            .example("Embedding(3, 2)", "int[batch]", "[batch, 2]", 6)
            .example("Embedding(4, 3, padding_idx=1)", "int[batch, 7]", "[batch, 7, 3]", 12)
            .example("Embedding(4, 3, padding_idx=-1)", "int[batch, 2, 3]", "[batch, 2, 3, 3]", 12);

    public static final Builtin EMBEDDING = TensorFunction.of(
            Signature.of("embedding")
                    .required("input", Type.TENSOR)
                    .required("weight", Type.TENSOR)
                    .with(PADDING, Type.INT, new Datum.None())
                    .build(),
            arguments -> new OfTable(
                    arguments.isNone(PADDING)
                            ? OptionalInt.empty()
                            : OptionalInt.of(arguments.integer(PADDING, Integer.MIN_VALUE))));

    /** Readers of printed ones, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "embedding", p -> new Embedding(p.origin(), p.operand(), p.operand(), p.result(), p.whole(PADDING)),
            "embedding_backward_weight",
                    p -> new BackwardWeight(p.origin(), p.operand(), p.operand(), p.result(), p.whole(PADDING)));

    @Override
    public OpSignature signature() {
        return OpSignature.of("embedding")
                .from(x)
                .with(weight)
                .to(y)
                .attribute(PADDING, padding)
                .build();
    }

    @Override
    public List<Value> wholeInputs() {
        return List.of(x);
    }

    @Override
    public OptionalInt limit(Value whole) {
        return OptionalInt.of(weight.shape().axis(0));
    }

    @Override
    public List<AxisLink> links() {
        return List.of(new AxisLink(1, 1, y.shape().rank() - 1));
    }

    @Override
    public double constant(List<Double> operands) {
        return operands.get(1);
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(y, nodes.add("Gather", nodes.of(weight), nodes.whole(x)));
    }

    @Override
    public List<String> violations() {
        return rows(x, weight, y, padding).violations();
    }

    @Override
    public int biasAxis() {
        return y.shape().rank() - 1;
    }

    // y[n] = W[x[n]]: dW[r] = Σ dY[n] over the n with x[n] = r; none by the row of the padding.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(weight, dW -> new BackwardWeight(origin, x, dY, dW, padding));
    }

    // int[batch, 64] of [256, 128] -> [batch, 64, 128]
    @Override
    public KernelCall call() {
        return KernelCall.of("embedding", operand(x), operand(weight), operand(y))
                .remarked(x.type() + " of " + weight.shape() + " -> " + y.shape());
    }

    private static Argument operand(Value value) {
        return new Argument.Operand(value);
    }

    private static ShapeCheck rows(Value x, Value weight, Value y, int padding) {
        Shape table = weight.shape();
        return new ShapeCheck()
                .that(!table.batched() && table.rank() == 2, () -> weight + " is " + table + " and should be a matrix")
                .that(x.shape().batched(), () -> x + " is " + x.type() + " and should have a batch")
                .then(check -> check.equal(y, vectors(x.shape(), table.last()))
                        .that(
                                padding >= NONE && padding < table.axis(0),
                                () -> weight + " " + table + " has no row " + padding));
    }

    /** The shape of a vector for each element. */
    private static Shape vectors(Shape x, int size) {
        return new Shape(
                x.batched(),
                Stream.concat(x.dimensions().stream(), Stream.of(size)).toList());
    }

    /** dW[r] = Σ dY[n, …] over the places where x[n, …] = r, in their order; 0 of the padding's row. */
    public record BackwardWeight(Origin origin, Value x, Value dY, Value dWeight, int padding) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("embedding_backward_weight")
                    .with(x)
                    .from(dY)
                    .to(dWeight)
                    .using(Argument.State.ACCUMULATE)
                    .attribute(PADDING, padding)
                    .build();
        }

        @Override
        public List<Value> wholeInputs() {
            return List.of(x);
        }

        @Override
        public boolean writesRowsOnly() {
            return true;
        }

        @Override
        public List<String> violations() {
            return rows(x, dWeight, dY, padding).violations();
        }

        // [batch, 64, 128] into the rows int[batch, 64] of [256, 128]
        @Override
        public KernelCall call() {
            return KernelCall.of(signature())
                    .remarked(dY.shape() + " into the rows " + x.type() + " of " + dWeight.shape());
        }
    }

    /**
     * {@code embedding(tokens, table)}: the table is a parameter, such as that of another layer. A row of padding below
     * 0 counts from the end.
     */
    record OfTable(OptionalInt padding) implements LayerRule {
        @Override
        public String kind() {
            return "embedding";
        }

        @Override
        public int inputCount() {
            return 2;
        }

        @Override
        public ElementType takes(int input) {
            return input == 0 ? ElementType.INT : ElementType.FLOAT;
        }

        @Override
        public boolean takesParameters() {
            return true;
        }

        @Override
        public Fit fit(List<Shape> inputs) {
            Shape table = inputs.get(1);
            boolean fits = inputs.get(0).batched() && !table.batched() && table.rank() == 2;
            if (!fits) {
                return Fit.mismatch("embedding", "a parameter [rows, columns] as its table", table);
            }
            int rows = table.axis(0);
            if (padding.isPresent() && (padding.getAsInt() >= rows || padding.getAsInt() < -rows)) {
                return Fit.mismatch("embedding", "a table with a row " + padding.getAsInt(), table);
            }
            return Fit.of(
                    "embedding",
                    vectors(inputs.get(0), table.last()).dimensions().stream()
                            .mapToLong(Integer::longValue)
                            .toArray());
        }

        @Override
        public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
            Value table = inputs.get(1);
            int row = padding.isPresent()
                    ? Math.floorMod(padding.getAsInt(), table.shape().axis(0))
                    : NONE;
            wiring.add(new Embedding(wiring.origin(), inputs.get(0), table, outputs.get(0), row));
        }
    }

    /** {@code Embedding}: W starts normal, 0 ± 1, and its row of the padding as zeros. */
    record Rule(int rows, int columns, OptionalInt padding, Optional<Penalty> weightPenalty) implements UnaryRule {
        private static Rule of(Arguments arguments) {
            int rows = arguments.integer("num_embeddings", 1);
            int columns = arguments.integer("embedding_dim", 1);
            arguments.checkSize("weight", rows, columns);
            arguments.only("max_norm", new Datum.None());
            arguments.only("scale_grad_by_freq", new Datum.Bool(false));
            arguments.only("sparse", new Datum.Bool(false));
            return new Rule(rows, columns, padding(arguments, rows), arguments.penalty("weight_regularizer"));
        }

        /** As in PyTorch, one below 0 is counted from behind. */
        private static OptionalInt padding(Arguments arguments, int rows) {
            if (arguments.isNone(PADDING)) {
                return OptionalInt.empty();
            }
            int given = arguments.integer(PADDING, -rows);
            if (given >= rows) {
                arguments.outOfRange(PADDING, "below num_embeddings, " + rows);
            }
            return OptionalInt.of(Math.floorMod(given, rows));
        }

        @Override
        public String kind() {
            return "embedding";
        }

        @Override
        public boolean isOfParameters() {
            return true;
        }

        @Override
        public ElementType takes() {
            return ElementType.INT;
        }

        @Override
        public Fit fit(Shape x) {
            LongStream sizes = x.dimensions().stream().mapToLong(Integer::longValue);
            return Fit.of(
                    "Embedding",
                    LongStream.concat(sizes, LongStream.of(columns)).toArray());
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            InitializerDecl.Normal normal = new InitializerDecl.Normal(0, 1);
            Value weight = wiring.weight(
                    padding.isPresent()
                            ? new InitializerDecl.NormalExcept(
                                    normal, (long) padding.getAsInt() * columns, (padding.getAsInt() + 1L) * columns)
                            : normal,
                    rows,
                    columns);
            wiring.add(new Embedding(wiring.origin(), x, weight, y, padding.orElse(NONE)));
        }
    }
}
