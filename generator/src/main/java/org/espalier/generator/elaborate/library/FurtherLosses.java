package org.espalier.generator.elaborate.library;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.ClassLoss;
import org.espalier.generator.ir.CtcLoss;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.layer.linear.LinearOfClasses;
import org.espalier.generator.loss.LossLibrary;

/** Losses that have more than a prediction and a target: parameters of their own, or lengths. */
final class FurtherLosses {
    private static final String LINEAR = "LinearCrossEntropyLoss";
    private static final String CLASSES = "num_classes";
    private static final String SIZES = "out_features";
    private static final String WEIGHT = "weight";
    private static final String IGNORED = "ignore_index";
    private static final String SMOOTHING = "label_smoothing";
    private static final String BLANK = "blank";
    private static final String WITHOUT_INFINITY = "zero_infinity";

    static final List<Builtin> ALL = List.of(linear(), ctc());

    private FurtherLosses() {}

    private static Builtin linear() {
        Signature.Builder signature = Signature.of(LINEAR)
                .required("in_features", Type.INT)
                .required(CLASSES, Type.INT)
                .byName(SIZES, Type.LIST, new Datum.Tuple(List.of()))
                .byName("bias", Type.BOOL, new Datum.Bool(false));
        Signature all = LossLibrary.reducing(signature)
                .byName(WEIGHT, Type.NUMBERS, new Datum.None())
                .byName(IGNORED, Type.INT, new Datum.None())
                .byName(SMOOTHING, Type.FLOAT, new Datum.Real(0))
                .build();
        return new Builtin(Builtin.Kind.LOSS, all, FurtherLosses::linear);
    }

    private static Datum linear(CallSite site, Arguments arguments) {
        LinearOfClasses scores = new LinearOfClasses(
                arguments.integer("in_features", 1),
                arguments.integer(CLASSES, 1),
                sizes(arguments),
                arguments.bool("bias"));
        arguments.checkSize(WEIGHT, scores.scores(), scores.in());
        ClassLoss loss = LossLibrary.crossEntropy(arguments);
        if (!loss.weight().isEmpty() && loss.weight().size() != scores.classes()) {
            arguments.outOfRange(WEIGHT, "a number for each of " + scores.classes() + " classes");
        }
        Layer layer = new Layer.Primitive(site.site(), LINEAR, scores, Optional.empty());
        return new Datum.LossDatum(List.of(new Datum.LossTerm(
                loss,
                1,
                List.of(),
                Optional.of(new Datum.Preparation(
                        2, Set.of(0), (call, operands) -> List.of(scored(layer, call, operands), operands.get(1)))),
                site.span())));
    }

    private static Datum scored(Layer layer, CallSite call, List<Datum> operands) {
        return new Datum.Tensor(call.trace()
                .orElseThrow()
                .apply(layer, List.of(((Datum.Tensor) operands.get(0)).symbol()), call.span())
                .get(0));
    }

    private static List<Integer> sizes(Arguments arguments) {
        List<Integer> sizes = new ArrayList<>();
        for (Datum size : Type.elements(arguments.get(SIZES))) {
            if (!(size instanceof Datum.Int whole) || whole.value() < 1 || whole.value() > Integer.MAX_VALUE) {
                arguments.outOfRange(SIZES, "a list of sizes, each at least 1");
                return List.of();
            }
            sizes.add((int) whole.value());
        }
        return sizes;
    }

    private static Builtin ctc() {
        Signature signature = LossLibrary.reducing(Signature.of("CTCLoss").with(BLANK, 0))
                .byName(WITHOUT_INFINITY, Type.BOOL, new Datum.Bool(false))
                .build();
        return new Builtin(
                Builtin.Kind.LOSS,
                signature,
                (site, arguments) -> Datum.LossDatum.of(
                        new CtcLoss(
                                LossLibrary.reduction(arguments, Loss.Reduction.MEAN, Loss.Reduction.SUM),
                                arguments.integer(BLANK, 0),
                                arguments.bool(WITHOUT_INFINITY)),
                        site.span()));
    }
}
