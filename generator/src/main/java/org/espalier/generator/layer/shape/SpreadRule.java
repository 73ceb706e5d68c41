package org.espalier.generator.layer.shape;

import java.util.List;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window.Pair;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.Primitives;

/** {@code Upsample} by whole numbers, to the nearest; {@code ZeroPad2d}, {@code ReflectionPad2d} and the like. */
public record SpreadRule(Spread spread) implements LayerRule {
    public static final List<Builtin> ALL = List.of(
            Primitives.layer(
                    Signature.of("Upsample")
                            .with("size", Type.SIZE, new Datum.None())
                            .with("scale_factor", Type.SIZE, new Datum.None())
                            .with("mode", Type.STRING, new Datum.Text("nearest"))
                            .with("align_corners", Type.BOOL, new Datum.None())
                            .build(),
                    SpreadRule::upsample),
            padding(Spread.Kind.ZEROS),
            padding(Spread.Kind.REFLECT),
            padding(Spread.Kind.REPLICATE));

    private static SpreadRule upsample(Arguments arguments) {
        arguments.only("size", new Datum.None());
        arguments.only("mode", new Datum.Text("nearest"));
        arguments.only("align_corners", new Datum.None());
        if (arguments.isNone("scale_factor")) {
            if (arguments.isNone("size")) {
                arguments.outOfRange("scale_factor", "a whole number or a tuple of two");
            }
            return new SpreadRule(new Spread(Spread.Kind.NEAREST, new Pair(1, 1), new Pair(0, 0)));
        }
        return new SpreadRule(new Spread(Spread.Kind.NEAREST, arguments.pair("scale_factor", 1), new Pair(0, 0)));
    }

    private static Builtin padding(Spread.Kind kind) {
        return Primitives.layer(
                Signature.of(kind.word()).required("padding", Type.SIZES).build(),
                arguments -> new SpreadRule(padding(kind, arguments)));
    }

    /** PyTorch's order: left, right, top, bottom. */
    private static Spread padding(Spread.Kind kind, Arguments arguments) {
        List<Integer> sizes = arguments.sizes("padding", 0);
        if (sizes.size() != 1 && sizes.size() != 4) {
            arguments.outOfRange("padding", "one number, or (left, right, top, bottom)");
        }
        boolean each = sizes.size() == 4;
        int left = sizes.get(0);
        return new Spread(
                kind,
                new Pair(each ? sizes.get(2) : left, left),
                new Pair(each ? sizes.get(3) : left, each ? sizes.get(1) : left));
    }

    @Override
    public String kind() {
        return spread.kind() == Spread.Kind.NEAREST ? "upsample" : "pad";
    }

    @Override
    public Fit fit(Shape x) {
        String word = spread.kind().word();
        return Extents.misfit(word, x, 0, "").orElseGet(() -> {
            int most = Math.max(
                    Math.max(spread.before().height(), spread.after().height()) - x.axis(2),
                    Math.max(spread.before().width(), spread.after().width()) - x.axis(3));
            return spread.kind() == Spread.Kind.REFLECT && most >= 0
                    ? Fit.mismatch(word, "an image larger than the padding", x)
                    : Fit.of(word, x.axis(1), spread.height(x.axis(2)), spread.width(x.axis(3)));
        });
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        return new Spread2d(wiring.origin(), x, y, spread);
    }
}
