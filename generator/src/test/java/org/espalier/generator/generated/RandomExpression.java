package org.espalier.generator.generated;

import java.util.List;
import java.util.Random;

/** Random tensor expressions that make of an image one of the same shape, with values and gradients of usual sizes. */
final class RandomExpression {
    private static final int DEEPEST = 4;

    /** Of a square matrix, with numbers of usual sizes. */
    private static final List<String> INITIALIZERS = List.of(
            "normal(0, 0.3)",
            "uniform(-0.5, 0.5)",
            "trunc_normal(0, 0.3, -0.5, 0.5)",
            "orthogonal_(0.5)",
            "xavier_uniform()",
            "xavier_normal(gain=0.5)",
            "kaiming_uniform(nonlinearity='tanh')",
            "kaiming_normal(0.2, 'fan_out')",
            "eye()");

    private final Random random;
    private final int channels;
    private final int size;

    private RandomExpression(int number, int channels, int size) {
        this.random = new Random(number);
        this.channels = channels;
        this.size = size;
    }

    /** The statements of a block with an input {@code x} of so many channels, rows and columns. */
    static String statements(int number, int channels, int size) {
        RandomExpression expression = new RandomExpression(number, channels, size);
        return "    input x\n    parameter scale: float[" + channels + ", 1, 1] = constant(0.5)\n"
                + "    parameter mixing: float[" + channels + ", " + channels + "] = "
                + INITIALIZERS.get(expression.random.nextInt(INITIALIZERS.size())) + "\n"
                + "    buffer order: int[" + channels + "] = i -> (" + channels + " - i) % " + channels + "\n"
                + "    buffer places: int[" + channels + ", " + channels + "] = (i, j) -> (2 * i + j) % " + channels
                + "\n"
                + "    buffer ramp: float[" + size + "] = linspace(-1, 1)\n"
                + "    buffer lower: float[" + channels + ", " + channels + "] = tril()\n"
                + "    first = " + expression.of("x", 1 + expression.random.nextInt(DEEPEST)) + "\n"
                + "    output y = first + scale * tanh(" + expression.of("first", 2) + ")\n";
    }

    private String of(String leaf, int depth) {
        if (depth == 0) {
            return random.nextInt(4) == 0 ? "(" + leaf + " * scale)" : leaf;
        }
        String a = of(leaf, depth - 1);
        return switch (random.nextInt(38)) {
            case 0 -> "(" + a + " + 0.5 * " + other(leaf, depth) + ")";
            case 1 -> "(" + a + " - " + other(leaf, depth) + ")";
            case 2 -> "(" + a + " * tanh(" + other(leaf, depth) + "))";
            case 3 -> "(" + a + " / (1 + square(" + other(leaf, depth) + ")))";
            case 4 -> "where(" + a + " > 0.1, " + other(leaf, depth) + ", -0.5 * " + leaf + ")";
            case 5 -> "maximum(" + a + ", " + other(leaf, depth) + ")";
            case 6 -> "(" + a + " * mean(" + other(leaf, depth) + ", dim=(2, 3), keepdim=true))";
            case 7 -> "(" + a + " - " + leaf + ".amax(dim=1, keepdim=true))";
            case 8 -> a + ".roll((1, -1), (2, 1))";
            case 9 -> size > 1 ? "cat([" + a + "[:, :, 1:], " + other(leaf, depth) + "[:, :, 0:1]], dim=2)" : a;
            case 10 -> "(" + a + " @ " + other(leaf, depth) + ".transpose(2, 3) / " + size + ")";
            case 11 -> a + ".permute(0, 1, 3, 2)";
            case 12 -> "exp(-square(" + a + "))";
            case 13 ->
                a + ".reshape(batch, " + channels + ", -1).softmax(dim=-1).view(batch, " + channels + ", " + size + ", "
                        + size + ")";
            case 14 -> "relu(" + a + ")";
            case 15 ->
                "(" + a + " * " + matrix(random.nextInt(3)) + "[" + random.nextInt(channels) + "].view(1, -1, 1, 1))";
            case 16 ->
                "(" + matrix(random.nextInt(3)) + " @ " + a + ".flatten(2)).unflatten(-1, (" + size + ", " + size
                        + "))";
            case 17 -> "(" + a + " + " + matrix(random.nextInt(3)) + ".mean(1)[:, none, none])";
            case 18 -> "(" + a + " * ramp + " + a + "[:, order])";
            case 19 -> a + ".index_select(1, order)";
            case 20 -> "(" + a + " + (ramp[:, none] * ramp).sum())";
            case 21 -> "einsum('bchw,kc->bkhw', " + a + ", " + matrix(random.nextInt(3)) + ")";
            case 22 -> "(einsum('bcij,bcjk->bcik', " + a + ", " + other(leaf, depth) + ") / " + size + ")";
            case 23 -> "(sin(" + a + ") * erf(" + other(leaf, depth) + "))";
            case 24 ->
                "(conv2d(" + a + ", " + matrix(random.nextInt(3)) + ".unsqueeze(-1).unsqueeze(-1)) / " + channels + ")";
            case 25 -> "stack([" + a + ", " + other(leaf, depth) + "], dim=2).sum(2)";
            case 26 ->
                "where((" + a + " > 0.1) & ~(" + other(leaf, depth) + " == " + leaf + ") | (" + leaf + " < -0.5), "
                        + other(leaf, depth) + ", " + leaf + ")";
            case 27 -> a + ".masked_fill(" + other(leaf, depth) + " != " + leaf + ", 0.5)";
            case 28 -> "(" + a + " * norm(" + other(leaf, depth) + ", inf, dim=1, keepdim=true))";
            case 29 ->
                "(" + leaf + " + (" + a + ".unbind(2)[0] * unbind(" + other(leaf, depth) + ", 2)[-1])[:, :, none])";
            case 30 -> "cat([split(" + a + ", 1, dim=1)[-1], " + leaf + "[:, 1:]], dim=1)";
            case 31 -> "(" + a + " @ " + other(leaf, depth) + ".mT / " + size + ")";
            case 32 -> a + ".squeeze().view(batch, " + channels + ", " + size + ", " + size + ")";
            case 33 -> "(" + a + " * var(" + other(leaf, depth) + ", (1, 2, 3), unbiased=false, keepdim=true))";
            case 34 ->
                "interpolate(interpolate(" + a + ", scale_factor=2, mode='bilinear'), (" + size + ", " + size
                        + "), mode='area')";
            case 35 -> "dropout(" + a + ", 0.0)";
            case 36 -> "scaled_dot_product_attention(" + a + ", " + other(leaf, depth) + ", " + a + ", is_causal=true)";
            default -> "(" + a + " / sqrt(mean(" + a + " ** 2, dim=-1, keepdim=true) + 0.1))";
        };
    }

    /** A square matrix of parameters, without a batch. */
    private String matrix(int depth) {
        if (depth == 0) {
            return "mixing";
        }
        String a = matrix(depth - 1);
        return switch (random.nextInt(14)) {
            case 0 -> a + ".t()";
            case 1 -> "tanh(" + a + ")";
            case 2 -> a + ".softmax(dim=" + random.nextInt(2) + ")";
            case 3 -> "(" + a + " - " + a + ".mean(0, keepdim=true))";
            case 4 -> "(" + a + " @ " + matrix(random.nextInt(depth)) + ")";
            case 5 -> "cat([" + a + "[1:], " + a + "[0:1]], dim=0)";
            case 6 -> "(" + a + " * scale.flatten(0))";
            case 7 -> a + "[order]";
            case 8 -> "gather(" + a + ", " + random.nextInt(2) + ", places)";
            case 9 -> "(" + a + " * lower)";
            case 10 -> a + ".T";
            case 11 -> "cat([split(" + a + ", 1, dim=0)[-1], " + a + "[1:]], dim=0)";
            case 12 -> "(stack([unbind(" + a + ", 0)[-1], " + a + "[0]], dim=0).mean(0)[none] * " + a + ")";
            default -> "roll(" + a + ", 1, 0).permute(1, 0).reshape(-1).view(" + channels + ", -1)";
        };
    }

    private String other(String leaf, int depth) {
        return of(leaf, random.nextInt(depth));
    }
}
