package org.espalier.generator.layer.embedding;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.TensorFunction;
import org.espalier.generator.layer.embedding.Gather.By;
import org.espalier.generator.layer.shape.Reshape;

/**
 * {@code index_select(x, dim, index)}, {@code gather(x, dim, index)} and {@code x[:, index]}: elements along an axis by
 * whole numbers.
 *
 * @param word for messages
 * @param by for which elements of the result the index has a whole number
 */
public record Picking(String word, Axis axis, By by) implements LayerRule {
    public static final List<Builtin> ALL = List.of(of("gather", By.EACH), of("index_select", By.SHARED));

    private static Builtin of(String word, By by) {
        return TensorFunction.of(
                Signature.of(word)
                        .required("input", Type.TENSOR)
                        .required("dim", Type.INT)
                        .required("index", Type.TENSOR)
                        .build(),
                arguments -> new Picking(word, Axis.any(arguments, "dim"), by));
    }

    @Override
    public String kind() {
        return by == By.EACH ? "gather" : "picked";
    }

    @Override
    public int inputCount() {
        return 2;
    }

    @Override
    public ElementType takes(int input) {
        return input == 0 ? ElementType.FLOAT : ElementType.INT;
    }

    @Override
    public boolean takesParameters() {
        return true;
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Shape index = inputs.get(1);
        if (!axis.isOf(x)) {
            return axis.misfit(word, x);
        }
        int place = axis.of(x);
        if (by == By.EACH) {
            return by.fits(x, index, place)
                    ? new Fit.Fitting(index)
                    : misfit("a tensor and an index that differ only along axis " + axis.dim(), x, index);
        }
        if (isLookUp(x, index)) {
            return Fit.of(
                    word, true, by.of(new Shape(true, x.dimensions()), index, 1).dimensions());
        }
        if (index.batched()) {
            return misfit(
                            x.batched()
                                    ? "an index that is the same for all samples"
                                    : "an index along axis 0, as it has a batch",
                            x,
                            index)
                    .withHelp("gather(x, dim, index) takes an element for each of the index");
        }
        if (index.rank() == 0) {
            return misfit("an index with an axis", x, index);
        }
        Shape y = by.of(x, index, place);
        return Fit.of(word, y.batched(), y.dimensions());
    }

    /** Tells whether each sample has its own index into what is the same for all, as an embedding has. */
    private boolean isLookUp(Shape x, Shape index) {
        return by == By.SHARED && index.batched() && !x.batched() && axis.of(x) == 0;
    }

    private Fit.Misfit misfit(String wanted, Shape x, Shape index) {
        return new Fit.Misfit(
                DiagnosticCode.MERGE_MISMATCH,
                List.of(word, wanted, x + " and " + ElementType.INT.of(index)),
                Optional.empty());
    }

    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        Value x = inputs.get(0);
        Value index = inputs.get(1);
        Value y = outputs.get(0);
        int place = axis.of(x.shape());
        if (isLookUp(x.shape(), index.shape())) {
            lookUp(wiring, index, x, y);
        } else {
            wiring.add(new Gather(wiring.origin(), x, index, y, place, by));
        }
    }

    /** A row of the table for each whole number, whatever axes a row has. */
    private static void lookUp(Wiring wiring, Value index, Value table, Value y) {
        Shape shape = table.shape();
        if (shape.rank() == 2) {
            wiring.add(new Embedding(wiring.origin(), index, table, y, Embedding.NONE));
            return;
        }
        int columns = Math.toIntExact(shape.elements() / shape.axis(0));
        Value rows = wiring.between("rows", Shape.of(shape.axis(0), columns));
        wiring.add(new Reshape(wiring.origin(), table, rows));
        Shape found = new Shape(true, index.shape().dimensions());
        Value vectors = wiring.between("vectors", found.inserting(found.rank(), columns));
        wiring.add(new Embedding(wiring.origin(), index, rows, vectors, Embedding.NONE));
        wiring.add(new Reshape(wiring.origin(), vectors, y));
    }
}
