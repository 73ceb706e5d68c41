package org.espalier.generator.ir.text;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Condition.Comparison;
import org.espalier.generator.formula.Condition.Relation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Operator;

/** Reads what {@link FormulaText} writes, by recursive descent and without simplifying. */
public final class FormulaParser {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(\\d[\\d.]*(?:e-?\\d+)?|[\\p{Alpha}_][\\p{Alnum}_]*|\\*\\*|<=|==|[-+*/(),<])");

    private static final Pattern NAME = Pattern.compile("[\\p{Alpha}_]\\w*");
    private static final Set<String> KEYWORDS = Set.of("if", "then", "else", "and", "or", "not");

    private final String text;
    private int position;
    private String token = "";

    private FormulaParser(String text) {
        this.text = text;
        advance();
    }

    /**
     * The formula that a text is.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Formula parse(String text) {
        FormulaParser parser = new FormulaParser(text.strip());
        Formula formula = parser.formula();
        if (!parser.token.isEmpty()) {
            throw parser.unexpected("the end");
        }
        return formula;
    }

    /** Tells whether a text is a name that a variable can have. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches() && !KEYWORDS.contains(text);
    }

    private IllegalArgumentException unexpected(String expected) {
        return new IllegalArgumentException("expected " + expected + " but found '" + token + "' in " + text);
    }

    private void advance() {
        Matcher matcher = TOKEN.matcher(text).region(position, text.length());
        boolean found = matcher.lookingAt();
        token = found ? matcher.group(1) : text.substring(position);
        position = found ? matcher.end() : text.length();
    }

    private boolean take(String expected) {
        boolean found = token.equals(expected);
        if (found) {
            advance();
        }
        return found;
    }

    private void expect(String expected) {
        if (!take(expected)) {
            throw unexpected("'" + expected + "'");
        }
    }

    private Formula formula() {
        if (!take("if")) {
            return sum();
        }
        Condition condition = or();
        expect("then");
        Formula then = sum();
        expect("else");
        return new Formula.Choose(condition, then, formula());
    }

    private Condition or() {
        Condition condition = and();
        while (take("or")) {
            condition = new Condition.Either(condition, and());
        }
        return condition;
    }

    private Condition and() {
        Condition condition = not();
        while (take("and")) {
            condition = new Condition.Both(condition, not());
        }
        return condition;
    }

    private Condition not() {
        if (take("not")) {
            return new Condition.Not(not());
        }
        int start = position;
        String first = token;
        if (take("(")) {
            // A condition or a sum: only what follows can tell.
            try {
                Condition inner = or();
                expect(")");
                return inner;
            } catch (IllegalArgumentException e) {
                position = start;
                token = first;
            }
        }
        return comparison();
    }

    private Condition comparison() {
        Formula a = sum();
        Relation relation = take("<") ? Relation.LESS : take("<=") ? Relation.LESS_OR_EQUAL : Relation.EQUAL;
        if (relation == Relation.EQUAL) {
            expect("==");
        }
        return new Comparison(relation, a, sum());
    }

    private Formula sum() {
        Formula sum = product();
        while (token.equals("+") || token.equals("-")) {
            Operator operator = take("+") ? Operator.ADD : Operator.SUBTRACT;
            if (operator == Operator.SUBTRACT) {
                expect("-");
            }
            sum = new Formula.Binary(operator, sum, product());
        }
        return sum;
    }

    private Formula product() {
        Formula product = sign();
        while (token.equals("*") || token.equals("/")) {
            Operator operator = take("*") ? Operator.MULTIPLY : Operator.DIVIDE;
            if (operator == Operator.DIVIDE) {
                expect("/");
            }
            product = new Formula.Binary(operator, product, sign());
        }
        return product;
    }

    private Formula sign() {
        if (!take("-")) {
            return power();
        }
        Formula x = sign();
        return x instanceof Constant constant ? Algebra.negate(constant) : new Negate(x);
    }

    private Formula power() {
        Formula base = atom();
        if (!take("**")) {
            return base;
        }
        boolean negative = take("-");
        double exponent = number();
        return new Formula.Power(base, negative ? -exponent : exponent);
    }

    private double number() {
        try {
            double number = Double.parseDouble(token);
            advance();
            return number;
        } catch (NumberFormatException e) {
            throw unexpected("a number");
        }
    }

    private Formula atom() {
        if (take("(")) {
            Formula inner = formula();
            expect(")");
            return inner;
        }
        if (!NAME.matcher(token).matches()) {
            return Algebra.constant(number());
        }
        String name = token;
        advance();
        if (!take("(")) {
            return Algebra.variable(name);
        }
        Formula x = formula();
        if (take(",")) {
            Operator operator = name.equals("min") ? Operator.MIN : Operator.MAX;
            x = new Formula.Binary(operator, x, formula());
            expect(")");
            return x;
        }
        expect(")");
        for (Function function : Function.values()) {
            if (function.name().toLowerCase(Locale.ROOT).equals(name)) {
                return new Formula.Apply(function, x);
            }
        }
        throw unexpected("a function before it, not " + name);
    }
}
