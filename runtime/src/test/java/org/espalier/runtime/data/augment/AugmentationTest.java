package org.espalier.runtime.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.data.PrefetchedBatches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class AugmentationTest {
    private static final Augmentation EVERYTHING = Augmentation.none()
            .withFlips()
            .withVerticalFlips()
            .withJitter(2)
            .withCrop(2)
            .withRotation(20)
            .withColour(0.3, 0.3, 0.3)
            .withCutout(2)
            .withMixup(0.4);

    /** Numbers from 0 on, of this shape. */
    private static INDArray counting(DataType type, long... shape) {
        return Nd4j.arange(Arrays.stream(shape).reduce(1, (a, b) -> a * b))
                .castTo(type)
                .reshape(shape);
    }

    private static Batch labelled(INDArray pictures) {
        return new Batch(pictures, Nd4j.zeros(DataType.FLOAT, pictures.size(0)));
    }

    private static INDArray augmented(Augmentation augmentation, INDArray pictures, RandomGenerator random) {
        return augmentation.apply(labelled(pictures.dup()), random).input();
    }

    /** Gives these numbers one after the other, as parts of one. */
    private static RandomGenerator drawing(double... parts) {
        Iterator<Double> next = DoubleStream.of(parts).iterator();
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new AssertionError("only fractions are drawn here");
            }

            @Override
            public double nextDouble() {
                return next.next();
            }
        };
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void flipsSwapSides(DataType type) {
        INDArray pictures = counting(type, 40, 2, 1, 3);
        INDArray seen = augmented(Augmentation.none().withFlips(), pictures, new Random(1));

        int flipped = 0;
        for (int i = 0; i < 40; i++) {
            for (int c = 0; c < 2; c++) {
                double first = pictures.getDouble(i, c, 0, 0);
                double left = seen.getDouble(i, c, 0, 0);
                assertThat(left).isIn(first, first + 2);
                assertThat(seen.getDouble(i, c, 0, 1)).isEqualTo(first + 1);
                assertThat(seen.getDouble(i, c, 0, 2)).isEqualTo(2 * first + 2 - left);
                flipped += left == first ? 0 : 1;
            }
        }
        assertThat(flipped).isEven().isBetween(20, 60);
        assertThat(augmented(Augmentation.none().withVerticalFlips(), counting(type, 9, 1, 2, 1), new Random(1))
                        .sum(1, 2, 3))
                .isEqualTo(counting(type, 9, 1, 2, 1).sum(1, 2, 3));
    }

    @Test
    void aCropShiftsByWholePixelsAndFillsTheEdge() {
        INDArray picture = counting(DataType.FLOAT, 1, 1, 3, 3).addi(1);
        Augmentation crop = Augmentation.none().withCrop(1).withFill(-5);
        Set<Double> centres = new TreeSet<>();
        for (int seed = 0; seed < 100; seed++) {
            INDArray seen = augmented(crop, picture, new Random(seed));
            double centre = seen.getDouble(0, 0, 1, 1);
            centres.add(centre);
            int down = (int) (centre - 1) / 3 - 1;
            int right = (int) (centre - 1) % 3 - 1;
            for (int y = 0; y < 3; y++) {
                for (int x = 0; x < 3; x++) {
                    boolean inside = y + down >= 0 && y + down < 3 && x + right >= 0 && x + right < 3;
                    assertThat(seen.getDouble(0, 0, y, x))
                            .isEqualTo(inside ? picture.getDouble(0, 0, y + down, x + right) : -5);
                }
            }
        }
        assertThat(centres).containsExactly(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0);
    }

    @Test
    void jitterCutsAWindowFromWhatPytorchInterpolates() {
        // torch.nn.functional.interpolate(torch.arange(12.).reshape(1, 1, 3, 4), size=(5, 6), mode='bilinear').
        double[] enlarged = {
            0, 0.5, 1.1666667, 1.8333334, 2.5, 3, 1.6, 2.1, 2.7666671, 3.4333334, 4.1, 4.6, 4, 4.5, 5.1666670,
            5.8333330, 6.5, 7, 6.4, 6.9, 7.5666671, 8.2333336, 8.9, 9.4, 8, 8.5, 9.1666670, 9.8333340, 10.5, 11
        };
        Set<List<Integer>> windows = new HashSet<>();
        for (int seed = 0; seed < 60; seed++) {
            INDArray seen = augmented(
                    Augmentation.none().withJitter(2), counting(DataType.FLOAT, 1, 1, 3, 4), new Random(seed));
            windows.add(window(seen, enlarged));
        }
        assertThat(windows).hasSize(9);
    }

    /** The place of a window of 3 × 4 in what is 5 × 6. */
    private static List<Integer> window(INDArray seen, double[] whole) {
        for (int top = 0; top <= 2; top++) {
            for (int left = 0; left <= 2; left++) {
                double off = 0;
                for (int y = 0; y < 3; y++) {
                    for (int x = 0; x < 4; x++) {
                        off = Math.max(off, Math.abs(seen.getDouble(0, 0, y, x) - whole[(top + y) * 6 + left + x]));
                    }
                }
                if (off < 1e-5) {
                    return List.of(top, left);
                }
            }
        }
        throw new AssertionError("no window of " + Arrays.toString(whole) + ": " + seen);
    }

    @Test
    void rotationTurnsAboutTheCentre() {
        INDArray picture = counting(DataType.DOUBLE, 1, 1, 3, 3);
        // A quarter of a turn: 0.75 is half way from the middle of the range to its end, 90 of 180 degrees.
        INDArray turned = augmented(Augmentation.none().withRotation(180), picture, drawing(0.75));
        INDArray back = augmented(Augmentation.none().withRotation(180), picture, drawing(0.25));

        double[] clockwise = {6, 3, 0, 7, 4, 1, 8, 5, 2};
        double[] counterclockwise = {2, 5, 8, 1, 4, 7, 0, 3, 6};
        assertThat(turned.ravel().toDoubleVector()).containsExactly(clockwise, within(1e-9));
        assertThat(back.ravel().toDoubleVector()).containsExactly(counterclockwise, within(1e-9));
        // By an eighth of a turn a corner comes from beside a side's middle, less than half a pixel outside.
        INDArray eighth = augmented(Augmentation.none().withRotation(180).withFill(-1), picture, drawing(0.625));
        assertThat(eighth.getDouble(0, 0, 1, 1)).isEqualTo(4, within(1e-9));
        assertThat(eighth.getDouble(0, 0, 0, 0)).isEqualTo(3, within(1e-9));
    }

    @Test
    void colourIsThatOfTorchvision() {
        INDArray picture = Nd4j.createFromArray(0, 37, 74, 11, 48, 85, 22, 59, 96, 33, 70, 7)
                .castTo(DataType.DOUBLE)
                .divi(100)
                .reshape(1, 3, 2, 2);
        Augmentation colour = Augmentation.none().withColour(1, 1, 1).withRange(0, 1);

        // adjust_brightness(x, 1.3), adjust_contrast(…, 0.6), adjust_saturation(…, 1.5) of torchvision 0.28.
        double[] expected = {
            0.0881727, 0.4312560, 0.9303099, 0.2099554, 0.6497726, 0.8983561, 0.3219099, 0.7715553, 0.9881728,
            0.3844560, 0.8835100, 0.1631553
        };
        assertThat(augmented(colour, picture, drawing(0.65, 0.3, 0.75)).ravel().toDoubleVector())
                .containsExactly(expected, within(2e-6));
        // The same colours as values in [-1, 1].
        assertThat(augmented(colour.withRange(-1, 1), picture.mul(2).sub(1), drawing(0.65, 0.3, 0.75))
                        .add(1)
                        .div(2)
                        .ravel()
                        .toDoubleVector())
                .containsExactly(expected, within(2e-6));
        assertThatThrownBy(() -> augmented(colour, counting(DataType.FLOAT, 1, 1, 2, 2), drawing(0.65, 0.3, 0.75)))
                .hasMessage("expected pictures of 3 channels to change their saturation, found 1");
    }

    @Test
    void aCutoutFillsASquareAsFarAsItLiesInThePicture() {
        Set<Integer> sizes = new TreeSet<>();
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            INDArray seen = augmented(
                    Augmentation.none().withCutout(2).withFill(9), Nd4j.zeros(DataType.FLOAT, 1, 2, 4, 4), random);
            assertThat(seen.slice(0).slice(0)).isEqualTo(seen.slice(0).slice(1));
            sizes.add(seen.slice(0).slice(0).sumNumber().intValue() / 9);
        }
        // One in a corner, two at an edge, four inside.
        assertThat(sizes).containsExactly(1, 2, 4);
    }

    @Test
    void mixupMixesInputsAndTargetsAlike() {
        INDArray inputs = Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}, {10, 10}});
        Batch mixed = Augmentation.none().withMixup(0.4).apply(new Batch(inputs.dup(), inputs.dup()), new Random(3));

        assertThat(mixed.input()).isEqualTo(mixed.target());
        double share = mixed.input().getDouble(1, 1);
        assertThat(share).isStrictlyBetween(0.0, 1.0);
        assertThat(mixed.input().toFloatMatrix()[0])
                .containsExactly(
                        new float[] {(float) (share + 10 * (1 - share)), (float) (10 * (1 - share))}, within(1e-5f));
        assertThat(mixed.input().getDouble(1, 0)).isEqualTo(1 - share, within(1e-6));
    }

    @Test
    void sharesOfMixupAreThoseOfItsBetaDistribution() {
        Random random = new Random(1);
        for (double alpha : new double[] {0.2, 1, 3}) {
            double sum = 0;
            double squares = 0;
            int count = 40_000;
            for (int i = 0; i < count; i++) {
                double share = Mixup.beta(alpha, random);
                assertThat(share).isBetween(0.0, 1.0);
                sum += share;
                squares += (share - 0.5) * (share - 0.5);
            }
            assertThat(sum / count).isEqualTo(0.5, within(0.01));
            assertThat(squares / count).isEqualTo(1 / (4 * (2 * alpha + 1)), within(0.004));
        }
    }

    @Test
    void classNumbersAreNotMixedUnlessTheyAreMadeProbabilities() {
        INDArray labels = Nd4j.createFromArray(0, 2, 1);
        Batch batch = new Batch(Nd4j.zeros(DataType.FLOAT, 3, 4), labels);
        Augmentation mixup = Augmentation.none().withMixup(0.2);

        assertThatThrownBy(() -> mixup.apply(batch, new Random(1)))
                .hasMessage("expected targets that can be mixed, such as the probabilities of classes [batch, classes],"
                        + " found [3] INT that look like class numbers; map(new OneHot(classes)) makes probabilities of"
                        + " them");
        Batch soft = mixup.apply(new OneHot(3).apply(batch), new Random(1));
        assertThat(soft.target().shape()).containsExactly(3, 3);
        assertThat(soft.target().sum(1).toFloatVector()).containsExactly(new float[] {1, 1, 1}, within(1e-6f));
        assertThatThrownBy(() -> new OneHot(2).apply(batch))
                .hasMessage("expected class numbers from 0 to 1, found 2.0 in row 1 of the batch");
    }

    @Test
    void targetsThatArePicturesAreMovedAsTheirInputs() {
        INDArray pictures = counting(DataType.FLOAT, 5, 3, 4, 4);
        Augmentation moves = Augmentation.none()
                .withFlips()
                .withVerticalFlips()
                .withJitter(1)
                .withCrop(1)
                .withRotation(30);

        Batch moved = moves.apply(new Batch(pictures.dup(), pictures.dup()), new Random(2));

        assertThat(moved.input()).isEqualTo(moved.target()).isNotEqualTo(pictures);
    }

    @Test
    void theSameSeedsGiveTheSameBatchesPrefetchedOrNot() {
        INDArray pictures = Nd4j.rand(DataType.FLOAT, 20, 3, 6, 6);
        INDArray targets = Nd4j.rand(DataType.FLOAT, 20, 2);
        Batches batches = Dataset.of(pictures, targets).batches(6).shuffled(1).map(EVERYTHING, 2);

        try (PrefetchedBatches prefetched = batches.prefetch(2)) {
            assertThat(copies(prefetched)).isEqualTo(copies(batches));
        }
        assertThat(copies(Dataset.of(pictures, targets).batches(6).shuffled(1).map(EVERYTHING, 3)))
                .isNotEqualTo(copies(batches));
        assertThat(pictures).isNotEqualTo(copies(batches).get(0).input());
    }

    private static List<Batch> copies(Batches batches) {
        List<Batch> copies = new ArrayList<>();
        for (int epoch = 1; epoch <= 2; epoch++) {
            for (Batch batch : batches.epoch(epoch)) {
                copies.add(batch.copy());
            }
        }
        return copies;
    }

    @Test
    void nonsenseIsRefused() {
        Augmentation none = Augmentation.none();
        assertThatThrownBy(() -> none.withJitter(-1)).hasMessage("expected a jitter of 0 pixels or more, found -1");
        assertThatThrownBy(() -> none.withCrop(-1))
                .hasMessage("expected a crop's padding of 0 pixels or more, found -1");
        assertThatThrownBy(() -> none.withCutout(-1)).hasMessage("expected a cutout of 0 pixels or more, found -1");
        assertThatThrownBy(() -> none.withRotation(200))
                .hasMessage("expected a rotation of 0 to 180 degrees, found 200.0");
        assertThatThrownBy(() -> none.withColour(-1, 0, 0))
                .hasMessage("expected changes of brightness, contrast and saturation of 0 or more, found -1.0, 0.0 and"
                        + " 0.0");
        assertThatThrownBy(() -> none.withRange(1, 0)).hasMessage("expected black below white, found 1.0 and 0.0");
        assertThatThrownBy(() -> none.withMixup(0)).hasMessage("expected a positive alpha for mixup, found 0.0");
        assertThatThrownBy(() -> augmented(none.withFlips(), Nd4j.zeros(DataType.FLOAT, 2, 3), new Random(1)))
                .hasMessage("expected pictures [batch, channels, height, width], FLOAT or DOUBLE, to augment, without"
                        + " gaps, found [2, 3] FLOAT");
    }
}
