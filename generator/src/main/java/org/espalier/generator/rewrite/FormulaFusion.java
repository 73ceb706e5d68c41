package org.espalier.generator.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Substitution;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.FormulaOp;

/**
 * Makes element-wise operations that follow each other one formula, and so one loop forward and one for each gradient:
 * {@code z / sqrt(mean + eps) * weight}. What something else reads as well stays a tensor of its own, and so does what
 * is smaller than the result, which would be computed again for each element.
 */
final class FormulaFusion {
    /** Larger ones take registers from each other, and their derivatives grow. */
    private static final int LARGEST = 120;

    /** As many arrays as a loop should read. */
    private static final int OPERANDS = 8;

    private final Map<Value, Elementwise> formulas = new HashMap<>();
    private final Set<Value> inlined = new HashSet<>();

    /** Values that formulas compute already, where a sum by itself has its own kernel. */
    private final Set<Value> loops = new HashSet<>();

    private final Map<Value, Integer> readers;
    private final Set<Value> kept;

    private FormulaFusion(List<ForwardOp> operations, Set<Value> kept) {
        this.readers = Rewrite.readers(operations);
        this.kept = kept;
    }

    static List<ForwardOp> fuse(List<ForwardOp> operations, Set<Value> kept) {
        FormulaFusion fusion = new FormulaFusion(operations, kept);
        List<ForwardOp> fused = new ArrayList<>();
        for (ForwardOp op : operations) {
            fused.add(fusion.fused(op));
        }
        return fused.stream()
                .filter(op -> !fusion.inlined.contains(op.result()))
                .toList();
    }

    /** The operation with the formulas of what it reads in the place of that. */
    private ForwardOp fused(ForwardOp op) {
        Optional<Elementwise> formula = formula(op);
        if (formula.isEmpty()) {
            return op;
        }
        Elementwise result = formula.get();
        boolean loop = result.equals(op);
        boolean changed = false;
        for (Value operand : formula.get().operands()) {
            boolean passes = readers.getOrDefault(operand, 0) == 1
                    && !kept.contains(operand)
                    && operand.shape().equals(result.y().shape())
                    && (loop || loops.contains(operand) || changed);
            Elementwise outer = result;
            Optional<Elementwise> together = Optional.ofNullable(formulas.get(operand))
                    .filter(inner -> passes)
                    .flatMap(inner -> together(outer, operand, inner));
            if (together.isPresent()) {
                result = together.get();
                inlined.add(operand);
                changed = true;
            }
        }
        formulas.put(op.result(), result);
        if (!changed && !loop) {
            return op;
        }
        loops.add(op.result());
        return result;
    }

    /** The operation as a formula, if it is one; a sum is, where a neighbour is. */
    private static Optional<Elementwise> formula(ForwardOp op) {
        return op instanceof FormulaOp formula ? formula.asFormula() : Optional.empty();
    }

    /** A formula with another in the place of an operand; empty if it would become too large. */
    private static Optional<Elementwise> together(Elementwise outer, Value operand, Elementwise inner) {
        Map<Value, String> variables = new LinkedHashMap<>();
        Map<Value, Integer> axes = new HashMap<>();
        String replaced = "";
        for (int i = 0; i < outer.operands().size(); i++) {
            Value value = outer.operands().get(i);
            axes.put(value, outer.axes().get(i));
            if (value.equals(operand)) {
                replaced = outer.f().variables().get(i);
            } else {
                variables.put(value, outer.f().variables().get(i));
            }
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < inner.operands().size(); i++) {
            Value value = inner.operands().get(i);
            variables.computeIfAbsent(value, key -> Elementwise.variable(key, variables.values()));
            axes.putIfAbsent(value, inner.axes().get(i));
            names.add(variables.get(value));
        }
        Formula substituted =
                Substitution.ofVariables(inner.f().variables(), names, inner.f().value());
        if (variables.size() > OPERANDS || outer.f().value().size() + substituted.size() > LARGEST) {
            return Optional.empty();
        }
        Formula value = Substitution.of(
                Algebra.variable(replaced), substituted, outer.f().value());
        return value.size() > LARGEST
                ? Optional.empty()
                : Optional.of(Elementwise.ordered(
                        outer.origin(), Elementwise.variable(outer.y(), List.of()), value, variables, axes, outer.y()));
    }
}
