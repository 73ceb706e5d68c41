package org.espalier.runtime.train.schedule;

/**
 * Lets the learning rate rise and fall once (Smith and Topin, arXiv:1708.07120): from maxLr / divFactor to maxLr, and
 * down to maxLr / divFactor / finalDivFactor. It is PyTorch's with {@code cycle_momentum=False}, and counts updates,
 * not epochs. It stays at the last rate when its steps are done. All parameters get these rates whatever their own are,
 * as from PyTorch's with one {@code max_lr}; a lambda lets groups keep their proportion: {@code (base, steps) -> base /
 * 1e-3 * cycle.lr(base, steps)}.
 *
 * @param maxLr the greatest learning rate
 * @param totalSteps how many steps it takes
 * @param pctStart the share of them in which it rises
 * @param anneal the curve
 * @param divFactor what the first learning rate is below the greatest
 * @param finalDivFactor what the last one is below the first
 * @param threePhase whether it falls as it rose, and then from the first one to the last
 */
public record OneCycleLR(
        double maxLr,
        long totalSteps,
        double pctStart,
        Anneal anneal,
        double divFactor,
        double finalDivFactor,
        boolean threePhase)
        implements LRScheduler {
    /** Curve between two learning rates. */
    public enum Anneal {
        /** Half a wave. */
        COS,
        /** A straight line. */
        LINEAR;

        private double between(double from, double to, double done) {
            return this == COS ? to + (from - to) / 2 * (1 + Math.cos(Math.PI * done)) : from + (to - from) * done;
        }
    }

    /** Checks the ranges. */
    public OneCycleLR {
        Requirements.atLeastZero("maxLr", maxLr);
        Requirements.atLeastOne("totalSteps", totalSteps);
        Requirements.share("pctStart", pctStart);
        Requirements.aboveZero("divFactor", divFactor);
        Requirements.aboveZero("finalDivFactor", finalDivFactor);
    }

    /** With PyTorch's defaults: it rises for 0.3 of the steps, along half a wave, from a 25th; two phases. */
    public OneCycleLR(double maxLr, long totalSteps) {
        this(maxLr, totalSteps, 0.3, Anneal.COS, 25, 1e4, false);
    }

    @Override
    public double lr(double base, long steps) {
        double first = maxLr / divFactor;
        double last = first / finalDivFactor;
        double step = (double) Math.min(steps, totalSteps - 1);
        double top = pctStart * (double) totalSteps - 1;
        double end = (double) totalSteps - 1;
        if (step <= top) {
            return anneal.between(first, maxLr, top == 0 ? 1 : step / top);
        }
        if (!threePhase) {
            return anneal.between(maxLr, last, (step - top) / (end - top));
        }
        double down = 2 * pctStart * (double) totalSteps - 2;
        return step <= down
                ? anneal.between(maxLr, first, (step - top) / (down - top))
                : anneal.between(first, last, (step - down) / (end - down));
    }
}
