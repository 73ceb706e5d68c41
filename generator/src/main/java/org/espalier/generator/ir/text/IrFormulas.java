package org.espalier.generator.ir.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.pieces.Kink;
import org.espalier.generator.formula.pieces.Kinks;
import org.espalier.generator.ir.RegularizerTerm;

/** Reads the terms of regularizers that a specification defines. Where they have kinks is found again. */
final class IrFormulas {
    private IrFormulas() {}

    // Example:
    //
    // formula huber(0.1) of w = if abs(w) < 0.1 then …; slope if abs(w) < 0.1 then w else 0.1 * sign(w) # robust.net:4
    // formula norm of w = sqrt(sum) over axis 0; sum = w**2; slope 2 * w; factor 0.5 / sqrt(sum) # robust.net:10
    //
    static RegularizerTerm read(IrLine line) {
        String text = line.rest();
        String[] parts = text.strip().split("; ", -1);
        String[] head = parts[0].split(" of | = ", 3);
        if (head.length < 3) {
            throw line.unexpected("a formula before it, not " + text);
        }
        try {
            return definition(line, head, parts);
        } catch (IndexOutOfBoundsException missing) {
            throw line.unexpected("a formula with its slope, or its sums and their slopes and factors, not " + text);
        }
    }

    private static RegularizerTerm definition(IrLine line, String[] head, String[] parts) {
        int dot = head[0].indexOf('(');
        RegularizerTerm.Definition definition = new RegularizerTerm.Definition(
                dot < 0 ? head[0] : head[0].substring(0, dot),
                head[0],
                head[1],
                line.cite().span());
        String[] value = head[2].split(" over ", 2);
        if (value.length < 2) {
            Formula formula = FormulaParser.parse(value[0]);
            return new RegularizerTerm.UserDefined(definition, 1, formula, slope(formula, head[1], parts[1]));
        }
        List<RegularizerTerm.GroupSum> sums = new ArrayList<>();
        for (int i = 1; i + 2 < parts.length; i += 3) {
            String[] sum = parts[i].split(" = ", 2);
            Formula formula = FormulaParser.parse(sum[1]);
            sums.add(new RegularizerTerm.GroupSum(
                    sum[0], formula, slope(formula, head[1], parts[i + 1]), parse("factor ", parts[i + 2])));
        }
        OptionalInt axis = value[1].equals("all")
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(value[1].substring("axis ".length())));
        return new RegularizerTerm.UserDefinedOnGroups(definition, 1, sums, axis, FormulaParser.parse(value[0]));
    }

    private static Kinks slope(Formula formula, String variable, String part) {
        List<Kink> kinks = Kinks.of(formula, variable).kinks().map(Kinks::kinks).orElseGet(List::of);
        return new Kinks(parse("slope ", part), kinks);
    }

    private static Formula parse(String word, String part) {
        return FormulaParser.parse(part.substring(word.length()));
    }

    /** Returns the call by which a term is known, whatever its factor. */
    static String call(RegularizerTerm term) {
        return term.withLambda(1).describe();
    }

    /** {@code 0.001 * huber(0.1)}, if one of the terms is so called; else nothing is read. */
    static Optional<RegularizerTerm> defined(IrLine line, Map<String, RegularizerTerm> formulas) {
        boolean scaled = line.isAtDigit();
        double lambda = scaled ? line.number() : 1;
        if (scaled) {
            line.expect("*");
        }
        return formulas.values().stream()
                .sorted(Comparator.comparing(term -> -call(term).length()))
                .filter(term -> line.take(call(term)))
                .findFirst()
                .map(term -> term.withLambda(lambda));
    }
}
