package org.espalier.generator.layer.pooling;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;
import org.espalier.generator.layer.spread.Resize;
import org.espalier.generator.layer.spread.Spread;
import org.espalier.generator.layer.spread.Spreading;

/**
 * {@code Upsample}: another size of a sequence, image or volume, to the nearest or interpolated.
 *
 * @param word the layer, as it is written
 * @param sizes the size along each axis, or one for all; none if there are factors
 * @param factors how many times the size along each axis, or one for all
 * @param mode how elements are made of those around them
 * @param align whether the outermost elements lie on each other, rather than the outermost edges
 */
record Upsample(String word, List<Integer> sizes, List<Double> factors, Mode mode, boolean align) implements UnaryRule {
    private static final String SIZE = "size";
    private static final String FACTOR = "scale_factor";
    private static final String MODE = "mode";
    private static final String ALIGN = "align_corners";

    /** PyTorch's modes. */
    private enum Mode {
        NEAREST("nearest", Resize.Kind.NEAREST, 0),
        NEAREST_EXACT("nearest-exact", Resize.Kind.NEAREST_EXACT, 0),
        LINEAR("linear", Resize.Kind.LINEAR, 1),
        BILINEAR("bilinear", Resize.Kind.LINEAR, 2),
        TRILINEAR("trilinear", Resize.Kind.LINEAR, 3),
        BICUBIC("bicubic", Resize.Kind.CUBIC, 2),
        /** The mean of the elements that lie in one, as AdaptiveAvgPool; the kind is that of no operation. */
        AREA("area", Resize.Kind.NEAREST, 0);

        private final String word;
        private final Resize.Kind kind;

        /** The number of axes that it works on, 0 for any. */
        private final int axes;

        Mode(String word, Resize.Kind kind, int axes) {
            this.word = word;
            this.kind = kind;
            this.axes = axes;
        }

        private boolean isNearest() {
            return axes == 0 && this != AREA;
        }
    }

    static final List<LayerDefinition> ALL = List.of(
            LayerDefinition.layer(
                            Signature.of("Upsample")
                                    .with(SIZE, Type.SIZES, new Datum.None())
                                    .with(FACTOR, Type.NUMBERS, new Datum.None())
                                    .with(MODE, Type.STRING, new Datum.Text(Mode.NEAREST.word))
                                    .with(ALIGN, Type.BOOL, new Datum.None())
                                    .build(),
                            Upsample::of)
                    .example("Upsample(scale_factor=2)", "[batch, 3, 8, 9]", "[batch, 3, 16, 18]", 0)
                    .example(
                            "Upsample(scale_factor=(1, 3), mode='nearest')", "[batch, 3, 8, 9]", "[batch, 3, 8, 27]", 0)
                    .example("Upsample(scale_factor=3)", "[batch, 3, 5]", "[batch, 3, 15]", 0)
                    .example("Upsample(scale_factor=(2, 1, 3))", "[batch, 2, 2, 3, 2]", "[batch, 2, 4, 3, 6]", 0)
                    .example("Upsample((4, 10))", "[batch, 3, 7, 5]", "[batch, 3, 4, 10]", 0)
                    .example("Upsample(scale_factor=1.7)", "[batch, 3, 7, 5]", "[batch, 3, 11, 8]", 0)
                    .example("Upsample(7, mode='nearest-exact')", "[batch, 3, 5]", "[batch, 3, 7]", 0)
                    .example("Upsample(scale_factor=2.5, mode='linear')", "[batch, 3, 7]", "[batch, 3, 17]", 0)
                    .example("Upsample(9, mode='linear', align_corners=true)", "[batch, 3, 4]", "[batch, 3, 9]", 0)
                    .example("Upsample(3, mode='area')", "[batch, 2, 7]", "[batch, 2, 3]", 0)
                    .example("Upsample(scale_factor=(0.5, 2), mode='area')", "[batch, 2, 5, 2]", "[batch, 2, 2, 4]", 0)
                    .example("Upsample((1, 2, 2), mode='area')", "[batch, 1, 2, 3, 2]", "[batch, 1, 1, 2, 2]", 0)
                    .example("Upsample(scale_factor=2, mode='bilinear')", "[batch, 3, 4, 5]", "[batch, 3, 8, 10]", 0)
                    .example(
                            "Upsample(scale_factor=(0.6, 1.9), mode='bilinear')",
                            "[batch, 3, 7, 5]",
                            "[batch, 3, 4, 9]",
                            0)
                    .example(
                            "Upsample((3, 8), mode='bilinear', align_corners=true)",
                            "[batch, 3, 4, 5]",
                            "[batch, 3, 3, 8]",
                            0)
                    .example("Upsample(scale_factor=2, mode='bicubic')", "[batch, 2, 3, 4]", "[batch, 2, 6, 8]", 0)
                    .example(
                            "Upsample((5, 3), mode='bicubic', align_corners=true)",
                            "[batch, 2, 3, 4]",
                            "[batch, 2, 5, 3]",
                            0)
                    .example(
                            "Upsample(scale_factor=2, mode='trilinear')",
                            "[batch, 2, 2, 3, 2]",
                            "[batch, 2, 4, 6, 4]",
                            0)
                    .example(
                            "Upsample((3, 2, 4), mode='trilinear', align_corners=true)",
                            "[batch, 2, 2, 3, 2]",
                            "[batch, 2, 3, 2, 4]",
                            0),
            images("UpsamplingNearest2d", Mode.NEAREST, false)
                    .example("UpsamplingNearest2d(scale_factor=2)", "[batch, 3, 4, 5]", "[batch, 3, 8, 10]", 0)
                    .example("UpsamplingNearest2d(size=(3, 7))", "[batch, 3, 4, 5]", "[batch, 3, 3, 7]", 0),
            images("UpsamplingBilinear2d", Mode.BILINEAR, true)
                    .example("UpsamplingBilinear2d(scale_factor=2)", "[batch, 3, 4, 5]", "[batch, 3, 8, 10]", 0));

    private static LayerDefinition images(String word, Mode mode, boolean align) {
        Signature signature = Signature.of(word)
                .with(SIZE, Type.SIZES, new Datum.None())
                .with(FACTOR, Type.NUMBERS, new Datum.None())
                .build();
        return LayerDefinition.layer(signature, arguments -> of(word, arguments, mode, align, 2));
    }

    private static Upsample of(Arguments arguments) {
        Optional<Mode> known = Arrays.stream(Mode.values())
                .filter(mode -> mode.word.equals(arguments.text(MODE)))
                .findFirst();
        if (known.isEmpty()) {
            arguments.outOfRange(
                    MODE,
                    Arrays.stream(Mode.values())
                            .map(mode -> "'" + mode.word + "'")
                            .collect(Collectors.joining(", ")));
        }
        Mode mode = known.orElse(Mode.NEAREST);
        boolean aligned = !arguments.isNone(ALIGN);
        if (aligned && mode.axes == 0) {
            arguments.unsupported(ALIGN, ALIGN + "=none with mode='" + mode.word + "'", Optional.empty());
        }
        return of("Upsample", arguments, mode, aligned && arguments.bool(ALIGN), mode.axes);
    }

    private static Upsample of(String word, Arguments arguments, Mode mode, boolean align, int axes) {
        boolean sized = !arguments.isNone(SIZE);
        List<Integer> sizes = sized ? arguments.sizes(SIZE, 1) : List.of();
        List<Double> factors = arguments.numbers(FACTOR, factor -> factor > 0, "above 0");
        if (sized != factors.isEmpty()) {
            arguments.outOfRange(
                    FACTOR, sized ? "none where there is a size" : "a number or a tuple, where there is no size");
            return new Upsample(word, List.of(1), List.of(), mode, align);
        }
        int count = Math.max(sizes.size(), factors.size());
        IntPredicate fits = axes == 0 ? WindowGeometry.AXES::contains : number -> number == 1 || number == axes;
        if (!fits.test(count)) {
            arguments.outOfRange(sized ? SIZE : FACTOR, axes == 0 ? "one to three numbers" : "one number or " + axes);
        }
        return new Upsample(word, sizes, factors, mode, align);
    }

    @Override
    public String kind() {
        return "upsample";
    }

    private <T> Optional<T> along(List<T> given, int axis) {
        return given.isEmpty() ? Optional.empty() : Optional.of(given.get(given.size() == 1 ? 0 : axis));
    }

    private long size(Shape x, int axis) {
        return along(sizes, axis).map(Integer::longValue).orElseGet(() -> (long) Math.floor(
                x.axis(WindowGeometry.FIRST + axis) * along(factors, axis).orElseThrow()));
    }

    /** The number of axes that an input should have behind its channels. */
    private int axes(Shape x) {
        int count = Math.max(sizes.size(), factors.size());
        if (mode.axes > 0 || word.endsWith("2d")) {
            return mode.axes > 0 ? mode.axes : 2;
        }
        return count > 1 ? count : WindowGeometry.AXES.contains(x.axes()) ? x.axes() : 2;
    }

    @Override
    public Fit fit(Shape x) {
        int axes = axes(x);
        return Extents.misfit(word, x, axes, 0, "").orElseGet(() -> {
            long[] made =
                    IntStream.range(0, axes).mapToLong(axis -> size(x, axis)).toArray();
            return Arrays.stream(made).anyMatch(size -> size < 1)
                    ? Fit.mismatch(word, "an input of which a " + FACTOR + " leaves something", x)
                    : Fit.of(word, Extents.behind(x.axis(1), made));
        });
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        if (mode == Mode.AREA) {
            wiring.add(new AdaptiveAvgPool(wiring.origin(), x, y));
            return;
        }
        int axes = x.shape().axes();
        Function<Integer, Integer> of = axis -> x.shape().axis(WindowGeometry.FIRST + axis);
        List<Integer> made = IntStream.range(0, axes)
                .mapToObj(axis -> y.shape().axis(WindowGeometry.FIRST + axis))
                .toList();
        boolean repeats = mode.isNearest()
                && factors.stream().allMatch(factor -> factor == Math.rint(factor))
                && IntStream.range(0, axes).allMatch(axis -> made.get(axis) % of.apply(axis) == 0);
        if (repeats) {
            Sizes times = new Sizes(IntStream.range(0, axes)
                    .mapToObj(axis -> made.get(axis) / of.apply(axis))
                    .toList());
            wiring.add(new Spreading(wiring.origin(), x, y, Spread.nearest(times)));
            return;
        }
        List<Double> ratios = IntStream.range(0, axes)
                .mapToObj(axis -> ratio(
                        of.apply(axis),
                        made.get(axis),
                        along(factors, axis).map(OptionalDouble::of).orElseGet(OptionalDouble::empty)))
                .toList();
        wiring.add(new Resize(wiring.origin(), x, y, mode.kind, align, ratios));
    }

    /** The distance in x of what neighbours in y are made of: by a factor, as PyTorch, not by the sizes it leads to. */
    private double ratio(int from, int to, OptionalDouble factor) {
        if (align) {
            return to == 1 ? 0 : (from - 1.0) / (to - 1);
        }
        return factor.isPresent() ? 1 / factor.getAsDouble() : (double) from / to;
    }
}
