package org.espalier.generator.layer.pooling;

import java.util.List;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.elementwise.Elementwise;

/**
 * {@code LPPool2d} and its like: the root of the sum of a window's powers, y = (Σ xᵖ)^(1/p). The sum is a mean times
 * the elements of a whole window, as PyTorch has it where {@code ceil_mode} cuts windows off; a sum of 0 has no
 * gradient.
 */
public record LPPool(double power, WindowGeometry window, boolean ceil) implements UnaryRule {
    private static final List<String> X = List.of("x");

    public static final LayerDefinition OF_SEQUENCES = layer(1).example(
                    "LPPool1d(2, 3)", "[batch, 3, 9]", "[batch, 3, 3]", 0)
            .example("LPPool1d(2, 3, stride=2)", "[batch, 3, 8]", "[batch, 3, 3]", 0);

    public static final LayerDefinition OF_IMAGES = layer(2).example(
                    "LPPool2d(2, 2)", "[batch, 3, 4, 5]", "[batch, 3, 2, 2]", 0)
            .example("LPPool2d(4, (2, 3), stride=1)", "[batch, 3, 4, 5]", "[batch, 3, 3, 3]", 0)
            .example("LPPool2d(2, 2, ceil_mode=true)", "[batch, 3, 5, 5]", "[batch, 3, 3, 3]", 0);

    public static final LayerDefinition OF_VOLUMES =
            layer(3).example("LPPool3d(2, 2)", "[batch, 3, 4, 2, 3]", "[batch, 3, 2, 1, 1]", 0);

    private static LayerDefinition layer(int axes) {
        Signature signature = Signature.of(name(axes))
                .required("norm_type", Type.FLOAT)
                .required("kernel_size", Type.size(axes))
                .with("stride", Type.size(axes), new Datum.None())
                .with("ceil_mode", false)
                .build();
        return LayerDefinition.layer(signature, arguments -> {
            Sizes kernel = arguments.sizes("kernel_size", 1, axes);
            Sizes stride = arguments.isNone("stride") ? kernel : arguments.sizes("stride", 1, axes);
            WindowGeometry window =
                    new WindowGeometry(kernel, stride, Sizes.all(axes, 0), Sizes.all(axes, 1), Sizes.all(axes, 0));
            double power = arguments.real("norm_type", value -> value > 0, "above 0");
            return new LPPool(power, window, arguments.bool("ceil_mode"));
        });
    }

    private static String name(int axes) {
        return "LPPool" + axes + "d";
    }

    @Override
    public String kind() {
        return "lppool";
    }

    @Override
    public Fit fit(Shape x) {
        return Extents.misfit(name(window.axes()), x, window.axes(), 0, "")
                .orElseGet(() -> Extents.pooling(name(window.axes()), x, window, ceil));
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        double elements = window.kernel().sizes().stream().reduce(1, Math::multiplyExact);
        Formula element = Algebra.variable("x");
        Formula sum = Algebra.multiply(Algebra.constant(elements), element);
        Formula root = Algebra.choose(Algebra.less(Algebra.ZERO, element), Algebra.power(sum, 1 / power), Algebra.ZERO);
        Value raised = wiring.between("powers", x.shape());
        Value mean = wiring.between("mean", y.shape());
        wiring.add(Elementwise.of(
                wiring.origin(), new Function("power", X, Algebra.power(element, power)), List.of(x), raised));
        wiring.add(new AvgPool(wiring.origin(), raised, mean, window, AvgPool.Divisor.counting(true)));
        wiring.add(Elementwise.of(wiring.origin(), new Function("root", X, root), List.of(mean), y));
    }
}
