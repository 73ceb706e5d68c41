package org.espalier.generator.ir;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;

/**
 * The loss of a sequence of classes against a shorter one of which nobody says where each lies (Graves et al., ICML
 * 2006). Its operands are logarithms of probabilities [batch, length, classes], targets [batch, most], the lengths of
 * the sequences [batch], and those of the targets [batch].
 *
 * @param blank the class that stands for none
 * @param zeroInfinity whether a sequence that is too short for its target counts for nothing
 */
public record CtcLoss(Loss.Reduction reduction, int blank, boolean zeroInfinity) implements Loss.Function {
    @Override
    public Optional<Loss.Kind> kernel() {
        return Optional.of(Loss.Kind.CTC_LOSS);
    }

    @Override
    public String word() {
        return Loss.Kind.CTC_LOSS.word();
    }

    @Override
    public boolean isOfClasses() {
        return true;
    }

    @Override
    public int arity() {
        return 4;
    }

    @Override
    public ElementType targetElement() {
        return ElementType.INT;
    }

    /** The targets may have any length, and so need a type. */
    @Override
    public Optional<Shape> operandShape(int operand, Shape prediction, Optional<Shape> given) {
        return operand == 1 ? given.filter(shape -> shape.batched() && shape.rank() == 2) : Optional.of(Shape.batch());
    }

    @Override
    public Optional<String> expects(Shape prediction) {
        boolean fits = prediction.rank() == 3 && prediction.last() > blank;
        return fits
                ? Optional.empty()
                : Optional.of("[batch, length, classes]" + (blank > 0 ? " with more than " + blank + " classes" : ""));
    }

    @Override
    public Map<String, String> attributes() {
        Map<String, String> attributes = new LinkedHashMap<>();
        if (blank != 0) {
            attributes.put("blank", String.valueOf(blank));
        }
        if (zeroInfinity) {
            attributes.put("zero_infinity", "true");
        }
        return attributes;
    }
}
