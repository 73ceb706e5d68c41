package org.espalier.generator.layer.api;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;

/** A parameter that a block or network declares: {@code parameter scale: float[size] = constant(1)}. */
public record OwnParameter(String name, Shape shape, InitializerDecl initializer) implements LayerRule {
    private static final String BIAS = "bias";

    @Override
    public String kind() {
        return name;
    }

    @Override
    public int inputCount() {
        return 0;
    }

    @Override
    public boolean isOfParameters() {
        return true;
    }

    /** By its name: what is called a bias is not a weight, which regularizers are for. */
    private ParameterDecl.Role role() {
        boolean bias = name.equals(BIAS) || name.endsWith("_" + BIAS) || name.startsWith(BIAS + "_");
        return bias ? ParameterDecl.Role.BIAS : ParameterDecl.Role.WEIGHT;
    }

    @Override
    public Optional<Value> source(Wiring wiring) {
        return Optional.of(wiring.ownParameter(role(), initializer, shape));
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        return new Fit.Fitting(shape);
    }

    /** There is nothing to compute. */
    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {}
}
