package org.espalier.generator.layer.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.ParameterDecl.Role;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.shape.Reshape;

/**
 * The scores that LinearCrossEntropyLoss judges: [batch, in] → [batch, classes, sizes…], a Linear layer's numbers, of
 * which all places of a class come one after the other.
 */
public record LinearOfClasses(int in, int classes, List<Integer> sizes, boolean hasBias) implements UnaryRule {
    /** Copies the list. */
    public LinearOfClasses {
        sizes = List.copyOf(sizes);
    }

    @Override
    public String kind() {
        return "linear";
    }

    @Override
    public boolean isOfParameters() {
        return true;
    }

    /** All scores of a sample. */
    public long scores() {
        return classes
                * Limits.elements(sizes.stream().mapToLong(Integer::longValue).toArray());
    }

    @Override
    public Fit fit(Shape x) {
        if (x.rank() != 2 || x.last() != in) {
            return Fit.mismatch("LinearCrossEntropyLoss", "[batch, " + in + "]", x);
        }
        List<Integer> all = new ArrayList<>(List.of(classes));
        all.addAll(sizes);
        return Fit.of("LinearCrossEntropyLoss", true, all);
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        int scores = Math.toIntExact(scores());
        double bound = 1 / Math.sqrt(in);
        Value weight = wiring.parameter("weight", Role.WEIGHT, new InitializerDecl.Uniform(bound), scores, in);
        Optional<Value> bias = wiring.bias(hasBias, bound, scores);
        if (sizes.isEmpty()) {
            wiring.add(new Linear(wiring.origin(), x, weight, bias, y));
            return;
        }
        Value flat = wiring.between("scores", Shape.batch(scores));
        wiring.add(new Linear(wiring.origin(), x, weight, bias, flat));
        wiring.add(new Reshape(wiring.origin(), flat, y));
    }
}
