package org.espalier.generator.layer.normalization;

import java.util.Optional;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;

/** Relations between the shapes of normalisations by channel. */
final class Statistics {
    private Statistics() {}

    /** Checks the shapes of statistics, and of γ and β or the gradients by them. */
    @SafeVarargs
    static ShapeCheck check(Value x, Shape statistics, Value mean, Value inverseStd, Optional<Value>... parameters) {
        ShapeCheck check = new ShapeCheck().channels(x).equal(mean, statistics).equal(inverseStd, statistics);
        for (Optional<Value> parameter : parameters) {
            check.equal(parameter, x.shape().channels());
        }
        return check;
    }
}
