package org.espalier.generator.layer.elementwise;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;

/** Writes formulas as nodes of ONNX, one for each operation; parts that are the same are computed once. */
final class FormulaNodes implements Formula.Visitor<String>, Condition.Visitor<String> {
    private final OnnxNodes nodes;
    private final Map<String, String> variables;
    private final Map<Formula, String> written = new HashMap<>();

    /** With the name in ONNX of each variable. */
    FormulaNodes(OnnxNodes nodes, Map<String, String> variables) {
        this.nodes = nodes;
        this.variables = Map.copyOf(variables);
    }

    /** The name of what a formula computes. */
    String write(Formula formula) {
        String name = written.get(formula);
        if (name == null) {
            name = formula.accept(this);
            written.put(formula, name);
        }
        return name;
    }

    @Override
    public String constant(Formula.Constant formula) {
        return nodes.number(formula.value());
    }

    @Override
    public String variable(Formula.Variable formula) {
        return Objects.requireNonNull(variables.get(formula.name()), formula.name());
    }

    @Override
    public String negate(Formula.Negate formula) {
        return nodes.add("Neg", write(formula.x()));
    }

    @Override
    public String binary(Formula.Binary formula) {
        String operator = switch (formula.operator()) {
            case ADD -> "Add";
            case SUBTRACT -> "Sub";
            case MULTIPLY -> "Mul";
            case DIVIDE -> "Div";
            case MIN -> "Min";
            case MAX -> "Max";
        };
        return nodes.add(operator, write(formula.a()), write(formula.b()));
    }

    @Override
    public String power(Formula.Power formula) {
        String base = write(formula.base());
        double exponent = formula.exponent();
        if (exponent == 2) {
            return nodes.add("Mul", base, base);
        }
        if (exponent == -1) {
            return nodes.add("Reciprocal", base);
        }
        return exponent == 0.5 ? nodes.add("Sqrt", base) : nodes.add("Pow", base, nodes.number(exponent));
    }

    @Override
    public String apply(Formula.Apply formula) {
        String x = write(formula.x());
        return switch (formula.function()) {
            case ABS -> nodes.add("Abs", x);
            case SQRT -> nodes.add("Sqrt", x);
            case LOG -> nodes.add("Log", x);
            case LOG1P -> nodes.add("Log", nodes.add("Add", x, nodes.number(1)));
            case EXPM1 -> nodes.add("Sub", nodes.add("Exp", x), nodes.number(1));
            case EXP -> nodes.add("Exp", x);
            case TANH -> nodes.add("Tanh", x);
            case FLOOR -> nodes.add("Floor", x);
            case ROUND -> nodes.add("Round", x);
            case SIN -> nodes.add("Sin", x);
            case COS -> nodes.add("Cos", x);
            case ATAN -> nodes.add("Atan", x);
            case ERF -> nodes.add("Erf", x);
            case SIGN -> nodes.add("Sign", x);
            case STEP -> {
                String above = nodes.add("Greater", x, nodes.number(0));
                yield nodes.add(OnnxNode.of("Cast", above).with("to", ElementType.FLOAT.onnx()));
            }
        };
    }

    @Override
    public String choose(Formula.Choose formula) {
        String condition = formula.condition().accept(this);
        return nodes.add("Where", condition, write(formula.then()), write(formula.otherwise()));
    }

    @Override
    public String comparison(Condition.Comparison condition) {
        String operator = switch (condition.relation()) {
            case LESS -> "Less";
            case LESS_OR_EQUAL -> "LessOrEqual";
            case EQUAL -> "Equal";
        };
        return nodes.add(operator, write(condition.a()), write(condition.b()));
    }

    @Override
    public String both(Condition.Both condition) {
        return nodes.add("And", condition.a().accept(this), condition.b().accept(this));
    }

    @Override
    public String either(Condition.Either condition) {
        return nodes.add("Or", condition.a().accept(this), condition.b().accept(this));
    }

    @Override
    public String not(Condition.Not condition) {
        return nodes.add("Not", condition.a().accept(this));
    }
}
