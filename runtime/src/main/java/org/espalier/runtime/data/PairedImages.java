package org.espalier.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        for (Path file : DataFiles.pngs(folder)) {
            Image both = Image.read(file, height, 2 * width);
            String name = DataFiles.name(file);
            pairs.add(new ImagePair(
                    name.substring(0, name.length() - ".png".length()),
                    both.cropped(0, 0, height, width),
                    both.cropped(0, width, height, width)));
        }
        if (pairs.isEmpty()) {
            throw new DataException(folder, "at least one PNG file", DataFiles.otherFiles(folder));
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
     * @param augmentation the random changes, of both pictures of a pair alike
     * @param seed of the order and the changes
     * @throws IllegalArgumentException for a batch size below 1
     */
    public Batches batches(int batchSize, Transform augmentation, long seed) {
        return dataset().batches(batchSize).shuffled(seed).map(augmentation, seed);
    }

    /** The pairs as examples: given pictures as inputs, wanted ones as targets, values in [-1, 1]. */
    public Dataset dataset() {
        return new Dataset() {
            @Override
            public int size() {
                return pairs.size();
            }

            @Override
            public Batch empty(int count) {
                ImagePair pair = pairs.get(0);
                return new Batch(pair.source().emptyBatch(count), pair.target().emptyBatch(count));
            }

            @Override
            public void read(int example, Batch batch, int slot) {
                ImagePair pair = pairs.get(example);
                pair.source().copyTo(batch.input(), slot);
                pair.target().copyTo(batch.target(), slot);
            }
        };
    }
}
