package org.espalier.runtime.kernel.convolution;

import java.util.Arrays;
import java.util.stream.IntStream;

/** One axis of a {@link TapLayout}. */
final class TapAxis {
    /** Sizes of the image and the map. */
    final int image;

    final int map;
    private final int stride;
    private final int padding;

    /** The remainders modulo the stride that taps have, ascending. */
    private final long[] phases;

    /** The index of each tap's phase. */
    private final int[] ofTap;

    /** The element of its phase that each tap meets at the map's first place. */
    private final int[] shift;

    TapAxis(int image, int map, int kernel, int stride, int padding, int dilation) {
        this.image = image;
        this.map = map;
        this.stride = stride;
        this.padding = padding;
        long[] places = IntStream.range(0, kernel)
                .mapToLong(tap -> (long) tap * dilation)
                .toArray();
        phases = Arrays.stream(places)
                .map(place -> place % stride)
                .distinct()
                .sorted()
                .toArray();
        ofTap = Arrays.stream(places)
                .mapToInt(place -> Arrays.binarySearch(phases, place % stride))
                .toArray();
        shift = Arrays.stream(places).mapToInt(place -> (int) (place / stride)).toArray();
    }

    int stride() {
        return stride;
    }

    int phases() {
        return phases.length;
    }

    int phase(int tap) {
        return ofTap[tap];
    }

    int shift(int tap) {
        return shift[tap];
    }

    int kernel() {
        return shift.length;
    }

    /** Elements of a phase. */
    long pitch() {
        return (long) map + shift[shift.length - 1];
    }

    /** The first element of a phase that lies in the image. */
    int first(int phase) {
        return upTo(padding - phases[phase]);
    }

    /** The one behind the last. */
    int end(int phase) {
        return upTo((long) padding + image - phases[phase]);
    }

    /** Elements of a phase before a place of the padded image, given from the phase's first. */
    private int upTo(long place) {
        return (int) Math.max(0, Math.min(pitch(), Math.floorDiv(place + stride - 1, stride)));
    }

    /** The place of the image that is an element of a phase. */
    int place(int phase, int element) {
        return (int) ((long) element * stride + phases[phase] - padding);
    }
}
