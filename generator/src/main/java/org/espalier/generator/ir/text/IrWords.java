package org.espalier.generator.ir.text;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.RegularizerTerm;

/** Reads what is printed as a word and numbers: initializers, terms of regularizers, constants. */
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

    /** {@code uniform(0.25)}, {@code normal(0.0, 1.0) except 4 to 8}. */
    static InitializerDecl initializer(IrLine line) {
        if (line.isQuoted()) {
            return new InitializerDecl.ByPlace(PrintedOp.function("the start", line.quoted()));
        }
        String word = line.word();
        line.expect("(");
        List<Double> numbers = line.list(line::number);
        line.expect(")");
        double first = numbers.get(0);
        double second = numbers.size() > 1 ? numbers.get(1) : 0;
        return switch (word + numbers.size()) {
            case "constant1" -> new InitializerDecl.Constant(first);
            case "uniform1" -> new InitializerDecl.Uniform(first);
            case "uniform2" -> new InitializerDecl.Uniform(first, second);
            case "normal2" -> normal(line, new InitializerDecl.Normal(first, second));
            case "orthogonal1" -> new InitializerDecl.Orthogonal(first);
            case "truncated_normal4" ->
                new InitializerDecl.TruncatedNormal(first, second, numbers.get(2), numbers.get(3));
            default -> throw line.unexpected("an initializer before it, not " + word);
        };
    }

    private static InitializerDecl normal(IrLine line, InitializerDecl.Normal normal) {
        if (!line.take("except")) {
            return normal;
        }
        long from = line.integer();
        line.expect("to");
        return new InitializerDecl.NormalExcept(normal, from, line.integer());
    }

    /** {@code l1(1e-5, mode=prox)}. */
    static RegularizerTerm term(IrLine line) {
        String word = line.word();
        line.expect("(");
        double lambda = line.number();
        Map<String, String> attributes = line.take(",") ? line.attributes() : Map.of();
        line.expect(")");
        RegularizerTerm.Mode mode =
                attributes.containsKey("mode") ? RegularizerTerm.Mode.PROX : RegularizerTerm.Mode.SUBGRADIENT;
        String axis = attributes.get("axis");
        return switch (word) {
            case "l1" -> new RegularizerTerm.L1(lambda, mode);
            case "l2" -> new RegularizerTerm.L2(lambda);
            case "l2_norm" -> new RegularizerTerm.L2Norm(lambda);
            case "group_lasso" ->
                new RegularizerTerm.GroupLasso(
                        lambda, axis == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(axis)), mode);
            case "orthogonal" -> new RegularizerTerm.Orthogonal(lambda);
            case "decay" -> new RegularizerTerm.Decay(lambda);
            case "max_norm" -> new RegularizerTerm.MaxNorm(lambda);
            default -> throw line.unexpected("a term before it, not " + word);
        };
    }
}
