package org.espalier.training.tensorboard;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * An event file of TensorBoard, to which events are added: {@code tensorboard --logdir folder} shows them while they
 * are written.
 *
 * <p>A file is a sequence of TFRecords: the length of the data in eight bytes, its checksum, the data, its checksum,
 * all little-endian. A checksum is CRC-32C, turned right by 15 bits, plus 0xa282ead8. The data is an {@code Event} of
 * TensorFlow's event.proto, whose {@code Summary} is of summary.proto.
 */
public final class EventFile implements AutoCloseable {
    private static final int MASK_DELTA = 0xa282ead8;

    // Fields of Event.
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;

    // Fields of Summary and its Value.
    private static final int VALUE = 1;
    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;
    private static final int IMAGE = 4;
    private static final int HISTOGRAM = 5;

    // Fields of Image.
    private static final int HEIGHT = 1;
    private static final int WIDTH = 2;
    private static final int COLORSPACE = 3;
    private static final int ENCODED = 4;
    private static final int RGB = 3;

    // Fields of HistogramProto.
    private static final int MIN = 1;
    private static final int MAX = 2;
    private static final int NUM = 3;
    private static final int SUM = 4;
    private static final int SUM_SQUARES = 5;
    private static final int BUCKET_LIMIT = 6;
    private static final int BUCKET = 7;

    private final Path file;
    private final OutputStream out;

    private EventFile(Path file, OutputStream out) {
        this.file = file;
        this.out = out;
    }

    /**
     * Numbers counted in buckets.
     *
     * @param min the smallest number
     * @param max the greatest
     * @param count how many there are
     * @param sum of all
     * @param squares sum of their squares
     * @param limits upper ends of the buckets, ascending
     * @param counts how many numbers each has
     */
    public record Histogram(
            double min,
            double max,
            double count,
            double sum,
            double squares,
            List<Double> limits,
            List<Double> counts) {
        /** Copies the lists. */
        public Histogram {
            limits = List.copyOf(limits);
            counts = List.copyOf(counts);
        }
    }

    /**
     * Begins a file with a name of its own in a folder, which is made if need be: a run that goes on adds one beside
     * those that are there, and TensorBoard reads them as one.
     *
     * @throws UncheckedIOException if that cannot be done
     */
    public static EventFile begin(Path folder) {
        Instant now = Instant.now();
        Path file = folder.resolve("events.out.tfevents." + now.getEpochSecond() + ".espalier."
                + ProcessHandle.current().pid() + "." + now.getNano());
        try {
            Files.createDirectories(folder);
            // Not a channel: that of a thread that is interrupted would be closed.
            EventFile events = new EventFile(
                    file, new FileOutputStream(Files.createFile(file).toFile()));
            events.write(new ProtoWriter().number(WALL_TIME, seconds()).text(FILE_VERSION, "brain.Event:2"));
            return events;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the event file " + file + ": " + e, e);
        }
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** Adds a number. */
    public void scalar(long step, String tag, double number) {
        summary(step, new ProtoWriter().text(TAG, tag).number(SIMPLE_VALUE, (float) number));
    }

    /** Adds a histogram. */
    public void histogram(long step, String tag, Histogram histogram) {
        summary(
                step,
                new ProtoWriter()
                        .text(TAG, tag)
                        .message(
                                HISTOGRAM,
                                new ProtoWriter()
                                        .number(MIN, histogram.min())
                                        .number(MAX, histogram.max())
                                        .number(NUM, histogram.count())
                                        .number(SUM, histogram.sum())
                                        .number(SUM_SQUARES, histogram.squares())
                                        .packed(BUCKET_LIMIT, histogram.limits())
                                        .packed(BUCKET, histogram.counts())));
    }

    /** Adds a picture, which is a PNG. */
    public void picture(long step, String tag, int height, int width, byte[] png) {
        summary(
                step,
                new ProtoWriter()
                        .text(TAG, tag)
                        .message(
                                IMAGE,
                                new ProtoWriter()
                                        .number(HEIGHT, (long) height)
                                        .number(WIDTH, (long) width)
                                        .number(COLORSPACE, (long) RGB)
                                        .bytes(ENCODED, png)));
    }

    private void summary(long step, ProtoWriter value) {
        ProtoWriter event = new ProtoWriter()
                .number(WALL_TIME, seconds())
                .number(STEP, step)
                .message(SUMMARY, new ProtoWriter().message(VALUE, value));
        try {
            write(event);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the event file " + file + ": " + e, e);
        }
    }

    private static double seconds() {
        return System.currentTimeMillis() / 1e3;
    }

    private void write(ProtoWriter event) throws IOException {
        byte[] data = event.toBytes();
        byte[] length = new byte[Long.BYTES];
        little(length).putLong(data.length);
        byte[] record = new byte[Long.BYTES + Integer.BYTES + data.length + Integer.BYTES];
        little(record).put(length).putInt(masked(length)).put(data).putInt(masked(data));
        // In one call, so that a reader seldom sees half of a record.
        out.write(record);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The checksum of a record. */
    static int masked(byte[] data) {
        CRC32C checksum = new CRC32C();
        checksum.update(data, 0, data.length);
        return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the event file " + file + ": " + e, e);
        }
    }
}
