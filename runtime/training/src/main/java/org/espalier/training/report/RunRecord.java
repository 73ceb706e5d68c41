package org.espalier.training.report;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** All that a report knows of a run, and its text in JSON, which the page draws. */
final class RunRecord {
    private static final int MOST_STEPS = 1_200;
    private static final int MOST_EPOCHS = 2_000;

    /** Epochs of which histograms or pictures are kept: the first, and later ones at even distances. */
    private static final int MOST_KEPT = 8;

    final Map<String, String> facts = new LinkedHashMap<>();
    final Map<String, String> texts = new LinkedHashMap<>();
    final List<List<String>> table = new ArrayList<>();
    final Curves steps = new Curves(MOST_STEPS);
    final Curves epochs = new Curves(MOST_EPOCHS);
    private final Map<Integer, List<WeightHistogram>> histograms = new LinkedHashMap<>();
    private final Map<Integer, List<SamplePicture>> pictures = new LinkedHashMap<>();
    boolean isRunning = true;

    void histograms(int epoch, List<WeightHistogram> of) {
        keep(histograms, epoch, of);
    }

    void pictures(int epoch, List<SamplePicture> of) {
        keep(pictures, epoch, of);
    }

    /** Adds what an epoch shows; if there are too many, every second of those between the first and the last goes. */
    private static <T> void keep(Map<Integer, T> kept, int epoch, T added) {
        kept.put(epoch, added);
        if (kept.size() > MOST_KEPT) {
            List<Integer> epochs = new ArrayList<>(kept.keySet());
            for (int i = 1; i < epochs.size() - 1; i += 2) {
                kept.remove(epochs.get(i));
            }
        }
    }

    String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeBooleanProperty("running", isRunning);
            strings(json, "facts", facts);
            strings(json, "texts", texts);
            json.writeArrayPropertyStart("table");
            for (List<String> row : table) {
                json.writeStartArray();
                row.forEach(json::writeString);
                json.writeEndArray();
            }
            json.writeEndArray();
            curves(json, "steps", steps);
            curves(json, "epochs", epochs);
            json.writeArrayPropertyStart("histograms");
            histograms.forEach((epoch, of) -> histograms(json, epoch, of));
            json.writeEndArray();
            json.writeArrayPropertyStart("pictures");
            pictures.forEach((epoch, of) -> pictures(json, epoch, of));
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void strings(JsonGenerator json, String name, Map<String, String> values) {
        json.writeObjectPropertyStart(name);
        values.forEach(json::writeStringProperty);
        json.writeEndObject();
    }

    private static void curves(JsonGenerator json, String name, Curves curves) {
        json.writeObjectPropertyStart(name);
        numbers(json, "x", curves.places());
        json.writeObjectPropertyStart("y");
        curves.numbers().forEach((curve, values) -> numbers(json, curve, values));
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void numbers(JsonGenerator json, String name, List<? extends @Nullable Double> values) {
        json.writeArrayPropertyStart(name);
        for (Double value : values) {
            if (value == null) {
                json.writeNull();
            } else {
                json.writeNumber(value);
            }
        }
        json.writeEndArray();
    }

    private static void histograms(JsonGenerator json, int epoch, List<WeightHistogram> of) {
        json.writeStartObject();
        json.writeNumberProperty("epoch", epoch);
        json.writeArrayPropertyStart("of");
        for (WeightHistogram one : of) {
            json.writeStartObject();
            json.writeStringProperty("name", one.name());
            json.writeNumberProperty("min", one.min());
            json.writeNumberProperty("max", one.max());
            json.writeArrayPropertyStart("counts");
            one.counts().forEach(json::writeNumber);
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void pictures(JsonGenerator json, int epoch, List<SamplePicture> of) {
        json.writeStartObject();
        json.writeNumberProperty("epoch", epoch);
        json.writeArrayPropertyStart("of");
        for (SamplePicture one : of) {
            json.writeStartObject();
            json.writeStringProperty("title", one.title());
            json.writeStringProperty("source", one.source());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
