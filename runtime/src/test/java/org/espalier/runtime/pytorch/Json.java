package org.espalier.runtime.pytorch;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * A part of a fixture. Numbers stay the text they were written as, so that each is read once, in the precision it is
 * asked for; NaN and the infinities are strings.
 */
public final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Object content;
    private final boolean numeric;

    private Json(Object content, boolean numeric) {
        this.content = content;
        this.numeric = numeric;
    }

    static Json read(InputStream in) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), in)) {
            parser.nextToken();
            return value(parser);
        }
    }

    private static Json value(JsonParser parser) {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Json> members = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, value(parser));
            }
            return new Json(members, false);
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<Json> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(value(parser));
            }
            return new Json(items, false);
        }
        return new Json(parser.getString(), parser.currentToken().isNumeric());
    }

    @SuppressWarnings("unchecked") // value() puts nothing else into a map
    private Map<String, Json> members() {
        return (Map<String, Json>) content;
    }

    public Set<String> names() {
        return members().keySet();
    }

    public boolean has(String name) {
        return members().containsKey(name);
    }

    public Json get(String name) {
        Json member = members().get(name);
        if (member == null) {
            throw new IllegalArgumentException("no '" + name + "' among " + names());
        }
        return member;
    }

    public boolean isList() {
        return content instanceof List;
    }

    public boolean isNumber() {
        return numeric;
    }

    @SuppressWarnings("unchecked") // value() puts nothing else into a list
    public List<Json> items() {
        return (List<Json>) content;
    }

    public String text() {
        return (String) content;
    }

    public double number() {
        return Double.parseDouble(text());
    }

    public float[] floats() {
        float[] values = new float[items().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(items().get(i).text());
        }
        return values;
    }

    public double[] doubles() {
        return items().stream().mapToDouble(Json::number).toArray();
    }

    public long[] longs() {
        return items().stream().mapToLong(item -> Long.parseLong(item.text())).toArray();
    }
}
