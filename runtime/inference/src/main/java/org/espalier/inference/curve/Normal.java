package org.espalier.inference.curve;

/** The normal distribution, to all digits of a double. */
public final class Normal {
    /** From here on the distribution function is 0 or 1 to all digits. */
    private static final double FAR = 9;

    private Normal() {}

    /** φ(x) = exp(−x²/2)/√(2π). */
    public static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    /** Φ(x) = ½ + φ(x) Σ x²ⁿ⁺¹/(1·3·…·(2n + 1)), whose terms have one sign, so that nothing cancels. */
    public static double distribution(double x) {
        if (Math.abs(x) > FAR) {
            return x > 0 ? 1 : 0;
        }
        return 0.5 + density(x) * series(x);
    }

    /** erf(x) = 2 Φ(√2 x) − 1. */
    public static double erf(double x) {
        double scaled = Math.sqrt(2) * x;
        return Math.abs(scaled) > FAR ? Math.signum(x) : 2 * density(scaled) * series(scaled);
    }

    private static double series(double x) {
        double sum = x;
        double term = x;
        for (int odd = 3; Math.abs(term) > Math.ulp(sum) / 4; odd += 2) {
            term *= x * x / odd;
            sum += term;
        }
        return sum;
    }
}
