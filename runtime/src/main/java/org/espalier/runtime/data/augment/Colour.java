package org.espalier.runtime.data.augment;

import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * Random brightness, contrast and saturation, with the factors, the grey and the order of blending of torchvision's
 * {@code ColorJitter}.
 */
record Colour(double brightness, double contrast, double saturation, double black, double white) {
    /** Luma of ITU-R 601-2, as torchvision has it. */
    private static final double[] GREY = {0.2989, 0.587, 0.114};

    static Colour none() {
        return new Colour(0, 0, 0, -1, 1);
    }

    Colour with(double newBrightness, double newContrast, double newSaturation) {
        if (!(newBrightness >= 0 && newContrast >= 0 && newSaturation >= 0)) {
            throw new IllegalArgumentException("expected changes of brightness, contrast and saturation of 0 or more, "
                    + "found " + newBrightness + ", " + newContrast + " and " + newSaturation);
        }
        return new Colour(newBrightness, newContrast, newSaturation, black, white);
    }

    Colour within(double newBlack, double newWhite) {
        if (!(newBlack < newWhite)) {
            throw new IllegalArgumentException("expected black below white, found " + newBlack + " and " + newWhite);
        }
        return new Colour(brightness, contrast, saturation, newBlack, newWhite);
    }

    boolean isNone() {
        return brightness == 0 && contrast == 0 && saturation == 0;
    }

    void change(Picture picture, RandomGenerator random) {
        if (isNone()) {
            return;
        }
        if (saturation > 0 && picture.channels != 3) {
            throw new IllegalArgumentException(
                    "expected pictures of 3 channels to change their saturation, found " + picture.channels);
        }
        double[] values = picture.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] - black) / (white - black);
        }
        double bright = factor(brightness, random);
        double strong = factor(contrast, random);
        double saturated = factor(saturation, random);
        if (brightness > 0) {
            blend(values, bright, i -> 0);
        }
        if (contrast > 0) {
            double mean = mean(picture);
            blend(values, strong, i -> mean);
        }
        if (saturation > 0) {
            double[] grey = grey(picture);
            blend(values, saturated, i -> grey[i % grey.length]);
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = black + (white - black) * values[i];
        }
    }

    private static double factor(double change, RandomGenerator random) {
        double least = Math.max(0, 1 - change);
        return least + random.nextDouble() * (1 + change - least);
    }

    /** Somewhere between another picture and this one, or beyond, within black and white. */
    private static void blend(double[] values, double factor, IntToDoubleFunction other) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(0, Math.min(1, factor * values[i] + (1 - factor) * other.applyAsDouble(i)));
        }
    }

    private static double mean(Picture picture) {
        double[] grey = grey(picture);
        double sum = 0;
        for (double value : grey) {
            sum += value;
        }
        return sum / grey.length;
    }

    /** One channel: the luma of three, the first of any other number. */
    private static double[] grey(Picture picture) {
        double[] values = picture.values();
        double[] grey = new double[picture.height * picture.width];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = picture.channels == 3
                    ? GREY[0] * values[i] + GREY[1] * values[grey.length + i] + GREY[2] * values[2 * grey.length + i]
                    : values[i];
        }
        return grey;
    }
}
