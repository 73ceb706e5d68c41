package org.espalier.training.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the curves of a run from its JSON, for one that goes on from a checkpoint. */
final class OldRun {
    private OldRun() {}

    /**
     * Lets curves go on from those in the text, up to a step and an epoch.
     *
     * @throws IllegalArgumentException if the text is not that of a run
     */
    static void restore(String text, RunRecord run, double lastStep, double lastEpoch) {
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            json.nextToken();
            for (JsonToken token = json.nextToken(); token == JsonToken.PROPERTY_NAME; token = json.nextToken()) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "steps" -> curves(json, run.steps, lastStep);
                    case "epochs" -> curves(json, run.epochs, lastEpoch);
                    default -> json.skipChildren();
                }
            }
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException(malformed.getOriginalMessage(), malformed);
        }
    }

    private static void curves(JsonParser json, Curves curves, double last) {
        List<Double> places = new ArrayList<>();
        Map<String, List<@Nullable Double>> numbers = new LinkedHashMap<>();
        for (JsonToken token = json.nextToken(); token == JsonToken.PROPERTY_NAME; token = json.nextToken()) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("x")) {
                for (Double place : numbers(json)) {
                    places.add(place == null ? Double.NaN : place);
                }
                continue;
            }
            for (JsonToken inner = json.nextToken(); inner == JsonToken.PROPERTY_NAME; inner = json.nextToken()) {
                String curve = json.currentName();
                json.nextToken();
                numbers.put(curve, numbers(json));
            }
        }
        curves.restore(places, numbers, last);
    }

    private static List<@Nullable Double> numbers(JsonParser json) {
        List<@Nullable Double> numbers = new ArrayList<>();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            numbers.add(token == JsonToken.VALUE_NULL ? null : Double.valueOf(json.getDoubleValue()));
        }
        return numbers;
    }
}
