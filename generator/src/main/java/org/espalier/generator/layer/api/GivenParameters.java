package org.espalier.generator.layer.api;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;

/** A function of x that is given the parameters that a layer has of its own: a weight, and often a bias [out]. */
public interface GivenParameters extends LayerRule {
    /** Tells whether it is given a bias. */
    boolean hasBias();

    @Override
    default int inputCount() {
        return hasBias() ? 3 : 2;
    }

    @Override
    default boolean takesParameters() {
        return true;
    }

    /** Returns the bias among the inputs. */
    default Optional<Value> bias(List<Value> inputs) {
        return hasBias() ? Optional.of(inputs.get(2)) : Optional.empty();
    }

    /** Tells whether the bias has an element for each row of the weight. */
    default boolean biasFits(List<Shape> inputs) {
        return !hasBias() || inputs.get(2).equals(Shape.of(inputs.get(1).axis(0)));
    }

    /**
     * Reports shapes that do not fit together.
     *
     * @param wanted of x and the weight
     * @param bias of the bias, named only where there is one
     */
    default Fit misfit(String word, String wanted, String bias, List<Shape> inputs) {
        return new Fit.Misfit(
                DiagnosticCode.MERGE_MISMATCH,
                List.of(
                        word,
                        wanted + (hasBias() ? " and " + bias : ""),
                        inputs.stream().map(Shape::toString).collect(Collectors.joining(" and "))),
                Optional.empty());
    }
}
