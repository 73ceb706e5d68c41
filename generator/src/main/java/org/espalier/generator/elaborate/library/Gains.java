package org.espalier.generator.elaborate.library;

import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Factors by which weights start larger before an activation, so that what is behind it is as large: PyTorch's. */
final class Gains {
    private static final Pattern LINEAR = Pattern.compile("linear|sigmoid|conv(_transpose)?[123]d");

    private Gains() {}

    /**
     * The factor for an activation by its name in {@code torch.nn.functional}.
     *
     * @param slope of {@code leaky_relu}
     */
    static OptionalDouble of(String nonlinearity, double slope) {
        if (LINEAR.matcher(nonlinearity).matches()) {
            return OptionalDouble.of(1);
        }
        return switch (nonlinearity) {
            case "tanh" -> OptionalDouble.of(5.0 / 3);
            case "relu" -> OptionalDouble.of(Math.sqrt(2));
            case "leaky_relu" -> OptionalDouble.of(Math.sqrt(2 / (1 + slope * slope)));
            case "selu" -> OptionalDouble.of(3.0 / 4);
            default -> OptionalDouble.empty();
        };
    }

    /** Says which activations there are. */
    static String words() {
        return "'relu', 'leaky_relu', 'tanh', 'sigmoid', 'selu', 'linear', or a convolution as 'conv2d'";
    }
}
