package org.espalier.generator.layer.elementwise;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Derivative;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.PartialEvaluation;
import org.espalier.generator.formula.Substitution;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;
import org.espalier.generator.ir.text.FormulaParser;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * y = f(x₁, …, xₙ) for each element, f being a formula. An operand is as large as y, or it is repeated along the axes
 * that it has not, or has one element along.
 *
 * @param f its variables stand for the operands, in order
 * @param axes for each operand the axis of y along which its first one lies: 0 if it has a batch, or an axis of size 1
 *     in its place
 */
public record Elementwise(Origin origin, Function f, List<Value> operands, List<Integer> axes, Value y)
        implements FormulaOp {
    private static final String FORMULA = "f";
    private static final String AXES = "axes";

    /** Name of the gradient by the result in formulas. */
    private static final String UPSTREAM = "dY";

    /** Scales and shifts x by what lies along one of its axes. */
    public static final Function SCALE_AND_SHIFT =
            formula("scale_and_shift", List.of("x", "scale", "shift"), "x * scale + shift", Map.of());

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "elementwise",
            p -> new Elementwise(p.origin(), p.function(FORMULA), p.operands(), p.axes(AXES), p.result()),
            "elementwise_backward",
            p -> new Backward(p.origin(), p.function(FORMULA), p.operands(), p.axes(AXES), p.result()),
            "elementwise_sum",
            p -> new Sum(p.origin(), p.function(FORMULA), p.operands(), p.axes(AXES), p.result()));

    /** Copies the lists. */
    public Elementwise {
        operands = List.copyOf(operands);
        axes = List.copyOf(axes);
    }

    /** A formula of some variables, as it is written, with numbers in the place of others. */
    public static Function formula(String name, List<String> variables, String text, Map<String, Double> numbers) {
        Formula formula = FormulaParser.parse(text);
        for (Map.Entry<String, Double> number : new TreeMap<>(numbers).entrySet()) {
            formula = Substitution.of(Algebra.variable(number.getKey()), Algebra.constant(number.getValue()), formula);
        }
        return new Function(name, variables, formula);
    }

    /** A formula of operands that are all as large as the result. */
    public static Elementwise of(Origin origin, Function f, List<Value> operands, Value y) {
        return new Elementwise(origin, f, operands, Collections.nCopies(operands.size(), 0), y);
    }

    /** A variable for an operand: the last part of its name, or with a number if that stands for another one. */
    public static String variable(Value operand, Collection<String> taken) {
        String last = operand.name().substring(operand.name().lastIndexOf('.') + 1);
        String name = FormulaParser.isName(last) && !last.equals(UPSTREAM) ? last : "value";
        String unused = name;
        for (int i = 2; taken.contains(unused); i++) {
            unused = name + "_" + i;
        }
        return unused;
    }

    /**
     * A formula of operands, of which one that is as large as the result comes first, since the result may have its
     * memory.
     *
     * @param variables what stands for each operand
     * @param axes of each operand
     */
    public static Elementwise ordered(
            Origin origin,
            String name,
            Formula formula,
            Map<Value, String> variables,
            Map<Value, Integer> axes,
            Value y) {
        List<Value> operands = new ArrayList<>(variables.keySet());
        operands.sort(Comparator.comparing(value -> !value.shape().equals(y.shape())));
        Function f = new Function(name, operands.stream().map(variables::get).toList(), formula);
        return new Elementwise(
                origin, f, operands, operands.stream().map(axes::get).toList(), y);
    }

    /** A gradient of zeros, as large as a value. */
    public static Op zeros(Origin origin, Value like, Value gradient) {
        Function zero = new Function("zeros", List.of("like"), Algebra.ZERO);
        return new Backward(origin, zero, List.of(like), List.of(0), gradient);
    }

    @Override
    public Optional<Elementwise> asFormula() {
        return Optional.of(this);
    }

    @Override
    public Optional<WeightedOp.Scaling> scaling() {
        return f.equals(SCALE_AND_SHIFT) && axes.equals(List.of(0, 1, 1))
                ? Optional.of(new WeightedOp.Scaling(operands.get(0), operands.get(1), operands.get(2)))
                : Optional.empty();
    }

    @Override
    public OpSignature signature() {
        return signature("elementwise", f, operands, axes, y);
    }

    private static OpSignature signature(
            String name, Function f, List<Value> operands, List<Integer> axes, Value result) {
        OpSignature.Builder signature = OpSignature.of(name);
        for (int i = 0; i < operands.size(); i++) {
            boolean source = i == 0 && operands.get(i).shape().equals(result.shape());
            signature = source ? signature.from(operands.get(i)) : signature.with(operands.get(i));
        }
        return signature
                .to(result)
                .attribute(FORMULA, f)
                .attribute(AXES, new Argument.Axes(axes))
                .build();
    }

    @Override
    public Effect effect() {
        return Effect.elementwise(signature());
    }

    @Override
    public List<AxisLink> links() {
        List<AxisLink> links = new ArrayList<>();
        for (int operand = 0; operand < operands.size(); operand++) {
            Shape shape = operands.get(operand).shape();
            for (int axis = shape.firstAxis(); axis < shape.rank(); axis++) {
                int along = axes.get(operand) + axis;
                if (along >= y.shape().firstAxis()
                        && shape.axis(axis) == y.shape().axis(along)) {
                    links.add(new AxisLink(operand, axis, along));
                }
            }
        }
        return links;
    }

    @Override
    public double constant(List<Double> operandNumbers) {
        Map<String, Double> numbers = new HashMap<>();
        for (int i = 0; i < operandNumbers.size(); i++) {
            numbers.put(f.variables().get(i), operandNumbers.get(i));
        }
        return PartialEvaluation.of(f.value(), numbers);
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        Map<String, String> names = new HashMap<>();
        Set<Integer> spanned = new HashSet<>();
        for (int i = 0; i < operands.size(); i++) {
            if (Algebra.mentions(f.value(), f.variables().get(i))) {
                Shape shape = operands.get(i).shape();
                names.put(f.variables().get(i), aligned(nodes, operands.get(i), axes.get(i)));
                for (int axis = 0; axis < shape.rank(); axis++) {
                    if ((axis == 0 && shape.batched()) || shape.axis(axis) > 1) {
                        spanned.add(axes.get(i) + axis);
                    }
                }
            }
        }
        String result = new FormulaNodes(nodes, names).write(f.value());
        boolean whole = IntStream.range(0, y.shape().rank())
                .allMatch(axis -> spanned.contains(axis)
                        || (axis >= y.shape().firstAxis() && y.shape().axis(axis) == 1));
        boolean ranked = operands.stream()
                .anyMatch(operand -> operand.shape().rank() == y.shape().rank());
        nodes.is(y, whole && ranked ? result : nodes.add("Expand", result, nodes.sizes(y.shape())));
    }

    /** An operand with axes of size 1 behind its own, since ONNX aligns last axes. */
    private String aligned(OnnxNodes nodes, Value operand, int axis) {
        int rank = operand.shape().rank();
        List<Integer> behind =
                IntStream.range(rank, y.shape().rank() - axis).boxed().toList();
        String name = nodes.of(operand);
        return behind.isEmpty() || rank == 0 ? name : nodes.add("Unsqueeze", name, nodes.wholes(behind));
    }

    @Override
    public List<String> violations() {
        return check(f, operands, axes, y.shape()).violations();
    }

    private static ShapeCheck check(Function f, List<Value> operands, List<Integer> axes, Shape shape) {
        ShapeCheck check = new ShapeCheck()
                .that(
                        f.variables().size() == operands.size() && axes.size() == operands.size(),
                        () -> "the formula is of " + f.variables());
        return check.then(all -> IntStream.range(0, operands.size())
                .forEach(i -> all.that(
                        fits(operands.get(i).shape(), axes.get(i), shape),
                        () -> operands.get(i) + " is " + operands.get(i).shape() + " and does not lie along axis "
                                + axes.get(i) + " of " + shape)));
    }

    /** Tells whether an operand can be repeated to a shape, its first axis lying along one of that. */
    public static boolean fits(Shape operand, int axis, Shape shape) {
        boolean batched = operand.batched();
        if (batched ? axis != 0 || !shape.batched() || operand.rank() > shape.rank() : axis < 0) {
            return false;
        }
        if (!batched && axis == 0 && shape.batched() && operand.rank() > 0 && operand.axis(0) != 1) {
            return false;
        }
        int first = axis == 0 && shape.batched() ? 1 : 0;
        return axis + operand.rank() <= shape.rank()
                && IntStream.range(first, operand.rank())
                        .allMatch(i -> operand.axis(i) == 1 || operand.axis(i) == shape.axis(axis + i));
    }

    @Override
    public List<Value> differentiable() {
        return IntStream.range(0, operands.size())
                .filter(i -> !Derivative.of(f.value(), f.variables().get(i)).equals(Algebra.ZERO))
                .mapToObj(operands::get)
                .toList();
    }

    // dx = d ∂f/∂x, summed over the axes along which x is repeated.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        for (int i = operands.size() - 1; i >= 0; i--) {
            Value operand = operands.get(i);
            int axis = axes.get(i);
            Formula slope = Derivative.of(f.value(), f.variables().get(i));
            if (slope.equals(Algebra.ZERO)) {
                continue;
            }
            String suffix = operands.size() == 1
                    ? "_backward"
                    : "_backward_" + f.variables().get(i);
            tape.contribute(operand, dX -> gradient(f.name() + suffix, slope, dY, dX, axis));
        }
    }

    private Op gradient(String name, Formula slope, Value dY, Value dX, int axis) {
        boolean whole = dX.shape().equals(y.shape()) && dX.kind() != Value.Kind.PARAMETER_GRADIENT;
        if (whole && slope.equals(Algebra.ONE)) {
            return new Add.Backward(origin, dY, dX);
        }
        List<String> variables = new ArrayList<>(List.of(UPSTREAM));
        List<Value> read = new ArrayList<>(List.of(dY));
        List<Integer> along = new ArrayList<>(List.of(0));
        for (int i = 0; i < operands.size(); i++) {
            if (Algebra.mentions(slope, f.variables().get(i))) {
                variables.add(f.variables().get(i));
                read.add(operands.get(i));
                along.add(axes.get(i));
            }
        }
        Formula product = Algebra.multiply(Algebra.variable(UPSTREAM), slope);
        Function gradient = new Function(name, variables, product);
        if (whole) {
            return new Backward(origin, gradient, read, along, dX);
        }
        along.add(axis);
        return new Sum(origin, gradient, read, along, dX);
    }

    @Override
    public KernelCall call() {
        return call(f, operands, axes, y);
    }

    // elementwise(x, y, Functions::mish);
    // elementwise(y, axes(0, 1), Functions::prelu, x, weight);
    private static KernelCall call(Function f, List<Value> operands, List<Integer> axes, Value result) {
        List<Argument> arguments = new ArrayList<>();
        boolean whole = operands.stream().allMatch(operand -> operand.shape().equals(result.shape()));
        if (whole) {
            arguments.add(new Argument.Operand(operands.get(0)));
        }
        arguments.add(new Argument.Operand(result));
        if (!whole) {
            arguments.add(new Argument.Axes(axes));
        }
        arguments.add(f);
        operands.stream().skip(whole ? 1 : 0).map(Argument.Operand::new).forEach(arguments::add);
        return KernelCall.of("elementwise", arguments.toArray(Argument[]::new)).by(KernelCall.Owner.FORMULAS);
    }

    /** dX = d ∂f/∂x, where x is as large as y; the first operand is the gradient by y. */
    public record Backward(Origin origin, Function f, List<Value> operands, List<Integer> axes, Value dX)
            implements BackwardOp {
        /** Copies the lists. */
        public Backward {
            operands = List.copyOf(operands);
            axes = List.copyOf(axes);
        }

        @Override
        public OpSignature signature() {
            return Elementwise.signature("elementwise_backward", f, operands, axes, dX);
        }

        @Override
        public Effect effect() {
            return Effect.elementwise(signature());
        }

        @Override
        public List<String> violations() {
            return check(f, operands, axes, dX.shape()).violations();
        }

        @Override
        public KernelCall call() {
            return Elementwise.call(f, operands, axes, dX);
        }
    }

    /** Adds a gradient that was computed by itself to that by its parameter. */
    public static Op intoParameter(Origin origin, Value gradient, Value dParameter) {
        Function identity = new Function("gradient", List.of(UPSTREAM), Algebra.variable(UPSTREAM));
        return new Sum(origin, identity, List.of(gradient), List.of(0, 0), dParameter);
    }

    /**
     * dX = Σ d ∂f/∂x over the axes along which x is repeated; the first operand is the gradient by y.
     *
     * @param axes of the operands, and last that of x
     */
    public record Sum(Origin origin, Function f, List<Value> operands, List<Integer> axes, Value dX)
            implements BackwardOp {
        /** Copies the lists. */
        public Sum {
            operands = List.copyOf(operands);
            axes = List.copyOf(axes);
        }

        @Override
        public OpSignature signature() {
            return OpSignature.of("elementwise_sum")
                    .with(operands.toArray(Value[]::new))
                    .to(dX)
                    .attribute(FORMULA, f)
                    .attribute(AXES, new Argument.Axes(axes))
                    .using(Argument.State.ACCUMULATE)
                    .build();
        }

        @Override
        public List<String> violations() {
            Shape shape = operands.get(0).shape();
            return check(f, operands, axes.subList(0, axes.size() - 1), shape)
                    .that(
                            fits(dX.shape(), axes.get(axes.size() - 1), shape),
                            () -> dX + " is " + dX.shape() + " and no sum of " + shape)
                    .violations();
        }

        // elementwiseSum(dY, dWeight, accumulate, axes(0, 0, 1), Functions::preluBackward, dY, x);
        // addGradient(dWeightFromPermute1, dWeight, accumulate);
        @Override
        public KernelCall call() {
            boolean parameter = dX.kind() == Value.Kind.PARAMETER_GRADIENT;
            Value first = operands.get(0);
            if (parameter && first.shape().equals(dX.shape()) && f.value().equals(Algebra.variable(UPSTREAM))) {
                return KernelCall.of(
                        "add_gradient",
                        new Argument.Operand(first),
                        new Argument.Operand(dX),
                        Argument.State.ACCUMULATE);
            }
            List<Argument> arguments = new ArrayList<>(List.of(
                    new Argument.Operand(operands.get(0)),
                    new Argument.Operand(dX),
                    parameter ? Argument.State.ACCUMULATE : new Argument.Flag(false),
                    new Argument.Axes(axes),
                    f));
            operands.stream().map(Argument.Operand::new).forEach(arguments::add);
            return KernelCall.of("elementwise_sum", arguments.toArray(Argument[]::new))
                    .by(KernelCall.Owner.FORMULAS);
        }
    }
}
