package org.espalier.inference.product;

import java.util.Arrays;

/** Columns of a strip of a product that lie side by side in what they are read from and written to. */
public final class Runs {
    /** The first run of each panel, and behind the last. */
    public final int[] begins;

    /** The first column of a run, counted within its panel. */
    public int[] columns;

    /** Columns of a run. */
    public int[] lengths;

    /** Place in the first channel of what is read. */
    public int[] from;

    /** Place in a channel of what is written. */
    public int[] to;

    /** Samples, counted from the first that are computed together. */
    public int[] samples;

    private int count;
    private int panel;

    /** Makes room for panels, without runs. */
    public Runs(int panels) {
        begins = new int[panels + 1];
        columns = new int[2 * panels];
        lengths = new int[2 * panels];
        from = new int[2 * panels];
        to = new int[2 * panels];
        samples = new int[2 * panels];
    }

    /** Counts the panels. */
    public int panels() {
        return begins.length - 1;
    }

    /** Adds a run to the last panel that was begun. */
    public void add(int column, int length, int read, int written, int sample) {
        if (count == columns.length) {
            columns = Arrays.copyOf(columns, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
            from = Arrays.copyOf(from, 2 * count);
            to = Arrays.copyOf(to, 2 * count);
            samples = Arrays.copyOf(samples, 2 * count);
        }
        columns[count] = column;
        lengths[count] = length;
        from[count] = read;
        to[count] = written;
        samples[count] = sample;
        count++;
    }

    /** Ends a panel. */
    public void end() {
        begins[++panel] = count;
    }

    /** Returns the places that the first row of each run is packed to, panel by panel. */
    public int[] targets(int ofPanel) {
        int[] targets = new int[count];
        for (int i = 0; i < panels(); i++) {
            for (int run = begins[i]; run < begins[i + 1]; run++) {
                targets[run] = i * ofPanel + columns[run];
            }
        }
        return targets;
    }
}
