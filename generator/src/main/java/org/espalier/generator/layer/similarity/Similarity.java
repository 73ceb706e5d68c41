package org.espalier.generator.layer.similarity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.shape.Reshape;

/** {@code CosineSimilarity} and {@code PairwiseDistance}: two tensors of one shape, compared along an axis. */
interface Similarity extends LayerRule {
    /** The layer's name. */
    String word();

    /** The axis that they are compared along. */
    Axis axis();

    /** Tells whether the axis stays, of size 1. */
    boolean keeps();

    /** Adds the operations that compare; what they make has the axis still, of size 1. */
    void compare(Wiring wiring, Value x1, Value x2, Value compared);

    @Override
    default String kind() {
        return word().toLowerCase(Locale.ROOT);
    }

    @Override
    default int inputCount() {
        return 2;
    }

    @Override
    default Fit fit(List<Shape> inputs) {
        Shape x = inputs.get(0);
        if (!axis().isOf(x)) {
            return axis().misfit(word(), x);
        }
        if (!inputs.get(1).equals(x)) {
            return Fit.mismatch(word(), x + " as its second input", inputs.get(1));
        }
        List<Integer> sizes = new ArrayList<>(x.with(axis().of(x), 1).dimensions());
        if (!keeps()) {
            sizes.remove(axis().of(x) - 1);
        }
        return new Fit.Fitting(new Shape(true, sizes));
    }

    @Override
    default void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        Value x = inputs.get(0);
        Value y = outputs.get(0);
        if (keeps()) {
            compare(wiring, x, inputs.get(1), y);
            return;
        }
        Value compared = wiring.between("compared", x.shape().with(axis().of(x.shape()), 1));
        compare(wiring, x, inputs.get(1), compared);
        wiring.add(new Reshape(wiring.origin(), compared, y));
    }
}
