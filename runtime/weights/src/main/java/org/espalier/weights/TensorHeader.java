package org.espalier.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON header of a safetensors file:
 *
 * <pre>
 *   {"__metadata__": {"format": "espalier"},
 *    "conv.weight": {"dtype": "F32", "shape": [8, 1, 4, 4], "data_offsets": [0, 512]}}
 * </pre>
 *
 * @param metadata what the file says about itself
 * @param places tensors by name
 */
record TensorHeader(Map<String, String> metadata, Map<String, Place> places) {
    /** Bytes that the format allows a header. */
    static final int LONGEST = 100_000_000;

    /** Bytes of a header that this reads: with every tensor and name as an object, it then takes some 200 MB. */
    static final int LONGEST_READ = 1 << 24;

    private static final String METADATA = "__metadata__";

    /** Names occur once, so the parser's table of names it has seen would only cost time, and much with many names. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build();

    /**
     * Place of a tensor in the file.
     *
     * @param tensor what it is
     * @param begin its first byte, counted from the end of the header
     */
    record Place(TensorInfo tensor, long begin) {
        long end() {
            return begin + tensor.bytes();
        }
    }

    /** Puts tensors one after the other, those of wider numbers first so that all are aligned. */
    static TensorHeader of(Map<String, String> metadata, List<TensorInfo> tensors) {
        List<TensorInfo> ordered = new ArrayList<>(tensors);
        ordered.sort(Comparator.comparing(tensor -> -tensor.type().bytes()));
        Map<String, Place> places = new LinkedHashMap<>();
        long begin = 0;
        for (TensorInfo tensor : ordered) {
            Place place = new Place(tensor, begin);
            if (tensor.name().equals(METADATA) || places.putIfAbsent(tensor.name(), place) != null) {
                throw new IllegalArgumentException("the name '" + Excerpt.of(tensor.name()) + "' is taken");
            }
            begin = Math.addExact(begin, tensor.bytes());
        }
        return new TensorHeader(metadata, places);
    }

    /** The header's text, padded with spaces to a multiple of 8 bytes. */
    byte[] toJson() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeName(METADATA).writeStartObject();
            metadata.forEach(json::writeStringProperty);
            json.writeEndObject();
            for (Place place : places.values()) {
                json.writeName(place.tensor().name()).writeStartObject();
                json.writeStringProperty("dtype", place.tensor().type().name());
                json.writeName("shape");
                write(json, place.tensor().shape());
                json.writeName("data_offsets");
                write(json, List.of(place.begin(), place.end()));
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        byte[] text = bytes.toByteArray();
        byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return padded;
    }

    private static void write(JsonGenerator json, List<Long> numbers) {
        json.writeStartArray();
        numbers.forEach(json::writeNumber);
        json.writeEndArray();
    }

    /**
     * Reads and checks a header.
     *
     * @param dataBytes what follows the header
     * @throws WeightsFileException if it is not one, or its tensors are not exactly what follows
     */
    static TensorHeader parse(Path path, byte[] text, long dataBytes) {
        TensorHeader header;
        // The parser would guess the encoding.
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), utf8(path, text))) {
            header = new Reader(path, json).header();
        } catch (JacksonException malformed) {
            throw new WeightsFileException(
                    path,
                    "is not a safetensors file: its header is not JSON: "
                            + Excerpt.of(String.valueOf(malformed.getOriginalMessage())),
                    malformed);
        }
        header.requireExactly(path, dataBytes);
        return header;
    }

    private static String utf8(Path path, byte[] text) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new WeightsFileException(path, "is not a safetensors file: its header is not UTF-8", malformed);
        }
    }

    private void requireExactly(Path path, long dataBytes) {
        List<Place> ordered = new ArrayList<>(places.values());
        ordered.sort(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
        long end = 0;
        for (Place place : ordered) {
            if (place.begin() != end) {
                throw new WeightsFileException(
                        path,
                        "its header is wrong: " + place.tensor() + " should begin at byte " + end + ", where the one"
                                + " before it ends, but begins at " + place.begin());
            }
            end = place.end();
        }
        if (end > dataBytes) {
            throw new WeightsFileException(
                    path, "is truncated: its tensors have " + end + " bytes, but only " + dataBytes + " are there");
        }
        if (end < dataBytes) {
            throw new WeightsFileException(
                    path,
                    "its tensors have " + end + " bytes, but " + dataBytes + " are there; something was appended");
        }
    }

    /** Reads the JSON, token by token. */
    private record Reader(Path path, JsonParser json) {
        TensorHeader header() {
            Map<String, String> metadata = Map.of();
            Map<String, Place> places = new LinkedHashMap<>();
            expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                if (name.equals(METADATA)) {
                    metadata = metadata();
                } else {
                    places.put(name, place(name));
                }
            }
            expect(json.currentToken(), JsonToken.END_OBJECT, "the header");
            if (json.nextToken() != null) {
                throw wrong("more than one JSON object");
            }
            return new TensorHeader(metadata, places);
        }

        private Map<String, String> metadata() {
            Map<String, String> metadata = new LinkedHashMap<>();
            expect(json.nextToken(), JsonToken.START_OBJECT, METADATA);
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = json.currentName();
                expect(json.nextToken(), JsonToken.VALUE_STRING, METADATA);
                metadata.put(key, json.getString());
            }
            return metadata;
        }

        private Place place(String name) {
            String type = "";
            List<Long> shape = List.of();
            List<Long> offsets = List.of();
            int known = 0;
            expect(json.nextToken(), JsonToken.START_OBJECT, name);
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = json.currentName();
                switch (key) {
                    case "dtype" -> {
                        expect(json.nextToken(), JsonToken.VALUE_STRING, name);
                        type = json.getString();
                    }
                    case "shape" -> shape = numbers(name);
                    case "data_offsets" -> offsets = numbers(name);
                    default ->
                        throw wrong("tensor '" + Excerpt.of(name) + "' has the unknown key '" + Excerpt.of(key) + "'");
                }
                known++;
            }
            if (known != 3 || offsets.size() != 2) {
                throw wrong("tensor '" + Excerpt.of(name) + "' should have dtype, shape and two data_offsets");
            }
            return place(new TensorInfo(name, type(name, type), shape), offsets.get(0), offsets.get(1));
        }

        private Place place(TensorInfo tensor, long begin, long end) {
            long bytes;
            try {
                bytes = tensor.bytes();
            } catch (ArithmeticException overflow) {
                throw wrong(tensor + " has more bytes than can be counted");
            }
            if (end < begin || end - begin != bytes) {
                throw wrong(tensor + " should have " + bytes + " bytes, but lies from " + begin + " to " + end);
            }
            return new Place(tensor, begin);
        }

        private TensorType type(String name, String type) {
            for (TensorType known : TensorType.values()) {
                if (known.name().equals(type)) {
                    return known;
                }
            }
            throw wrong("tensor '" + Excerpt.of(name) + "' has the unknown dtype '" + Excerpt.of(type) + "'; known are "
                    + Arrays.toString(TensorType.values()));
        }

        private List<Long> numbers(String name) {
            List<Long> numbers = new ArrayList<>();
            expect(json.nextToken(), JsonToken.START_ARRAY, name);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, name);
                if (json.getLongValue() < 0) {
                    throw wrong("tensor '" + Excerpt.of(name) + "' has the negative number " + json.getLongValue());
                }
                numbers.add(json.getLongValue());
            }
            return numbers;
        }

        private void expect(JsonToken found, JsonToken expected, String where) {
            if (found != expected) {
                throw wrong(Excerpt.of(where) + " should have " + expected + " where it has " + found);
            }
        }

        private WeightsFileException wrong(String problem) {
            return new WeightsFileException(path, "is not a safetensors file: in its header, " + problem);
        }
    }
}
