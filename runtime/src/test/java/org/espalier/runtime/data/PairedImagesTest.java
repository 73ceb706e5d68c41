package org.espalier.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.runtime.data.augment.Augmentation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class PairedImagesTest {
    private static final int HEIGHT = 6;
    private static final int WIDTH = 8;

    @TempDir
    private Path folder;

    private void writePairs(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Pictures.writePair(
                    folder.resolve("pair" + i + ".png"),
                    Pictures.colourful(HEIGHT, WIDTH, 2 * i),
                    Pictures.colourful(HEIGHT, WIDTH, 2 * i + 1));
        }
    }

    @Test
    void theLeftHalfIsTheSourceAndTheRightHalfTheTarget() throws IOException {
        writePairs(1);

        PairedImages images = PairedImages.read(folder, HEIGHT, WIDTH);

        assertThat(images.pairs())
                .containsExactly(new ImagePair(
                        "pair0", Pictures.colourful(HEIGHT, WIDTH, 0), Pictures.colourful(HEIGHT, WIDTH, 1)));
        assertThat(images.sources().shape()).containsExactly(1, 3, HEIGHT, WIDTH);
        assertThat(Image.of(images.targets().slice(0))).isEqualTo(Pictures.colourful(HEIGHT, WIDTH, 1));
    }

    @Test
    void filesComeInTheOrderOfTheirNamesAndOtherFilesAreLeftAlone() throws IOException {
        writePairs(3);
        Files.move(folder.resolve("pair0.png"), folder.resolve("zebra.PNG"));
        Files.writeString(folder.resolve("LICENSE.txt"), "free");

        PairedImages images = PairedImages.read(folder, HEIGHT, WIDTH);

        assertThat(images.pairs()).extracting(ImagePair::name).containsExactly("pair1", "pair2", "zebra");
    }

    @Test
    void foldersAndHiddenFilesAreLeftAloneWhateverTheirNames() throws IOException {
        writePairs(2);
        Files.createDirectory(folder.resolve("dir.png"));
        Files.createSymbolicLink(folder.resolve("linked.png"), Files.createDirectory(folder.resolve("elsewhere")));
        // What macOS puts beside c.png on a drive of another system.
        Files.write(folder.resolve("._c.png"), new byte[] {0, 5, 22, 7, 0, 2, 0, 0, 'M', 'a', 'c'});
        Files.writeString(folder.resolve(".DS_Store"), "x");
        Files.writeString(folder.resolve(".hidden.PNG"), "x");
        Files.writeString(folder.resolve("png"), "x");

        PairedImages images = PairedImages.read(folder, HEIGHT, WIDTH);

        assertThat(images.pairs()).extracting(ImagePair::name).containsExactly("pair0", "pair1");
    }

    @Test
    void aPictureBehindALinkIsReadAndALinkToNothingIsNamed() throws IOException {
        writePairs(1);
        Path link = folder.resolve("link.png");
        Files.createSymbolicLink(link, folder.resolve("pair0.png"));
        assertThat(PairedImages.read(folder, HEIGHT, WIDTH).size()).isEqualTo(2);

        Path broken = Files.createSymbolicLink(folder.resolve("broken.png"), folder.resolve("nothing.png"));
        assertThatThrownBy(() -> PairedImages.read(folder, HEIGHT, WIDTH))
                .isInstanceOf(DataException.class)
                .hasMessage(broken + ": expected a PNG file, found nothing there");
    }

    @Test
    void anEmptyPictureIsNamed() throws IOException {
        writePairs(1);
        Path empty = Files.createFile(folder.resolve("empty.png"));
        assertThatThrownBy(() -> PairedImages.read(folder, HEIGHT, WIDTH))
                .isInstanceOf(DataException.class)
                .hasMessage(empty + ": expected a PNG file, found an empty file");
    }

    @Test
    void aMissingFolderIsNamed() {
        Path missing = folder.resolve("train");

        assertThatThrownBy(() -> PairedImages.read(missing, HEIGHT, WIDTH))
                .isInstanceOf(DataException.class)
                .hasMessage(missing + ": expected a folder of PNG files, found nothing there");
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path file = Files.createFile(folder.resolve("train"));

        assertThatThrownBy(() -> PairedImages.read(file, HEIGHT, WIDTH))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected a folder of PNG files, found a file");
    }

    @Test
    void aFolderWithoutPicturesIsNamed() {
        assertThatThrownBy(() -> PairedImages.read(folder, HEIGHT, WIDTH))
                .isInstanceOf(DataException.class)
                .hasMessage(folder + ": expected at least one PNG file, found none");
    }

    @Test
    void aPictureOfAnotherSizeIsNamed() throws IOException {
        writePairs(2);
        Path odd = folder.resolve("odd.png");
        Pictures.colourful(HEIGHT, WIDTH, 0).write(odd);

        assertThatThrownBy(() -> PairedImages.read(folder, HEIGHT, WIDTH))
                .isInstanceOf(DataException.class)
                .hasMessage(odd + ": expected a picture of 16 x 6 pixels (width x height), found 8 x 6");
    }

    @Test
    void anEpochShowsEveryPairOnceInAnOrderOfItsOwn() throws IOException {
        writePairs(7);
        Batches batches = PairedImages.read(folder, HEIGHT, WIDTH).batches(3, Augmentation.none(), 42);

        List<Image> first = sources(batches.epoch(1));
        List<Image> second = sources(batches.epoch(2));

        assertThat(batches.perEpoch()).isEqualTo(3);
        assertThat(first).hasSize(7).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(second);
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void sourceAndTargetStayTogetherThroughFlipsAndJitter() throws IOException {
        for (int i = 0; i < 5; i++) {
            Image same = Pictures.colourful(HEIGHT, WIDTH, i);
            Pictures.writePair(folder.resolve("pair" + i + ".png"), same, same);
        }
        Batches batches = PairedImages.read(folder, HEIGHT, WIDTH)
                .batches(2, Augmentation.none().withFlips().withJitter(2), 42);

        for (Batch batch : batches.epoch(1)) {
            assertThat(batch.input()).isEqualTo(batch.target());
        }
    }

    @Test
    void theSameSeedAndEpochGiveTheSameBatchesHoweverOftenTheyAreAskedFor() throws IOException {
        writePairs(7);
        PairedImages images = PairedImages.read(folder, HEIGHT, WIDTH);
        Augmentation augmentation = Augmentation.none().withFlips().withJitter(2);
        Batches batches = images.batches(3, augmentation, 42);
        Iterable<Batch> epoch = batches.epoch(5);

        List<Image> first = sources(epoch);

        assertThat(sources(epoch)).isEqualTo(first);
        assertThat(sources(images.batches(3, augmentation, 42).epoch(5))).isEqualTo(first);
        assertThat(sources(images.batches(3, augmentation, 43).epoch(5))).isNotEqualTo(first);
    }

    @Test
    void flipsTurnAboutHalfOfThePairs() throws IOException {
        writePairs(1);
        Batches batches = PairedImages.read(folder, HEIGHT, WIDTH)
                .batches(1, Augmentation.none().withFlips(), 42);
        Image asItIs = Pictures.colourful(HEIGHT, WIDTH, 0);

        int flips = 0;
        for (int epoch = 1; epoch <= 200; epoch++) {
            Image shown = sources(batches.epoch(epoch)).get(0);
            assertThat(shown).isIn(asItIs, asItIs.flipped());
            flips += shown.equals(asItIs) ? 0 : 1;
        }

        assertThat(flips).isBetween(75, 125);
    }

    @Test
    void jitterShowsEveryWindowOfTheEnlargedPicture() throws IOException {
        writePairs(1);
        Batches batches = PairedImages.read(folder, HEIGHT, WIDTH)
                .batches(1, Augmentation.none().withJitter(1), 42);
        Image enlarged = Pictures.colourful(HEIGHT, WIDTH, 0).resized(HEIGHT + 1, WIDTH + 1);

        List<Integer> windows = new ArrayList<>();
        for (int epoch = 1; epoch <= 50; epoch++) {
            windows.add(window(enlarged, sources(batches.epoch(epoch)).get(0)));
        }

        assertThat(windows.stream().distinct()).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    /** The number of a window of an enlarged picture; it rounds to 8 bits what the other computes in full. */
    private static int window(Image enlarged, Image shown) {
        for (int window = 0; window < 4; window++) {
            Image cut = enlarged.cropped(window / 2, window % 2, HEIGHT, WIDTH);
            int off = 0;
            for (int i = 0; i < 3 * HEIGHT * WIDTH; i++) {
                int c = i / (HEIGHT * WIDTH);
                int y = i / WIDTH % HEIGHT;
                off = Math.max(off, Math.abs(cut.sample(c, y, i % WIDTH) - shown.sample(c, y, i % WIDTH)));
            }
            if (off <= 1) {
                return window;
            }
        }
        throw new AssertionError("no window of the enlarged picture");
    }

    @Test
    void aNegativeJitterIsRefused() {
        assertThatThrownBy(() -> Augmentation.none().withJitter(-1))
                .hasMessage("expected a jitter of 0 pixels or more, found -1");
    }

    private static List<Image> sources(Iterable<Batch> epoch) {
        List<Image> sources = new ArrayList<>();
        for (Batch batch : epoch) {
            INDArray input = batch.input();
            for (int i = 0; i < batch.size(); i++) {
                sources.add(Image.of(input.slice(i)));
            }
        }
        return sources;
    }
}
