package org.espalier.runtime.data.augment;

import java.util.random.RandomGenerator;

/** A random movement of a picture's pixels. */
@FunctionalInterface
interface Move {
    Warp draw(int height, int width, RandomGenerator random);

    static Move flip() {
        return (height, width, random) -> random.nextBoolean() ? new Warp(1, 0, 0, 0, -1, width - 1) : Warp.IDENTITY;
    }

    static Move verticalFlip() {
        return (height, width, random) -> random.nextBoolean() ? new Warp(-1, 0, height - 1, 0, 1, 0) : Warp.IDENTITY;
    }

    static Move jitter(int pixels) {
        return (height, width, random) -> {
            int top = random.nextInt(pixels + 1);
            int left = random.nextInt(pixels + 1);
            // Centres of pixels lie at a half, of the enlarged picture as of the old one.
            double rows = (double) height / (height + pixels);
            double columns = (double) width / (width + pixels);
            return new Warp(rows, 0, (top + 0.5) * rows - 0.5, 0, columns, (left + 0.5) * columns - 0.5);
        };
    }

    static Move shift(int pixels) {
        return (height, width, random) ->
                new Warp(1, 0, random.nextInt(2 * pixels + 1) - pixels, 0, 1, random.nextInt(2 * pixels + 1) - pixels);
    }

    static Move rotation(double degrees) {
        return (height, width, random) -> {
            double angle = Math.toRadians(degrees * (2 * random.nextDouble() - 1));
            double sin = StrictMath.sin(angle);
            double cos = StrictMath.cos(angle);
            double y = (height - 1) / 2.0;
            double x = (width - 1) / 2.0;
            return new Warp(cos, -sin, y - cos * y + sin * x, sin, cos, x - sin * y - cos * x);
        };
    }
}
