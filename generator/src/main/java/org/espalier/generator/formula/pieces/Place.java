package org.espalier.generator.formula.pieces;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Place at which a formula may go from one piece to another: a number that is known up to rounding.
 *
 * @param low nothing changes below this
 * @param at the number that is meant: the one with the fewest digits, since people write few
 * @param high nothing changes above this
 * @param isSharp whether something is certain on both sides; if not, a stretch begins or ends here in which rounding
 *     decides, as it does of w − (w − 1) for large w
 */
record Place(double low, double at, double high, boolean isSharp) {
    static final Place ZERO = new Place(0, 0, 0, true);

    /** Numbers with more digits than this are not what somebody wrote. */
    private static final int DIGITS = 12;

    /** Of numbers that differ by less, relatively, only rounding makes two. */
    private static final double SAME = 1e-12;

    /** Between numbers that differ by more than this, the middle is where their magnitudes have theirs. */
    private static final double FAR = 16;

    /** Number of samples that are looked at in a place, besides its ends. */
    private static final int SAMPLES = 32;

    static Place between(double low, double high) {
        return between(low, high, true);
    }

    /** The beginning or the end of a stretch in which rounding decides. */
    static Place vague(double at) {
        return between(at, at, false);
    }

    private static Place between(double low, double high, boolean isSharp) {
        if (low <= 0 && high >= 0) {
            return new Place(low, 0, high, isSharp);
        }
        double middle = low / 2 + high / 2;
        for (int digits = 1; digits <= DIGITS; digits++) {
            double tidy = new BigDecimal(middle)
                    .round(new MathContext(digits, RoundingMode.HALF_EVEN))
                    .doubleValue();
            if (low <= tidy && tidy <= high) {
                return new Place(low, tidy, high, isSharp);
            }
        }
        return new Place(low, middle, high, isSharp);
    }

    /** In ascending order, those that are one but for rounding as one. */
    static List<Place> merged(List<Place> places) {
        List<Place> merged = new ArrayList<>();
        for (Place place :
                places.stream().sorted(Comparator.comparingDouble(Place::low)).toList()) {
            int last = merged.size() - 1;
            if (last >= 0 && merged.get(last).touches(place)) {
                merged.set(last, merged.get(last).with(place));
            } else {
                merged.add(place);
            }
        }
        return merged;
    }

    private boolean touches(Place next) {
        return next.low - high <= SAME * Math.abs(next.low);
    }

    private Place with(Place next) {
        return between(low, Math.max(high, next.high), isSharp || next.isSharp);
    }

    /** A number between two neighbouring places, or beyond the outermost. */
    static double inside(List<Place> places, int interval) {
        if (interval == 0) {
            double first = places.get(0).low;
            return first - Math.max(1, Math.abs(first));
        }
        double from = places.get(interval - 1).high;
        if (interval == places.size()) {
            return from + Math.max(1, Math.abs(from));
        }
        double to = places.get(interval).low;
        boolean far = (from > 0 && to / from > FAR) || (to < 0 && from / to > FAR);
        return far ? Math.copySign(Math.sqrt(Math.abs(from)) * Math.sqrt(Math.abs(to)), from) : from / 2 + to / 2;
    }

    /** The number and some around it, as far as the place reaches. */
    double[] samples() {
        double step = (high - low) / SAMPLES;
        return DoubleStream.concat(
                        DoubleStream.of(low, at, high),
                        DoubleStream.iterate(1, i -> i < SAMPLES, i -> i + 1).map(i -> Math.min(low + i * step, high)))
                .distinct()
                .toArray();
    }
}
