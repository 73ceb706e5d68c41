package org.espalier.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ImageTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Image image = Pictures.colourful(5, 7, 1);
        Path file = folder.resolve("new folder").resolve("picture.png");

        image.write(file);

        assertThat(Image.read(file, 5, 7)).isEqualTo(image);
    }

    @Test
    void greyKeepsItsStoredValuesAndFillsAllThreeChannels() throws IOException {
        Path file = folder.resolve("grey.png");
        BufferedImage picture = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        picture.getRaster().setSample(0, 0, 0, 100);
        picture.getRaster().setSample(1, 0, 0, 200);
        Pictures.write(picture, file);

        Image image = Image.read(file, 1, 2);

        for (int channel = 0; channel < 3; channel++) {
            assertThat(image.sample(channel, 0, 0)).isEqualTo(100);
            assertThat(image.sample(channel, 0, 1)).isEqualTo(200);
        }
    }

    @Test
    void sixteenBitsAreReadAsTheUpperEight() throws IOException {
        Path file = folder.resolve("deep.png");
        BufferedImage picture = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        picture.getRaster().setSample(0, 0, 0, 0xABCD);
        Pictures.write(picture, file);

        assertThat(Image.read(file, 1, 1).sample(0, 0, 0)).isEqualTo(0xAB);
    }

    @Test
    void whatIsTransparentStandsOnWhite() throws IOException {
        Path file = folder.resolve("clear.png");
        BufferedImage picture = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        picture.setRGB(0, 0, new Color(10, 20, 30, 0).getRGB());
        picture.setRGB(1, 0, new Color(10, 20, 30, 255).getRGB());
        picture.setRGB(2, 0, new Color(0, 0, 0, 51).getRGB());
        Pictures.write(picture, file);

        Image image = Image.read(file, 1, 3);

        assertThat(image.sample(0, 0, 0)).isEqualTo(255);
        assertThat(image.sample(2, 0, 1)).isEqualTo(30);
        assertThat(image.sample(1, 0, 2)).isEqualTo(204);
    }

    @Test
    void aPaletteIsResolved() throws IOException {
        Path file = folder.resolve("palette.png");
        byte[] red = {0, (byte) 200};
        byte[] green = {0, 100};
        byte[] blue = {0, 50};
        IndexColorModel palette = new IndexColorModel(1, 2, red, green, blue);
        BufferedImage picture = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
        picture.getRaster().setSample(1, 0, 0, 1);
        Pictures.write(picture, file);

        Image image = Image.read(file, 1, 2);

        assertThat(image.sample(0, 0, 0)).isZero();
        assertThat(image.sample(0, 0, 1)).isEqualTo(200);
        assertThat(image.sample(1, 0, 1)).isEqualTo(100);
        assertThat(image.sample(2, 0, 1)).isEqualTo(50);
    }

    /** A chunk with its checksum, put before the first of another type. */
    private static byte[] withChunk(byte[] png, String before, String type, byte[] data) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + data.length)
                .putInt(data.length)
                .put(type.getBytes(StandardCharsets.ISO_8859_1))
                .put(data);
        CRC32 checksum = new CRC32();
        checksum.update(chunk.array(), 4, 4 + data.length);
        chunk.putInt((int) checksum.getValue());
        int at = new String(png, StandardCharsets.ISO_8859_1).indexOf(before) - 4;
        return ByteBuffer.allocate(png.length + chunk.capacity())
                .put(png, 0, at)
                .put(chunk.array())
                .put(png, at, png.length - at)
                .array();
    }

    @Test
    void aColourThatIsDeclaredTransparentStandsOnWhite() throws IOException {
        Path file = folder.resolve("key.png");
        Pictures.colourful(1, 2, 1).write(file);
        Image opaque = Image.read(file, 1, 2);
        byte[] key = new byte[6];
        for (int c = 0; c < 3; c++) {
            key[2 * c + 1] = (byte) opaque.sample(c, 0, 0);
        }
        Files.write(file, withChunk(Files.readAllBytes(file), "IDAT", "tRNS", key));

        Image image = Image.read(file, 1, 2);

        for (int c = 0; c < 3; c++) {
            assertThat(image.sample(c, 0, 0)).isEqualTo(255);
            assertThat(image.sample(c, 0, 1)).isEqualTo(opaque.sample(c, 0, 1));
        }
    }

    @Test
    void ofPicturesThatMoveTheFirstIsRead() throws IOException {
        Path file = folder.resolve("animated.png");
        Pictures.colourful(3, 2, 1).write(file);
        byte[] still = Files.readAllBytes(file);
        byte[] animated = withChunk(still, "IDAT", "acTL", new byte[] {0, 0, 0, 2, 0, 0, 0, 0});
        Files.write(file, withChunk(animated, "IEND", "fdAT", new byte[] {0, 0, 0, 1, 'x'}));

        assertThat(Image.read(file, 3, 2)).isEqualTo(Pictures.colourful(3, 2, 1));
    }

    @Test
    void sixteenBitsOfColourWithTransparencyAreRead() throws IOException {
        Path file = folder.resolve("deep.png");
        ColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB),
                true,
                false,
                Transparency.TRANSLUCENT,
                DataBuffer.TYPE_USHORT);
        WritableRaster raster = model.createCompatibleWritableRaster(2, 1);
        raster.setPixel(0, 0, new int[] {0x1234, 0x5678, 0x9ABC, 0xFFFF});
        raster.setPixel(1, 0, new int[] {0, 0, 0, 0});
        Pictures.write(new BufferedImage(model, raster, false, null), file);

        Image image = Image.read(file, 1, 2);

        assertThat(image.sample(0, 0, 0)).isEqualTo(0x12);
        assertThat(image.sample(2, 0, 0)).isEqualTo(0x9A);
        assertThat(image.sample(1, 0, 1)).isEqualTo(255);
    }

    @Test
    void aFileLongerThanItsPictureCanBeIsNotReadToTheEnd() throws IOException {
        Path file = folder.resolve("long.png");
        Pictures.colourful(5, 7, 1).write(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // A hole: it takes no place on the disk.
            channel.write(ByteBuffer.allocate(1), 3L << 30);
        }

        assertThatThrownBy(() -> Image.read(file, 5, 7))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected at most 67109179 bytes, for a picture of 7 x 5, found more");
        assertThatThrownBy(() -> Image.read(file, 6, 7))
                .hasMessage(file + ": expected a picture of 7 x 6 pixels (width x height), found 7 x 5");
    }

    @Test
    void sizesThatNoPictureHasAreRefused() {
        Path file = folder.resolve("picture.png");
        assertThatThrownBy(() -> Image.read(file, 0, 7))
                .hasMessage("expected a height and width of at least 1 and at most 2 GiB in all, found 0 and 7");
        assertThatThrownBy(() -> Image.read(file, 30_000, 30_000)).hasMessageContaining("found 30000 and 30000");
    }

    @Test
    void aPictureIsGreyOrRedGreenAndBlue() {
        assertThatThrownBy(() -> Image.of(Nd4j.zeros(2, 3, 4)))
                .hasMessage("expected 1 channel, grey, or 3, red, green and blue, found 2");
    }

    @Test
    void blackIsMinusOneAndWhiteIsOne() {
        Image image = Pictures.grey(1, 3, 0, 51, 255);

        INDArray array = Image.stacked(List.of(image));

        assertThat(array.shape()).containsExactly(1, 1, 1, 3);
        assertThat(array.data().asFloat()).containsExactly(-1f, -0.6f, 1f);
    }

    @Test
    void anArrayMakesTheImageItCameFrom() {
        Image first = Pictures.colourful(3, 4, 1);
        Image second = Pictures.colourful(3, 4, 2);

        INDArray both = Image.stacked(List.of(first, second));

        assertThat(Image.of(both.slice(0))).isEqualTo(first);
        assertThat(Image.of(both.slice(1))).isEqualTo(second);
    }

    @Test
    void valuesBeyondOneAreCutOff() {
        Image image = Image.of(Nd4j.createFromArray(new float[][][] {{{-3f, 3f, 0f}}}));

        assertThat(image).isEqualTo(Pictures.grey(1, 3, 0, 255, 128));
    }

    @Test
    void anArrayThatIsNoPictureIsRefused() {
        assertThatThrownBy(() -> Image.of(Nd4j.zeros(2, 3)))
                .hasMessage("expected an array [channels, height, width], found [2, 3]");
    }

    @Test
    void imagesOfSeveralSizesCannotBeStacked() {
        assertThatThrownBy(() -> Image.stacked(List.of(Pictures.colourful(3, 4, 1), Pictures.colourful(3, 5, 1))))
                .hasMessage("expected an image of 3 channels, height 3 and width 4 as the others, "
                        + "found Image[channels=3, height=3, width=5]");
        assertThatThrownBy(() -> Image.stacked(List.of())).hasMessage("expected at least one image, found none");
    }

    @Test
    void flippingSwapsLeftAndRight() {
        assertThat(Pictures.grey(2, 3, 1, 2, 3, 4, 5, 6).flipped()).isEqualTo(Pictures.grey(2, 3, 3, 2, 1, 6, 5, 4));
    }

    @Test
    void croppingTakesAWindow() {
        Image image = Pictures.grey(2, 3, 1, 2, 3, 4, 5, 6);

        assertThat(image.cropped(0, 1, 2, 2)).isEqualTo(Pictures.grey(2, 2, 2, 3, 5, 6));
        assertThatThrownBy(() -> image.cropped(0, 2, 2, 2))
                .hasMessage("expected a window within 2 x 3, found 2 x 2 at row 0, column 2");
    }

    @Test
    void resizingInterpolatesBetweenPixelCentres() {
        assertThat(Pictures.grey(1, 2, 0, 100).resized(1, 4)).isEqualTo(Pictures.grey(1, 4, 0, 25, 75, 100));
        assertThat(Pictures.grey(2, 1, 0, 100).resized(4, 1)).isEqualTo(Pictures.grey(4, 1, 0, 25, 75, 100));
    }

    @Test
    void resizingToItsOwnSizeChangesNothing() {
        Image image = Pictures.colourful(6, 5, 3);

        assertThat(image.resized(6, 5)).isEqualTo(image);
    }

    @Test
    void anotherSizeIsRefused() throws IOException {
        Path file = folder.resolve("picture.png");
        Pictures.colourful(5, 7, 1).write(file);

        assertThatThrownBy(() -> Image.read(file, 64, 128))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected a picture of 128 x 64 pixels (width x height), found 7 x 5");
    }

    @Test
    void aFileOfAnotherKindIsRefusedWhateverItsName() throws IOException {
        Path file = folder.resolve("picture.png");
        Files.writeString(file, "GIF89a and more");

        assertThatThrownBy(() -> Image.read(file, 5, 7))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected a PNG file, found a file that begins with \"GIF89a and m\"");
    }

    @Test
    void missingPicturesAndFoldersAreNamed() {
        Path missing = folder.resolve("picture.png");

        assertThatThrownBy(() -> Image.read(missing, 5, 7))
                .isInstanceOf(DataException.class)
                .hasMessage(missing + ": expected a PNG file, found nothing there");
        assertThatThrownBy(() -> Image.read(folder, 5, 7))
                .isInstanceOf(DataException.class)
                .hasMessage(folder + ": expected a PNG file, found no regular file");
    }

    @Test
    void aPlaceThatCannotBeWrittenToIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Path below = file.resolve("picture.png");

        assertThatThrownBy(() -> Pictures.colourful(5, 7, 1).write(below))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(below + ": expected a place to write to, found ");
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("picture.png"));

        assertThatThrownBy(() -> Image.read(file, 5, 7))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": expected a PNG file, found an empty file");
    }

    @Test
    void aFileCutOffAnywhereIsRefused() throws IOException {
        Path file = folder.resolve("picture.png");
        Pictures.colourful(5, 7, 1).write(file);
        byte[] whole = Files.readAllBytes(file);

        for (int length = 8; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Image.read(file, 5, 7))
                    .as("cut to %d of %d bytes", length, whole.length)
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith(file + ": expected a whole PNG file, found its first " + length
                            + " bytes only: it breaks off");
        }
    }

    @Test
    void anyDamagedByteIsNoticed() throws IOException {
        Path file = folder.resolve("picture.png");
        Pictures.colourful(5, 7, 1).write(file);
        byte[] whole = Files.readAllBytes(file);

        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Files.write(file, damaged);
            assertThatThrownBy(() -> Image.read(file, 5, 7))
                    .as("byte %d damaged", at)
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith(file + ": expected ");
        }
    }

    @Test
    void wholeChunksWithNonsenseInThemAreRefused() throws IOException {
        Path file = folder.resolve("picture.png");
        Pictures.colourful(5, 7, 1).write(file);
        byte[] whole = Files.readAllBytes(file);
        int header = 8 + 25;
        byte[] end = Arrays.copyOfRange(whole, whole.length - 12, whole.length);
        byte[] withoutData = Arrays.copyOf(whole, header + end.length);
        System.arraycopy(end, 0, withoutData, header, end.length);
        Files.write(file, withoutData);

        assertThat(new String(end, StandardCharsets.ISO_8859_1)).contains("IEND");
        assertThatThrownBy(() -> Image.read(file, 5, 7))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + ": expected an undamaged PNG file, found ");
    }
}
