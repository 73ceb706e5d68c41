package com.example.tabular;

import com.example.tabular.ChooseMeasurements.Point;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A picture of a regularization path: how long the weights of each measurement are, at each λ. */
final class PathPlot {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 430;
    private static final int LEFT = 50;
    private static final int TOP = 36;
    private static final int BOTTOM = 380;
    private static final int RIGHT = 560;
    private static final int LINE = 15;

    private final List<Point> path;
    private final double longest;
    private final StringBuilder svg = new StringBuilder();

    private PathPlot(List<Point> path) {
        this.path = path;
        this.longest = path.stream()
                .flatMap(point -> point.norms().stream())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /**
     * Writes the picture, an SVG file.
     *
     * @throws UncheckedIOException if that fails
     */
    static void write(List<Point> path, Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, new PathPlot(path).draw());
        } catch (IOException e) {
            throw new UncheckedIOException("the picture cannot be written to " + file, e);
        }
    }

    private String draw() {
        Point last = path.get(path.size() - 1);
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='12'>",
                WIDTH, HEIGHT);
        add("<rect width='%d' height='%d' fill='white'/>", WIDTH, HEIGHT);
        axes();
        for (int measurement = 0; measurement < last.norms().size(); measurement++) {
            line(measurement, last.norms().get(measurement) == 0 ? "#c4c4c4" : "#20639b");
        }
        label(last);
        add("</svg>");
        return svg.toString();
    }

    private void axes() {
        add("<path d='M%d %dV%dH%d' fill='none' stroke='black'/>", LEFT, TOP, BOTTOM, RIGHT);
        for (int i = 0; i < path.size(); i++) {
            Point point = path.get(i);
            add("<text x='%.1f' y='%d' text-anchor='middle'>%s</text>", x(i), BOTTOM + 16, lambda(point));
            add(
                    "<text x='%.1f' y='%d' text-anchor='middle' fill='#777'>%d left</text>",
                    x(i), BOTTOM + 31, point.survivors().size());
        }
        add("<text x='%d' y='%d' text-anchor='end'>%.1f</text>", LEFT - 5, TOP + 10, longest);
        add("<text x='%d' y='%d' text-anchor='end'>0</text>", LEFT - 5, BOTTOM);
        add("<text x='%d' y='%d'>‖w‖₂ of each measurement, by λ</text>", LEFT, TOP - 18);
    }

    private static String lambda(Point point) {
        return String.format(Locale.ROOT, "%.4f", point.lambda());
    }

    private void line(int measurement, String colour) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < path.size(); i++) {
            points.append(String.format(
                    Locale.ROOT, "%.1f,%.1f ", x(i), y(path.get(i).norms().get(measurement))));
        }
        add(
                "<polyline points='%s' fill='none' stroke='%s' stroke-width='1.5'/>",
                points.toString().strip(), colour);
    }

    /** Names the survivors at the ends of their lines, pushed apart where these are close together. */
    private void label(Point last) {
        List<Integer> fromBelow = new ArrayList<>(last.survivors());
        fromBelow.sort(Comparator.comparing(last.norms()::get));
        double free = BOTTOM;
        for (int measurement : fromBelow) {
            double place = Math.min(free, y(last.norms().get(measurement)) + 4);
            add(
                    "<text x='%d' y='%.1f' fill='#20639b'>%s</text>",
                    RIGHT + 8, place, Measurements.NAMES.get(measurement));
            free = place - LINE;
        }
    }

    private double x(int point) {
        return LEFT + 20 + (RIGHT - LEFT - 20.0) * point / (path.size() - 1);
    }

    private double y(double norm) {
        return BOTTOM - (BOTTOM - TOP) * norm / longest;
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
