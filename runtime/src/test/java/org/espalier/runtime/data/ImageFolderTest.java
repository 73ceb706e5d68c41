package org.espalier.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class ImageFolderTest {
    @TempDir
    private Path folder;

    private Path picture(String name, int kind) {
        Path file = folder.resolve(name);
        Pictures.colourful(4, 6, kind).write(file);
        return file;
    }

    @Test
    void foldersAreClassesInTheOrderOfTheirNames() throws IOException {
        picture("dog/a.png", 3);
        picture("cat/b.png", 2);
        picture("cat/a.png", 1);
        picture("alone.png", 9);
        Files.createDirectories(folder.resolve(".hidden"));

        ImageFolder pictures = ImageFolder.read(folder, 4, 6);
        Batch all = pictures.all();

        assertThat(pictures.classes()).containsExactly("cat", "dog");
        assertThat(all.target().toIntVector()).containsExactly(0, 0, 1);
        for (int example = 0; example < 3; example++) {
            assertThat(Image.of(all.input().slice(example))).isEqualTo(Pictures.colourful(4, 6, example + 1));
        }
        assertThat(pictures.file(2)).isEqualTo(folder.resolve("dog/a.png"));
    }

    @Test
    void foldersAndHiddenFilesAreLeftAloneWhateverTheirNames() throws IOException {
        picture("cat/a.png", 1);
        Files.createDirectories(folder.resolve("cat/dir.png"));
        Files.write(folder.resolve("cat/._a.png"), new byte[] {0, 5, 22, 7, 0, 2, 0, 0, 'M', 'a', 'c'});
        Files.write(folder.resolve("._cat"), new byte[] {0, 5, 22, 7});

        ImageFolder pictures = ImageFolder.read(folder, 4, 6);

        assertThat(pictures.classes()).containsExactly("cat");
        assertThat(pictures.all().input().size(0)).isEqualTo(1);
    }

    @Test
    void aLinkToNothingIsNamed() throws IOException {
        picture("cat/a.png", 1);
        Path link = Files.createSymbolicLink(folder.resolve("cat/b.png"), Path.of("gone.png"));

        assertThatThrownBy(() -> ImageFolder.read(folder, 4, 6).all())
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(link + ": expected ");
    }

    @Test
    void picturesOfAnotherSizeAreResized() {
        picture("cat/a.png", 1);

        Batch all = ImageFolder.read(folder, 2, 3).all();

        assertThat(Image.of(all.input().slice(0)))
                .isEqualTo(Pictures.colourful(4, 6, 1).resized(2, 3));
    }

    @Test
    void aFolderToTestWithHasTheClassesOfTheOtherOne() {
        picture("dog/a.png", 1);

        ImageFolder test = ImageFolder.read(folder, 4, 6, List.of("cat", "dog"));

        assertThat(test.all().target().toIntVector()).containsExactly(1);
        assertThatThrownBy(() -> ImageFolder.read(folder, 4, 6, List.of("cat")))
                .isInstanceOf(DataException.class)
                .hasMessage(folder + ": expected folders of the classes [cat], found dog");
    }

    @Test
    void aDamagedPictureIsNamedWhenItIsRead() throws IOException {
        picture("cat/a.png", 1);
        Path broken = Files.writeString(folder.resolve("cat/b.png"), "no picture");
        ImageFolder pictures = ImageFolder.read(folder, 4, 6);

        assertThatThrownBy(pictures::all)
                .isInstanceOf(DataException.class)
                .hasMessage(broken + ": expected a PNG file, found a file that begins with \"no picture\"");
    }

    @Test
    void foldersThatHoldNothingAreNamed() throws IOException {
        assertThatThrownBy(() -> ImageFolder.read(folder, 4, 6))
                .hasMessage(folder + ": expected a folder of PNG or JPEG files for each class, found none");
        Path empty = Files.createDirectories(folder.resolve("cat"));
        assertThatThrownBy(() -> ImageFolder.read(folder, 4, 6))
                .hasMessage(empty + ": expected at least one PNG or JPEG file, found none");
        Files.createFile(empty.resolve("1.webp"));
        Files.createFile(empty.resolve("2.webp"));
        Files.createFile(empty.resolve("LICENSE"));
        assertThatThrownBy(() -> ImageFolder.read(folder, 4, 6))
                .hasMessage(empty
                        + ": expected at least one PNG or JPEG file, found other files: 1 without ending, 2 .webp");
        Path missing = folder.resolve("nothing");
        assertThatThrownBy(() -> ImageFolder.read(missing, 4, 6))
                .hasMessage(missing + ": expected a folder with a folder of PNG or JPEG files for each class, found"
                        + " nothing there");
        assertThatThrownBy(() -> ImageFolder.read(folder, 0, 6))
                .hasMessage("expected a height and width of at least 1, found 0 and 6");
    }

    @Test
    void picturesWithoutFoldersAreOfOneClass() {
        Path alone = folder.resolve("alone");
        picture("alone/b.PNG", 1);
        picture("alone/a.png", 2);
        assertThatThrownBy(() -> ImageFolder.read(alone, 4, 6))
                .hasMessage(alone + ": expected a folder of PNG or JPEG files for each class, found 2 files and no"
                        + " folder; ImageFolder.ofOneClass reads them");

        ImageFolder pictures = ImageFolder.ofOneClass(alone, 4, 6);

        assertThat(pictures.classes()).containsExactly("alone");
        assertThat(pictures.file(1)).isEqualTo(alone.resolve("b.PNG"));
        assertThat(pictures.all().target().toIntVector()).containsExactly(0, 0);
        assertThatThrownBy(() -> ImageFolder.ofOneClass(folder, 4, 6))
                .hasMessage(folder + ": expected at least one PNG or JPEG file, found none");
    }

    @Test
    void jpegsAreReadBesidePngs() throws IOException {
        picture("cat/b.png", 1);
        jpeg("cat/a.JPG", BufferedImage.TYPE_INT_RGB);
        jpeg("cat/c.jpeg", BufferedImage.TYPE_BYTE_GRAY);

        INDArray inputs = ImageFolder.read(folder, 8, 12).all().input();

        for (int example : new int[] {0, 2}) {
            for (int x = 0; x < 12; x++) {
                // Dark on the left, bright on the right; the codec rounds.
                assertThat(inputs.getDouble(example, 1, 4, x)).isEqualTo(x < 6 ? -0.6 : 0.6, within(0.05));
            }
        }
    }

    private Path jpeg(String name, int type) throws IOException {
        BufferedImage picture = new BufferedImage(12, 8, type);
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 12; x++) {
                int value = x < 6 ? 51 : 204;
                picture.getRaster().setPixel(x, y, new int[] {value, value, value});
            }
        }
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        assertThat(ImageIO.write(picture, "jpeg", file.toFile())).isTrue();
        return file;
    }

    @Test
    void aJpegThatBreaksOffAnywhereIsNamed() throws IOException {
        byte[] whole = Files.readAllBytes(jpeg("cat/a.jpg", BufferedImage.TYPE_INT_RGB));
        for (int length = 0; length < whole.length - 2; length++) {
            Path file = Files.write(folder.resolve("cut.jpg"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Image.read(file))
                    .as("%d bytes of %d", length, whole.length)
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith(file + ": expected ");
        }
        Path png = picture("cat/b.png", 1);
        Path wrong = Files.copy(png, folder.resolve("b.jpg"));
        assertThatThrownBy(() -> Image.read(wrong))
                .hasMessageStartingWith(wrong + ": expected a JPEG file, found a file that begins with \".PNG");
    }
}
