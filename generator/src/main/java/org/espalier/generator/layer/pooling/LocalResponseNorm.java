package org.espalier.generator.layer.pooling;

import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.shape.Reshape;
import org.espalier.generator.layer.spread.Spread;
import org.espalier.generator.layer.spread.Spreading;

/**
 * {@code LocalResponseNorm}: y = x/(k + alpha·mean of x² over the {@code size} channels around)^beta, channels that are
 * not there counting as 0 (Krizhevsky and others, 2012). The channels of a sample are the rows of an image, over which
 * an average pool slides.
 */
public record LocalResponseNorm(int size, double alpha, double beta, double k) implements UnaryRule {
    private static final Function SQUARE = Elementwise.formula("square", List.of("x"), "x * x", Map.of());

    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("LocalResponseNorm")
                            .required("size", Type.INT)
                            .with("alpha", 1e-4)
                            .with("beta", 0.75)
                            .with("k", 1.0)
                            .build(),
                    LocalResponseNorm::of)
            .example("LocalResponseNorm(2)", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 0)
            .example("LocalResponseNorm(3, alpha=0.5, beta=0.6, k=2)", "[batch, 4, 5]", "[batch, 4, 5]", 0)
            .example("LocalResponseNorm(5, 1, 1)", "[batch, 3, 2, 3, 2]", "[batch, 3, 2, 3, 2]", 0);

    private static LocalResponseNorm of(Arguments arguments) {
        return new LocalResponseNorm(
                arguments.integer("size", 1),
                arguments.real("alpha", alpha -> alpha >= 0, "at least 0"),
                arguments.real("beta"),
                arguments.real("k", k -> k > 0, "above 0"));
    }

    @Override
    public String kind() {
        return "localresponsenorm";
    }

    @Override
    public Fit fit(Shape x) {
        if (x.rank() <= 2) {
            return Fit.mismatch("LocalResponseNorm", "[batch, channels, size, …]", x);
        }
        long[] padded = {x.axis(1) + (size - 1L), x.area()};
        return Limits.elements(padded) > Limits.TENSOR_ELEMENTS
                ? Fit.tooLarge("the padded input of LocalResponseNorm", padded)
                : new Fit.Fitting(x);
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        int channels = x.shape().axis(1);
        int area = Math.toIntExact(x.shape().area());
        Value squares = wiring.between("squares", x.shape());
        Value rows = wiring.between("rows", Shape.batch(1, channels, area));
        Value means = wiring.between("means", Shape.batch(1, channels, area));
        Value around = wiring.between("around", x.shape());
        wiring.add(Elementwise.of(wiring.origin(), SQUARE, List.of(x), squares));
        wiring.add(new Reshape(wiring.origin(), squares, rows));
        Spread padding = new Spread(Spread.Kind.ZEROS, Sizes.of(size / 2, 0), Sizes.of((size - 1) / 2, 0));
        Value padded = wiring.between("padded", Shape.batch(1, channels + size - 1, area));
        wiring.add(new Spreading(wiring.origin(), rows, padded, padding));
        Sizes one = Sizes.all(2, 1);
        Sizes none = Sizes.all(2, 0);
        WindowGeometry window = new WindowGeometry(Sizes.of(size, 1), one, none, one, none);
        wiring.add(new AvgPool(wiring.origin(), padded, means, window, AvgPool.Divisor.counting(true)));
        wiring.add(new Reshape(wiring.origin(), means, around));
        Function norm = Elementwise.formula(
                "local_response_norm",
                List.of("x", "mean"),
                "x * (k + alpha * mean)**" + -beta,
                Map.of("k", k, "alpha", alpha));
        wiring.add(Elementwise.of(wiring.origin(), norm, List.of(x, around), y));
    }
}
