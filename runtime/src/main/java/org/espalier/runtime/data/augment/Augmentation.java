package org.espalier.runtime.data.augment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Transform;
import org.espalier.runtime.storage.Shapes;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Small random changes to every picture of a batch {@code [batch, channels, height, width]}, so that no epoch shows
 * quite the same. An immutable plan, whose methods return another:
 *
 * <pre>
 *   batches.map(Augmentation.none().withCrop(4).withFlips().withColour(0.2, 0.2, 0.2), 42)
 * </pre>
 *
 * <p>Flips, jitter, crops and rotations move pixels, all in one interpolation, in the order in which they were asked
 * for; colour, cutout and mixup follow in this order. Targets that are pictures of the same height and width, as in
 * pix2pix, are moved as their inputs are, and otherwise stay as they are.
 */
public final class Augmentation implements Transform {
    private final List<Move> moves;
    private final Colour colour;
    private final int cutout;
    private final double mixup;
    private final double fill;

    private Augmentation(List<Move> moves, Colour colour, int cutout, double mixup, double fill) {
        this.moves = moves;
        this.colour = colour;
        this.cutout = cutout;
        this.mixup = mixup;
        this.fill = fill;
    }

    /** The pictures as they are; values in [-1, 1], as {@code Image} gives them. */
    public static Augmentation none() {
        return new Augmentation(List.of(), Colour.none(), 0, 0, 0);
    }

    /** This one, and left and right swapped in every second picture or so. */
    public Augmentation withFlips() {
        return with(Move.flip());
    }

    /** This one, and top and bottom swapped in every second picture or so. */
    public Augmentation withVerticalFlips() {
        return with(Move.verticalFlip());
    }

    /**
     * This one, and every picture enlarged by so many pixels in height and width, and a window of the old size cut from
     * a random place; that of pix2pix (Isola et al., arXiv:1611.07004, section 6.2).
     *
     * @throws IllegalArgumentException for a negative number
     */
    public Augmentation withJitter(int pixels) {
        requirePixels("a jitter", pixels);
        return with(Move.jitter(pixels));
    }

    /**
     * This one, and every picture shifted by up to so many pixels in both directions, as torchvision's
     * {@code RandomCrop(size, padding=pixels)} does; what comes in at the edges is {@link #withFill}.
     *
     * @throws IllegalArgumentException for a negative number
     */
    public Augmentation withCrop(int pixels) {
        requirePixels("a crop's padding", pixels);
        return with(Move.shift(pixels));
    }

    /**
     * This one, and every picture rotated about its centre by up to so many degrees to either side, as torchvision's
     * {@code RandomRotation} does; corners that come in are {@link #withFill}.
     *
     * @throws IllegalArgumentException unless it is from 0 to 180
     */
    public Augmentation withRotation(double degrees) {
        if (!(degrees >= 0 && degrees <= 180)) {
            throw new IllegalArgumentException("expected a rotation of 0 to 180 degrees, found " + degrees);
        }
        return with(Move.rotation(degrees));
    }

    /**
     * This one, and every picture's brightness, contrast and saturation changed by factors from 1 - c to 1 + c for the
     * c given, in this order, as torchvision's {@code ColorJitter} does. Saturation is for pictures of three channels.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public Augmentation withColour(double brightness, double contrast, double saturation) {
        return new Augmentation(moves, colour.with(brightness, contrast, saturation), cutout, mixup, fill);
    }

    /**
     * Says which values are black and white for {@link #withColour}, if they are not -1 and 1; what goes beyond them is
     * cut off.
     *
     * @throws IllegalArgumentException unless black is below white
     */
    public Augmentation withRange(double black, double white) {
        return new Augmentation(moves, colour.within(black, white), cutout, mixup, fill);
    }

    /**
     * This one, and in every picture a square of so many pixels a side filled, its centre anywhere (DeVries and Taylor,
     * arXiv:1708.04552).
     *
     * @throws IllegalArgumentException for a negative number
     */
    public Augmentation withCutout(int side) {
        requirePixels("a cutout", side);
        return new Augmentation(moves, colour, side, mixup, fill);
    }

    /**
     * This one, and examples mixed with their neighbours in the batch, inputs and targets alike (Zhang et al.,
     * arXiv:1710.09412): λ · example + (1 - λ) · neighbour, one λ for each batch from Beta(α, α). Classes must be given
     * as probabilities, see {@link OneHot}.
     *
     * @throws IllegalArgumentException unless α is positive
     */
    public Augmentation withMixup(double alpha) {
        if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a positive alpha for mixup, found " + alpha);
        }
        return new Augmentation(moves, colour, cutout, alpha, fill);
    }

    /** Says what comes in at the edges, and what a cutout is filled with, if it is not 0. */
    public Augmentation withFill(double value) {
        return new Augmentation(moves, colour, cutout, mixup, value);
    }

    private Augmentation with(Move move) {
        List<Move> all = new ArrayList<>(moves);
        all.add(move);
        return new Augmentation(List.copyOf(all), colour, cutout, mixup, fill);
    }

    private static void requirePixels(String what, int pixels) {
        if (pixels < 0) {
            throw new IllegalArgumentException("expected " + what + " of 0 pixels or more, found " + pixels);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if inputs are not {@code [batch, channels, height, width]} float or double, or
     *     targets cannot be mixed
     */
    @Override
    public Batch apply(Batch batch, RandomGenerator random) {
        if (!moves.isEmpty() || !colour.isNone() || cutout > 0) {
            requirePictures(batch.input());
            for (int example = 0; example < batch.size(); example++) {
                change(batch, example, random);
            }
        }
        if (mixup > 0) {
            Mixup.mix(batch, Mixup.beta(mixup, random));
        }
        return batch;
    }

    private void change(Batch batch, int example, RandomGenerator random) {
        Picture input = Picture.of(batch.input(), example);
        Warp warp = Warp.IDENTITY;
        for (Move move : moves) {
            warp = warp.after(move.draw(input.height, input.width, random));
        }
        boolean moved = !warp.equals(Warp.IDENTITY);
        if (moved) {
            input.move(warp, fill);
        }
        colour.change(input, random);
        if (cutout > 0) {
            input.fill(random.nextInt(input.height), random.nextInt(input.width), cutout, fill);
        }
        input.write();
        if (moved && isPicture(batch.target(), input)) {
            Picture target = Picture.of(batch.target(), example);
            target.move(warp, fill);
            target.write();
        }
    }

    private static boolean isPicture(INDArray target, Picture input) {
        return target.rank() == 4 && target.size(2) == input.height && target.size(3) == input.width;
    }

    private static void requirePictures(INDArray input) {
        if (input.rank() != 4
                || !Shapes.isContiguous(input)
                || (input.dataType() != DataType.FLOAT && input.dataType() != DataType.DOUBLE)) {
            throw new IllegalArgumentException(
                    "expected pictures [batch, channels, height, width], FLOAT or DOUBLE, to "
                            + "augment, without gaps, found " + Arrays.toString(input.shape()) + " "
                            + input.dataType());
        }
    }
}
