package org.espalier.generator.elaborate.language;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;

/** Context in which a layer rule makes its operation: one application of a layer, and the layer's parameters. */
public final class Wiring {
    private final Tensors tensors;
    private final Layer.Primitive layer;
    private final String path;
    private final Origin origin;
    private final Consumer<ForwardOp> operations;
    private final IntPredicate wanted;

    /**
     * An application.
     *
     * @param path the layer's path, which its parameters' names begin with
     * @param origin the application, whose name differs from the path if it is not the layer's first
     * @param operations takes the operations, in order
     * @param wanted tells of a result by its place whether something reads it
     */
    public Wiring(
            Tensors tensors,
            Layer.Primitive layer,
            String path,
            Origin origin,
            Consumer<ForwardOp> operations,
            IntPredicate wanted) {
        this.tensors = tensors;
        this.layer = layer;
        this.path = path;
        this.origin = origin;
        this.operations = operations;
        this.wanted = wanted;
    }

    /** Tells whether something reads the result of a place; one that nothing reads need not be written. */
    public boolean isWanted(int result) {
        return wanted.test(result);
    }

    public Origin origin() {
        return origin;
    }

    /** Adds an operation behind those that were added before. */
    public void add(ForwardOp op) {
        operations.accept(op);
    }

    /** A tensor between two operations of the layer. */
    public Value between(String name, Shape shape) {
        return tensors.value(origin.layer() + "." + name, shape, Value.Kind.ACTIVATION, layer.span());
    }

    /** The weight, uniform in ±bound. */
    public Value weight(double bound, Integer... sizes) {
        return parameter("weight", ParameterDecl.Role.WEIGHT, new InitializerDecl.Uniform(bound), sizes);
    }

    /** The weight, as an initializer starts it. */
    public Value weight(InitializerDecl initializer, Integer... sizes) {
        return parameter("weight", ParameterDecl.Role.WEIGHT, initializer, sizes);
    }

    /** A parameter of a layer that has several of one role. */
    public Value parameter(String name, ParameterDecl.Role role, InitializerDecl initializer, Integer... sizes) {
        return tensors.parameter(layer, path, name, role, initializer, Shape.of(sizes), 0);
    }

    /** The weight of a transposed convolution, {@code [in, out, kH, kW]}, uniform in ±bound. */
    public Value transposedWeight(double bound, Integer... sizes) {
        InitializerDecl initializer = new InitializerDecl.Uniform(bound);
        return tensors.parameter(layer, path, "weight", ParameterDecl.Role.WEIGHT, initializer, Shape.of(sizes), 1);
    }

    /** A weight of one number. */
    public Value constantWeight(double start, Integer... sizes) {
        return parameter("weight", ParameterDecl.Role.WEIGHT, new InitializerDecl.Constant(start), sizes);
    }

    /** The bias, uniform in ±bound. */
    public Optional<Value> bias(boolean present, double bound, int size) {
        return present
                ? Optional.of(parameter("bias", ParameterDecl.Role.BIAS, new InitializerDecl.Uniform(bound), size))
                : Optional.empty();
    }

    /** A normalization's scale, 1. */
    public Optional<Value> normWeight(boolean present, Integer... sizes) {
        return present
                ? Optional.of(
                        parameter("weight", ParameterDecl.Role.NORM_WEIGHT, new InitializerDecl.Constant(1), sizes))
                : Optional.empty();
    }

    /** A normalization's shift, 0. */
    public Optional<Value> normBias(boolean present, Integer... sizes) {
        return present
                ? Optional.of(parameter("bias", ParameterDecl.Role.NORM_BIAS, new InitializerDecl.Constant(0), sizes))
                : Optional.empty();
    }

    /** A parameter that has the layer's own path. */
    public Value ownParameter(ParameterDecl.Role role, InitializerDecl initializer, Shape shape) {
        return tensors.parameter(layer, path, "", role, initializer, shape, 0);
    }

    /** A parameter of another layer, if that was applied before and has it. */
    public Optional<Value> parameterOf(Layer.Primitive other, String name) {
        return tensors.owned(other, name);
    }

    /** A buffer that has the layer's own path. */
    public Value buffer(ElementType element, Shape shape, Argument.Function values) {
        return tensors.buffer(layer, path, element, shape, values);
    }

    /** A tensor that is kept between steps. */
    public Value statistic(String name, double initial, int size) {
        return tensors.statistic(layer, path, name, initial, Shape.of(size));
    }

    /** A tensor that is kept for the backward pass. */
    public Value saved(String name, Shape shape) {
        return tensors.value(origin.layer() + "." + name, shape, Value.Kind.SAVED, layer.span());
    }
}
