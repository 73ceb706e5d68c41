package org.espalier.runtime.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A folder of paired pictures in the <em>aligned</em> layout of pix2pix: each PNG holds two pictures of equal size side
 * by side, the left one given (A), the right one wanted (B).
 */
public final class PairedImages {
    private final List<ImagePair> pairs;

    private PairedImages(List<ImagePair> pairs) {
        this.pairs = List.copyOf(pairs);
    }

    /**
     * Reads every PNG of a folder, in the order of the files' names.
     *
     * @param folder holds the PNGs; other files, hidden ones and folders in it are left alone
     * @param height of each picture, and so of each PNG
     * @param width of each picture; a PNG is twice as wide
     * @throws DataException if there is no such folder, no PNG in it, or one that cannot be read, is damaged or of
     *     another size
     */
    public static PairedImages read(Path folder, int height, int width) {
        List<ImagePair> pairs = new ArrayList<>();
        for (Path file : pngs(folder)) {
            Image both = Image.read(file, height, 2 * width);
            String name = fileName(file);
            pairs.add(new ImagePair(
                    name.substring(0, name.length() - ".png".length()),
                    both.cropped(0, 0, height, width),
                    both.cropped(0, width, height, width)));
        }
        if (pairs.isEmpty()) {
            throw new DataException(folder, "at least one PNG file", "none");
        }
        return new PairedImages(pairs);
    }

    /** The pairs, in the order of their names. */
    public List<ImagePair> pairs() {
        return pairs;
    }

    /** Number of pairs. */
    public int size() {
        return pairs.size();
    }

    /** Returns the given pictures, {@code [pairs, 3, height, width]}, values in [-1, 1]. */
    public INDArray sources() {
        return Image.stacked(pairs.stream().map(ImagePair::source).toList());
    }

    /** Returns the wanted pictures, {@code [pairs, 3, height, width]}, values in [-1, 1]. */
    public INDArray targets() {
        return Image.stacked(pairs.stream().map(ImagePair::target).toList());
    }

    /**
     * Batches of (source, target), in an order and with random changes that are new in every epoch.
     *
     * @param batchSize pairs in a batch
     * @param augmentation the random changes
     * @param seed of the order and the changes
     * @throws IllegalArgumentException for a batch size below 1
     */
    public Batches batches(int batchSize, Augmentation augmentation, long seed) {
        int perEpoch = BatchIterator.batches(pairs.size(), batchSize);
        return new Batches() {
            @Override
            public int perEpoch() {
                return perEpoch;
            }

            @Override
            public Iterable<Batch> epoch(int epoch) {
                return () -> new PairIterator(new EpochOrder(seed, epoch), batchSize, augmentation);
            }
        };
    }

    private final class PairIterator extends BatchIterator {
        private final Augmentation augmentation;
        private final Random random;
        private @Nullable Batch last;

        PairIterator(EpochOrder shuffle, int batchSize, Augmentation augmentation) {
            super(shuffle.order(pairs.size()), batchSize);
            this.augmentation = augmentation;
            this.random = shuffle.random();
        }

        @Override
        Batch empty(int count) {
            Batch batch = last;
            if (batch == null || batch.isClosed() || batch.size() != count) {
                ImagePair pair = pairs.get(0);
                batch = new Batch(pair.source().emptyBatch(count), pair.target().emptyBatch(count));
                last = batch;
            }
            return batch;
        }

        @Override
        void fill(Batch batch, int slot, int example) {
            ImagePair pair = augmentation.apply(pairs.get(example), random);
            pair.source().copyTo(batch.input(), slot);
            pair.target().copyTo(batch.target(), slot);
        }
    }

    private static List<Path> pngs(Path folder) {
        String expected = "a folder of PNG files";
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder, expected, Files.exists(folder) ? "a file" : "nothing there");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(PairedImages::isPng)
                    .sorted(Comparator.comparing(PairedImages::fileName))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new DataException(folder, expected, "one that cannot be read (" + e + ")", e);
        }
    }

    /** A hidden file is no picture: macOS puts its own, {@code ._a.png}, beside each on drives of other systems. */
    private static boolean isPng(Path file) {
        String name = fileName(file);
        return name.toLowerCase(Locale.ROOT).endsWith(".png") && !name.startsWith(".") && !Files.isDirectory(file);
    }

    private static String fileName(Path file) {
        Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }
}
