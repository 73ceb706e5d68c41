package org.espalier.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContactSheetTest {
    private static final int MARGIN = 16;
    private static final int HEADER = 15;

    @TempDir
    private Path folder;

    @Test
    void picturesStandSideBySideBelowTheirLabelsOnWhite() {
        Image left = Pictures.colourful(10, 20, 1);
        Image right = Pictures.colourful(10, 20, 2);

        Image sheet = new ContactSheet("ab", "c").row(left, right).image(1);

        assertThat(sheet.height()).isEqualTo(MARGIN + HEADER + 10 + MARGIN);
        assertThat(sheet.width()).isEqualTo(MARGIN + 20 + 4 + 20 + MARGIN);
        assertThat(sheet.cropped(MARGIN + HEADER, MARGIN, 10, 20)).isEqualTo(left);
        assertThat(sheet.cropped(MARGIN + HEADER, MARGIN + 24, 10, 20)).isEqualTo(right);
        assertThat(sheet.sample(0, 0, 0)).isEqualTo(255);
        assertThat(drawn(sheet, MARGIN, MARGIN)).isEqualTo("""
                        .###..####.
                        #...#.#...#
                        #...#.#...#
                        #####.####.
                        #...#.#...#
                        #...#.#...#
                        #...#.####.
                        """);
    }

    @Test
    void rowsRunDownEachBlockInTurn() {
        ContactSheet sheet = new ContactSheet("one");
        for (int i = 0; i < 5; i++) {
            sheet.row(Pictures.colourful(8, 8, i));
        }

        Image image = sheet.image(2);

        assertThat(image.cropped(MARGIN + HEADER + 2 * 12, MARGIN, 8, 8)).isEqualTo(Pictures.colourful(8, 8, 2));
        assertThat(image.cropped(MARGIN + HEADER, MARGIN + 8 + MARGIN, 8, 8)).isEqualTo(Pictures.colourful(8, 8, 3));
    }

    @Test
    void theSamePicturesMakeTheSameFile() throws IOException {
        ContactSheet sheet = new ContactSheet("drawing", "truth")
                .row(Pictures.colourful(9, 9, 1), Pictures.grey(1, 1, 7).resized(9, 9));
        Path first = folder.resolve("a/first.png");
        Path second = folder.resolve("b/second.png");

        sheet.write(first, 1);
        sheet.write(second, 1);

        assertThat(first).hasSameBinaryContentAs(second);
        assertThat(Files.size(first)).isPositive();
    }

    @Test
    void aFileThatIsNoPictureIsNotOverwritten() throws IOException {
        Path file = Files.writeString(folder.resolve("sheet.png"), "width,height\n");

        assertThatThrownBy(() -> Pictures.colourful(2, 2, 1).write(file))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        file + ": expected a place to write to, found another file (it is not a PNG file, so it is not"
                                + " overwritten; move it out of the way, or give another name)");
        assertThat(file).hasContent("width,height");
    }

    @Test
    void aSheetThatWouldBeNoPictureAnyMoreIsRefused() {
        ContactSheet sheet = new ContactSheet("one");
        Image image = Pictures.colourful(1000, 1000, 1);
        for (int i = 0; i < 300; i++) {
            sheet.row(image);
        }
        assertThatThrownBy(() -> sheet.write(folder.resolve("sheet.png"), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("expected a sheet of at most 268435456 pixels, found 1032 x 301243; put fewer rows on it");
    }

    @Test
    void nonsenseIsRefused() {
        ContactSheet sheet = new ContactSheet("drawing", "truth");
        Image image = Pictures.colourful(9, 9, 1);

        assertThatThrownBy(() -> sheet.row(image))
                .hasMessage("expected an image for each of the columns [drawing, truth], found 1");
        assertThatThrownBy(() -> sheet.row(image, Pictures.colourful(9, 8, 1)))
                .hasMessage("expected all images of one size, Image[channels=3, height=9, width=9], "
                        + "found Image[channels=3, height=9, width=8]");
        assertThatThrownBy(() -> sheet.image(1))
                .hasMessage("expected at least one row on the contact sheet, found none");
    }

    /** Two letters, dot by dot. */
    private static String drawn(Image sheet, int top, int left) {
        StringBuilder drawn = new StringBuilder();
        for (int y = 0; y < 7; y++) {
            for (int x = 0; x < 11; x++) {
                drawn.append(sheet.sample(0, top + y, left + x) < 255 ? '#' : '.');
            }
            drawn.append('\n');
        }
        return drawn.toString();
    }
}
