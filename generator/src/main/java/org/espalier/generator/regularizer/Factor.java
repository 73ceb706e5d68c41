package org.espalier.generator.regularizer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.Decimal;

/**
 * The factor λ of a regularizer, as it is here or as another library has it, {@code l2(keras=1e-4)}, which is
 * converted.
 *
 * <p>The rule behind the conversions: the gradient of the mean loss is the same as there. Keras and DJL add λΣw² where
 * l2 adds ½λΣw². scikit-learn's Lasso and ElasticNet have half the mean of squares as their loss, where MSELoss has the
 * mean; Ridge has the sum of squares, without a half in the penalty either; LogisticRegression multiplies the sum of
 * losses by C, and has ½Σw² or Σ|w| beside it.
 */
final class Factor {
    private static final String LAMBDA = "lambda";
    private static final String SAMPLES = "samples";
    private static final String INVERSE = "sklearn_c";

    private static final String ALPHA = "sklearn_alpha";

    /**
     * The factors of other libraries that a regularizer takes.
     *
     * @param names of the arguments
     * @param multiples what a λ of 1 there is here, where it is not 1
     * @param alphaPerSample whether scikit-learn's alpha is weighed against a sum over samples
     */
    record Conversion(List<String> names, Map<String, Double> multiples, boolean alphaPerSample) {
        /** Those of {@code l1}. */
        static final Conversion L1 =
                new Conversion(List.of("keras", "djl", "dl4j", "caffe", ALPHA, INVERSE), Map.of(ALPHA, 2.0), false);

        /** Those of {@code l2}. */
        static final Conversion L2 = new Conversion(
                List.of("keras", "djl", "dl4j", "caffe", "pytorch", ALPHA, INVERSE),
                Map.of("keras", 2.0, "djl", 2.0, ALPHA, 2.0),
                true);

        /** Those of {@code elastic_net}. */
        static final Conversion ELASTIC_NET = new Conversion(List.of(ALPHA), Map.of(ALPHA, 2.0), false);

        Conversion {
            names = List.copyOf(names);
            multiples = Map.copyOf(multiples);
        }

        private boolean needsSamples(String name) {
            return name.equals(INVERSE) || (alphaPerSample && name.equals(ALPHA));
        }

        private boolean takesSamples() {
            return names.stream().anyMatch(this::needsSamples);
        }

        private double multiple(String name) {
            return multiples.getOrDefault(name, 1.0);
        }
    }

    private Factor() {}

    /** Adds the arguments of other libraries behind a regularizer's own. */
    static Signature.Builder foreign(Signature.Builder signature, Conversion conversion) {
        Signature.Builder all = signature;
        for (String name : conversion.names()) {
            all = all.byName(name, Type.FLOAT, new Datum.None());
        }
        return conversion.takesSamples() ? all.byName(SAMPLES, Type.INT, new Datum.None()) : all;
    }

    /** A factor that only this library has. */
    static double own(Arguments arguments) {
        return checked(arguments, LAMBDA, arguments.real(LAMBDA));
    }

    /** The factor here, of whatever was given; 0 after a mistake, which is reported. */
    static double of(String word, Arguments arguments, Conversion conversion) {
        List<String> given = Stream.concat(Stream.of(LAMBDA), conversion.names().stream())
                .filter(name -> !arguments.isNone(name))
                .toList();
        if (given.size() != 1) {
            String what = given.isEmpty()
                    ? "none"
                    : given.stream().map(name -> "'" + name + "'").collect(Collectors.joining(" and "));
            arguments.complain(DiagnosticCode.ONE_FACTOR
                    .at(arguments.span(given.isEmpty() ? LAMBDA : given.get(given.size() - 1)), word, what)
                    .withHelp("write " + word + "(1e-4), or the factor of another library: "
                            + conversion.names().stream()
                                    .map(name -> name + "=…")
                                    .collect(Collectors.joining(", "))));
            return 0;
        }
        String name = given.get(0);
        double value = checked(arguments, name, arguments.real(name));
        Optional<Double> samples = samples(word, arguments, conversion, name);
        if (samples.isEmpty() || !arguments.areSound()) {
            return 0;
        }
        double factor = name.equals(LAMBDA)
                ? value
                : name.equals(INVERSE)
                        ? 1 / (value * samples.get())
                        : conversion.multiple(name) * value / samples.get();
        if (Double.isInfinite(factor) || (factor == 0 && value != 0)) {
            arguments.complain(FactorRange.beyondDoubles(arguments.span(name), word, factor));
            return 0;
        }
        return factor;
    }

    /** The number of samples that a factor is divided by, or 1; empty if it is needed and missing. */
    private static Optional<Double> samples(String word, Arguments arguments, Conversion conversion, String name) {
        boolean needed = conversion.needsSamples(name);
        boolean given = conversion.takesSamples() && !arguments.isNone(SAMPLES);
        if (needed && !given) {
            arguments.complain(DiagnosticCode.SAMPLES_NEEDED
                    .at(arguments.span(name), name, word)
                    .withHelp("scikit-learn weighs it against a sum over all samples, and the loss here is a mean: add"
                            + " samples=…, the number of rows that it was fitted to"));
            return Optional.empty();
        }
        if (given && !needed) {
            arguments.complain(DiagnosticCode.REDUCTION_OF_NOTHING.at(arguments.span(SAMPLES), SAMPLES, INVERSE));
        }
        return Optional.of(needed ? (double) arguments.integer(SAMPLES, 1) : 1.0);
    }

    private static double checked(Arguments arguments, String name, double value) {
        if (name.equals(INVERSE)) {
            return arguments.real(name, c -> c > 0, "above 0");
        }
        if (!(value >= 0)) {
            arguments.complain(DiagnosticCode.NEGATIVE_LAMBDA.at(arguments.span(name), Decimal.written(value)));
        }
        return value;
    }
}
