package org.espalier.runtime.data;

import java.util.Random;

/**
 * Small random changes to each pair of an epoch, so that no epoch shows quite the same pictures: those of pix2pix
 * (Isola et al., arXiv:1611.07004, section 6.2). Both pictures of a pair are changed alike.
 *
 * @param flips whether to swap left and right, for every second pair or so
 * @param jitter enlarge the pair by so many pixels in height and width and cut a window of the old size from a random
 *     place; 0 leaves it alone
 */
public record Augmentation(boolean flips, int jitter) {
    /** Checks the jitter. */
    public Augmentation {
        if (jitter < 0) {
            throw new IllegalArgumentException("expected a jitter of 0 pixels or more, found " + jitter);
        }
    }

    /** The pairs as they are. */
    public static Augmentation none() {
        return new Augmentation(false, 0);
    }

    /** This one, and flips. */
    public Augmentation withFlips() {
        return new Augmentation(true, jitter);
    }

    /** This one with so many pixels of jitter. */
    public Augmentation withJitter(int pixels) {
        return new Augmentation(flips, pixels);
    }

    /** Draws from {@code random} the same number of times whatever comes out. */
    ImagePair apply(ImagePair pair, Random random) {
        boolean flip = flips && random.nextBoolean();
        int top = random.nextInt(jitter + 1);
        int left = random.nextInt(jitter + 1);
        return new ImagePair(
                pair.name(), changed(pair.source(), flip, top, left), changed(pair.target(), flip, top, left));
    }

    private Image changed(Image image, boolean flip, int top, int left) {
        Image framed = jitter == 0
                ? image
                : image.resized(image.height() + jitter, image.width() + jitter)
                        .cropped(top, left, image.height(), image.width());
        return flip ? framed.flipped() : framed;
    }
}
