package com.example.pix2pix;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes how colourful pictures are: chroma in CIELAB, 0 for grey. */
final class Chroma {
    /** Tristimulus values of white, D65 (IEC 61966-2-1). */
    private static final double[] WHITE = {0.95047, 1, 1.08883};

    private Chroma() {}

    /**
     * The mean over all pixels.
     *
     * @param pictures [batch, 3, height, width], red, green and blue of sRGB in [-1, 1]
     */
    static double mean(INDArray pictures) {
        long pixels = pictures.size(2) * pictures.size(3);
        double sum = 0;
        for (int i = 0; i < pictures.size(0); i++) {
            double[] picture = pictures.slice(i).dup('c').data().asDouble();
            for (int p = 0; p < pixels; p++) {
                sum += of(picture[p], picture[(int) (p + pixels)], picture[(int) (p + 2 * pixels)]);
            }
        }
        return sum / (pixels * pictures.size(0));
    }

    /** √(a² + b²) of one colour. */
    static double of(double red, double green, double blue) {
        double r = linear(red);
        double g = linear(green);
        double b = linear(blue);
        double x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / WHITE[0]);
        double y = root((0.2126729 * r + 0.7151522 * g + 0.0721750 * b) / WHITE[1]);
        double z = root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / WHITE[2]);
        return Math.hypot(500 * (x - y), 200 * (y - z));
    }

    private static double linear(double sample) {
        double v = Math.max(0, Math.min(1, (sample + 1) / 2));
        return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
    }

    private static double root(double t) {
        return t > 216.0 / 24389 ? Math.cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }
}
