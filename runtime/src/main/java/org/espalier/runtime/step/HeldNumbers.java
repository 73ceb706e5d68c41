package org.espalier.runtime.step;

import java.util.Optional;
import java.util.regex.Pattern;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.Term;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Finds settings that cannot mean what they say, since the numbers of a network hold them only as 0 or as infinity. A
 * setting that is 0 says what it means.
 */
public record HeldNumbers(DataType type) {
    /** A number in the text of an optimizer's constant, of which {@code betas} have two. */
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?");

    /** Finds what is wrong with the settings of an optimizer, those that may change among them. */
    public Optional<String> lost(Optimizer optimizer) {
        return optimizer.constants().entrySet().stream()
                .flatMap(constant -> NUMBER.matcher(constant.getValue())
                        .results()
                        .map(number -> Double.parseDouble(number.group()))
                        .filter(this::isLost)
                        .map(number -> says("the optimizer's " + constant.getKey(), number)))
                .findFirst()
                .or(() -> changeable(optimizer));
    }

    /** Finds what is wrong with its learning rate and clipping. */
    public Optional<String> changeable(Optimizer optimizer) {
        if (isLost(optimizer.lr())) {
            return Optional.of(says("lr", optimizer.lr()));
        }
        // The norm is in double precision, but what it scales is not.
        if (isLost(Math.min(1, optimizer.clipNorm()))) {
            return Optional.of(says("clipNorm", optimizer.clipNorm()));
        }
        boolean clips = optimizer.clipValue() < Double.POSITIVE_INFINITY;
        return clips && isLost(optimizer.clipValue())
                ? Optional.of(says("clipValue", optimizer.clipValue()))
                : Optional.empty();
    }

    /** Finds what is wrong with the λ of a regularizer's terms. */
    public Optional<String> lost(Regularizer regularizer) {
        for (int place = 0; place < regularizer.terms().size(); place++) {
            Term term = regularizer.terms().get(place);
            if (isLost(term.lambda())) {
                String name = regularizer.names().get(place);
                return Optional.of(says("lambda of " + name + " in " + regularizer.name(), term.lambda()));
            }
        }
        return Optional.empty();
    }

    private boolean isLost(double value) {
        float held = (float) value;
        return type == DataType.FLOAT && (Float.isInfinite(held) || (held == 0 && value != 0));
    }

    private static String says(String what, double value) {
        return what + " is " + value + ", which is " + ((float) value == 0 ? "0" : "infinite")
                + " in single precision; use a number from 1.4e-45 to 3.4e38, or a network of double precision";
    }
}
