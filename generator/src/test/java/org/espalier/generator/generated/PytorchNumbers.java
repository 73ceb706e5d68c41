package org.espalier.generator.generated;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads fixtures: objects as maps, arrays as lists, everything else as it is written. */
final class PytorchNumbers {
    /** The file that was read last, which tests ask for once for each of its cases. */
    private static volatile Read last = new Read(Path.of(""), Map.of());

    /** A file with the object that it holds. */
    private record Read(Path file, Map<String, Object> object) {}

    private PytorchNumbers() {}

    /** The object that a file holds. */
    static Map<String, Object> read(Path file) {
        Read known = last;
        if (!known.file().equals(file)) {
            known = new Read(file, parsed(file));
            last = known;
        }
        return known.object();
    }

    private static Map<String, Object> parsed(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            JsonParser parser = JsonFactory.builder().build().createParser(ObjectReadContext.empty(), in);
            parser.nextToken();
            return map(read(parser));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object read(JsonParser parser) {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Object> members = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, read(parser));
            }
            return members;
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<Object> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(read(parser));
            }
            return items;
        }
        return parser.getString();
    }

    @SuppressWarnings("unchecked") // read() puts nothing else into a map
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked") // read() puts nothing else into a list
    static List<Object> list(Object value) {
        return (List<Object>) value;
    }
}
