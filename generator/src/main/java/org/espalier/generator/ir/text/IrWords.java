package org.espalier.generator.ir.text;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.generator.ir.Initializer;
import org.espalier.generator.ir.Optimizer;
import org.espalier.generator.ir.Term;

/** Reads what is printed as a word and numbers: optimizers, initializers, terms of regularizers, constants. */
final class IrWords {
    private IrWords() {}

    /** The constant of a printed name, {@code norm_weight}. */
    static <E extends Enum<E>> Optional<E> constant(Class<E> type, String word) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(constant);
            }
        }
        return Optional.empty();
    }

    /** {@code uniform(0.25)}. */
    static Initializer initializer(IrLine line) {
        String word = line.word();
        line.expect("(");
        double first = line.number();
        double second = line.take(",") ? line.number() : 0;
        line.expect(")");
        return switch (word) {
            case "constant" -> new Initializer.Constant(first);
            case "uniform" -> new Initializer.Uniform(first);
            case "normal" -> new Initializer.Normal(first, second);
            default -> throw line.unexpected("an initializer before it, not " + word);
        };
    }

    /** {@code adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1.0E-8)}. */
    static Optimizer optimizer(IrLine line) {
        String word = line.word();
        line.expect("(");
        Map<String, String> attributes = line.attributes();
        line.expect(")");
        Numbers given = name -> {
            String text = attributes.get(name);
            if (text == null) {
                throw line.unexpected(name + " among the arguments before it");
            }
            return text;
        };
        double lr = given.number("lr");
        return switch (word) {
            case "sgd" ->
                new Optimizer.Sgd(lr, given.number("momentum"), given.number("dampening"), given.flag("nesterov"));
            case "adam" -> new Optimizer.Adam(lr, given.number("beta1"), given.number("beta2"), given.number("eps"));
            case "adamw" ->
                new Optimizer.AdamW(
                        lr,
                        given.number("beta1"),
                        given.number("beta2"),
                        given.number("eps"),
                        given.number("weight_decay"));
            case "rmsprop" ->
                new Optimizer.RmsProp(
                        lr,
                        given.number("alpha"),
                        given.number("eps"),
                        given.number("momentum"),
                        given.flag("centered"));
            case "adagrad" ->
                new Optimizer.Adagrad(
                        lr, given.number("lr_decay"), given.number("initial_accumulator_value"), given.number("eps"));
            default -> throw line.unexpected("an optimizer before it, not " + word);
        };
    }

    private interface Numbers {
        String text(String name);

        default double number(String name) {
            return Double.parseDouble(text(name));
        }

        default boolean flag(String name) {
            return Boolean.parseBoolean(text(name));
        }
    }

    /** {@code l1(1e-5, mode=prox)}. */
    static Term term(IrLine line) {
        String word = line.word();
        line.expect("(");
        double lambda = line.number();
        Map<String, String> attributes = line.take(",") ? line.attributes() : Map.of();
        line.expect(")");
        Term.Mode mode = attributes.containsKey("mode") ? Term.Mode.PROX : Term.Mode.SUBGRADIENT;
        String axis = attributes.get("axis");
        return switch (word) {
            case "l1" -> new Term.L1(lambda, mode);
            case "l2" -> new Term.L2(lambda);
            case "l2_norm" -> new Term.L2Norm(lambda);
            case "group_lasso" ->
                new Term.GroupLasso(
                        lambda, axis == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(axis)), mode);
            case "orthogonal" -> new Term.Orthogonal(lambda);
            case "decay" -> new Term.Decay(lambda);
            case "max_norm" -> new Term.MaxNorm(lambda);
            default -> throw line.unexpected("a term before it, not " + word);
        };
    }
}
