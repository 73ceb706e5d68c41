package org.espalier.generator.layer.pooling;

import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window;

/** Relations between the shapes of pools. */
final class Pools {
    private Pools() {}

    static ShapeCheck check(Value x, Value y) {
        return new ShapeCheck()
                .rank(x, 4)
                .rank(y, 4)
                .then(check -> check.that(
                        x.shape().axis(1) == y.shape().axis(1), () -> x + " and " + y + " differ in channels"));
    }

    static ShapeCheck check(Value x, Value y, Window window) {
        return check(x, y)
                .then(check -> check.that(
                        window.joins(y.shape(), x.shape(), false),
                        () -> "a window of " + window + " does not join " + x.shape() + " and " + y.shape()));
    }
}
