package org.espalier.training.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Numbers by name over steps or epochs. There are never more points than a chart can show: once there are too many, two
 * that follow each other become their mean, and so do those that come later.
 */
final class Curves {
    private final int most;
    private final List<Double> places = new ArrayList<>();
    private final Map<String, List<@Nullable Double>> numbers = new LinkedHashMap<>();

    /** Points that make up one. */
    private int stride = 1;

    /** Sums of the numbers that wait to become a point. */
    private final Map<String, Double> sums = new LinkedHashMap<>();

    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private double placeSum;
    private int waiting;

    /** @param most points at most, an even number */
    Curves(int most) {
        this.most = most;
    }

    /** Adds numbers at a place; what is not finite is left out. */
    void add(double place, Map<String, Double> values) {
        placeSum += place;
        waiting++;
        values.forEach((name, value) -> {
            if (Double.isFinite(value)) {
                sums.merge(name, value, Double::sum);
                counts.merge(name, 1, Integer::sum);
            }
        });
        if (waiting == stride) {
            point();
        }
    }

    private void point() {
        Map<String, Double> means = new LinkedHashMap<>();
        sums.forEach((name, sum) -> means.put(name, sum / Objects.requireNonNull(counts.get(name))));
        put(placeSum / waiting, means);
        sums.clear();
        counts.clear();
        placeSum = 0;
        waiting = 0;
        if (places.size() == most) {
            halve();
        }
    }

    /** Adds a point as it is. */
    void put(double place, Map<String, Double> values) {
        values.keySet()
                .forEach(name -> numbers.computeIfAbsent(name, added -> {
                    List<@Nullable Double> none = new ArrayList<>();
                    places.forEach(before -> none.add(null));
                    return none;
                }));
        places.add(place);
        numbers.forEach((name, list) -> list.add(values.get(name)));
    }

    private void halve() {
        List<Double> before = List.copyOf(places);
        places.clear();
        for (int i = 0; i + 1 < before.size(); i += 2) {
            places.add((before.get(i) + before.get(i + 1)) / 2);
        }
        numbers.replaceAll((name, list) -> {
            List<@Nullable Double> means = new ArrayList<>();
            for (int i = 0; i + 1 < list.size(); i += 2) {
                Double first = list.get(i);
                Double second = list.get(i + 1);
                means.add(first == null ? second : second == null ? first : Double.valueOf((first + second) / 2));
            }
            return means;
        });
        stride *= 2;
    }

    /** Goes on from points of another run up to a place. */
    void restore(List<Double> oldPlaces, Map<String, ? extends List<@Nullable Double>> old, double last) {
        for (int i = 0; i < oldPlaces.size() && oldPlaces.get(i) <= last; i++) {
            Map<String, Double> point = new LinkedHashMap<>();
            for (Map.Entry<String, ? extends List<@Nullable Double>> curve : old.entrySet()) {
                Double value = i < curve.getValue().size() ? curve.getValue().get(i) : null;
                if (value != null) {
                    point.put(curve.getKey(), value);
                }
            }
            put(oldPlaces.get(i), point);
            if (places.size() == most) {
                halve();
            }
        }
    }

    List<Double> places() {
        return places;
    }

    Map<String, List<@Nullable Double>> numbers() {
        return numbers;
    }
}
