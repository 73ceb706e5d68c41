package org.espalier.generator.layer.shape;

import org.espalier.generator.elaborate.language.ActivityPenalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.LayerDefinition;

/**
 * {@code Identity}, and what is like it: hands its input on. {@code Identity} itself takes any arguments, as in
 * PyTorch, so that it can stand for any layer.
 *
 * @param kind what it is called without a name of its own
 */
public record Identity(String kind) implements UnaryRule {
    public static final LayerDefinition LAYER = LayerDefinition.norm(
                    Signature.of("Identity").rest("args", Type.ANY).build(), arguments -> new Identity("identity"))
            .example("Identity(54)", "[batch, 6]", "[batch, 6]", 42);

    /** {@code ActivityRegularization}: hands its input on, with a penalty. */
    public static final LayerDefinition ACTIVITY_REGULARIZATION = LayerDefinition.layer(
                    Signature.of("ActivityRegularization")
                            .required(ActivityPenalty.ARGUMENT, Type.REGULARIZER)
                            .byName(ActivityPenalty.REDUCTION, Type.REDUCTION, ActivityPenalty.MEAN)
                            .build(),
                    arguments -> new Identity("activity"))
            .example("ActivityRegularization(l1(0.01))", "[batch, 6]", "[batch, 6]", 42);

    @Override
    public boolean isIdentity() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        return new Fit.Fitting(x);
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        throw new IllegalStateException("Identity has no operation: its output is its input");
    }
}
