package org.espalier.inference.convolution;

import java.util.Arrays;
import org.espalier.inference.curve.FloatCurve;
import org.espalier.inference.product.Runs;
import org.espalier.inference.product.TileProducts;
import org.espalier.inference.product.VectorSupport;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ScratchArrays;

/**
 * Tiles of 4 × 4 elements of a convolution's output, on their way between images and the matrices of
 * {@link WinogradForward}. Places 0, 4, 8, … of each fourth row of a padded image are one phase, places 1, 5, 9, …
 * another, sixteen in all: so the lanes of the transforms are tiles.
 */
final class ForwardTiles {
    private static final int OUTPUTS = WinogradForward.OUTPUTS;
    private static final int SIZE = WinogradForward.SIZE;
    private static final int LANES = VectorSupport.LANES;

    private final Volume in;
    private final Volume out;
    private final int top;
    private final int left;
    private final int down;
    private final int across;

    /** Elements from a row of tiles to the next in a phase, which has a row and a column more than there are tiles. */
    private final int pitch;

    private final int ofPhase;

    ForwardTiles(Volume in, Volume out, int top, int left) {
        this.in = in;
        this.out = out;
        this.top = top;
        this.left = left;
        down = TileProducts.tiles(out.height(), OUTPUTS);
        across = TileProducts.tiles(out.width(), OUTPUTS);
        pitch = across + 1;
        ofPhase = (down + 1) * pitch;
    }

    /** Elements of a channel's phases. */
    int ofChannel() {
        return OUTPUTS * OUTPUTS * ofPhase;
    }

    /** Tiles of a sample. */
    int ofSample() {
        return down * across;
    }

    /** Elements behind the last phase that vectors read. */
    int slack() {
        return pitch + 1 + 2 * LANES;
    }

    /** The tiles: where their phases lie, and their first elements in the output. */
    WindowColumns columns(int ofSampleInPhases) {
        return new WindowColumns(
                new Volume(1, down, across),
                new WindowColumns.Steps(0, 0, pitch, 1),
                ofSampleInPhases,
                new WindowColumns.Steps(0, 0, OUTPUTS * out.width(), OUTPUTS));
    }

    /** Writes the phases of a channel. */
    void write(float[] x, int at, float[] phases, int to) {
        float[] line = ScratchArrays.take(OUTPUTS * pitch);
        int inside = Math.min(in.width(), OUTPUTS * pitch - left);
        Arrays.fill(line, 0, OUTPUTS * pitch, 0);
        for (int i = 0; i < OUTPUTS * (down + 1); i++) {
            int row = i - top;
            int first = to + i % OUTPUTS * OUTPUTS * ofPhase + i / OUTPUTS * pitch;
            if (row >= 0 && row < in.height()) {
                System.arraycopy(x, at + row * in.width(), line, left, inside);
                separate(line, phases, first);
            } else {
                for (int j = 0; j < OUTPUTS; j++) {
                    Arrays.fill(phases, first + j * ofPhase, first + j * ofPhase + pitch, 0);
                }
            }
        }
        ScratchArrays.give(line);
    }

    private void separate(float[] line, float[] phases, int to) {
        int to1 = to + ofPhase;
        int to2 = to1 + ofPhase;
        int to3 = to2 + ofPhase;
        for (int j = 0; j < pitch; j++) {
            phases[to + j] = line[OUTPUTS * j];
            phases[to1 + j] = line[OUTPUTS * j + 1];
            phases[to2 + j] = line[OUTPUTS * j + 2];
            phases[to3 + j] = line[OUTPUTS * j + 3];
        }
    }

    /** V = Bᵀ d B for the tiles of a panel: down the columns first, then along the rows. */
    void toFrequencies(float[] phases, int at, Runs runs, int panel, float[] v, int to, int ofFrequency) {
        float[] columns = ScratchArrays.take(SIZE * SIZE * LANES);
        for (int run = runs.begins[panel]; run < runs.begins[panel + 1]; run++) {
            for (int lane = 0; lane < runs.lengths[run]; lane += LANES) {
                int from = at + runs.from[run] + lane;
                for (int q = 0; q < SIZE; q++) {
                    int place = from + q % OUTPUTS * ofPhase + q / OUTPUTS;
                    SixPointVectors.input(phases, place, OUTPUTS * ofPhase, pitch, columns, q * LANES, SIZE * LANES);
                }
                int target = to + runs.columns[run] + lane;
                for (int p = 0; p < SIZE; p++) {
                    SixPointVectors.input(
                            columns,
                            p * SIZE * LANES,
                            LANES,
                            OUTPUTS * LANES,
                            v,
                            target + p * SIZE * ofFrequency,
                            ofFrequency);
                }
            }
        }
        ScratchArrays.give(columns);
    }

    /** Y = f(Aᵀ M A + b + what is added) for some tiles and one channel. */
    void toMap(
            float[] m,
            int at,
            int ofFrequency,
            int count,
            float bias,
            Runs runs,
            int first,
            int channel,
            FloatTensor y,
            ResultWork epilogue) {
        int size = TileProducts.tiles(count, LANES) * LANES;
        float[] elements = ScratchArrays.take(OUTPUTS * OUTPUTS * size);
        float[] columns = ScratchArrays.take(OUTPUTS * SIZE * LANES);
        for (int tile = 0; tile < count; tile += LANES) {
            for (int q = 0; q < SIZE; q++) {
                SixPointVectors.output(
                        m, at + tile + q * ofFrequency, SIZE * ofFrequency, 0, columns, q * LANES, SIZE * LANES);
            }
            for (int p = 0; p < OUTPUTS; p++) {
                SixPointVectors.output(
                        columns, p * SIZE * LANES, LANES, bias, elements, p * OUTPUTS * size + tile, size);
            }
        }
        float[] line = ScratchArrays.take(OUTPUTS * across);
        for (int run = 0; run < runs.begins[1]; run++) {
            int to = y.at(first + runs.samples[run]) + channel * out.size() + runs.to[run];
            int row = runs.to[run] / out.width();
            int column = runs.to[run] % out.width();
            int width = Math.min(OUTPUTS * runs.lengths[run], out.width() - column);
            for (int p = 0; p < Math.min(OUTPUTS, out.height() - row); p++) {
                join(elements, p * OUTPUTS * size + runs.columns[run], size, runs.lengths[run], line);
                FloatTensor plus = epilogue.plus();
                if (plus != null) {
                    int from =
                            plus.at(first + runs.samples[run]) + channel * out.size() + runs.to[run] + p * out.width();
                    add(line, plus.data(), from, width);
                }
                FloatCurve curve = epilogue.curve();
                if (curve != null) {
                    curve.apply(line, width);
                }
                System.arraycopy(line, 0, y.data(), to + p * out.width(), width);
            }
        }
        ScratchArrays.give(line);
        ScratchArrays.give(columns);
        ScratchArrays.give(elements);
    }

    private static void join(float[] elements, int at, int size, int count, float[] line) {
        int at1 = at + size;
        int at2 = at1 + size;
        int at3 = at2 + size;
        for (int j = 0; j < count; j++) {
            line[OUTPUTS * j] = elements[at + j];
            line[OUTPUTS * j + 1] = elements[at1 + j];
            line[OUTPUTS * j + 2] = elements[at2 + j];
            line[OUTPUTS * j + 3] = elements[at3 + j];
        }
    }

    private static void add(float[] line, float[] x, int from, int count) {
        for (int j = 0; j < count; j++) {
            line[j] += x[from + j];
        }
    }
}
