package org.espalier.inference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Reads the header of a safetensors file: a JSON object of tensors, each with its format, shape and place. */
final class SafetensorsHeader {
    private static final Map<String, Integer> BYTES = Map.ofEntries(
            Map.entry("F64", 8),
            Map.entry("F32", 4),
            Map.entry("F16", 2),
            Map.entry("BF16", 2),
            Map.entry("I64", 8),
            Map.entry("I32", 4),
            Map.entry("I16", 2),
            Map.entry("I8", 1),
            Map.entry("U64", 8),
            Map.entry("U32", 4),
            Map.entry("U16", 2),
            Map.entry("U8", 1),
            Map.entry("BOOL", 1));

    /**
     * A tensor of the file.
     *
     * @param begin place of its first byte behind the header
     * @param end place behind its last byte
     */
    record Entry(String type, List<Integer> sizes, int begin, int end) {}

    private final String text;
    private final int length;
    private final String source;
    private int at;

    private SafetensorsHeader(String text, int length, String source) {
        this.text = text;
        this.length = length;
        this.source = source;
    }

    /**
     * Reads a header.
     *
     * @param length bytes behind it
     * @throws IllegalArgumentException if something is wrong with it
     */
    static Map<String, Entry> parse(String text, int length, String source) {
        SafetensorsHeader header = new SafetensorsHeader(text, length, source);
        Map<String, Entry> entries = header.entries();
        header.requireExactly(entries);
        return entries;
    }

    /** Checks that the tensors follow each other to the end, as the format wants: no hole, and none within another. */
    private void requireExactly(Map<String, Entry> entries) {
        List<Map.Entry<String, Entry>> ordered = new ArrayList<>(entries.entrySet());
        ordered.sort(Comparator.comparing(
                Map.Entry::getValue, Comparator.comparingInt(Entry::begin).thenComparingInt(Entry::end)));
        int end = 0;
        for (Map.Entry<String, Entry> tensor : ordered) {
            if (tensor.getValue().begin() != end) {
                throw new IllegalArgumentException(source + " is no safetensors file: tensor '" + tensor.getKey()
                        + "' begins at " + tensor.getValue().begin() + ", and not at " + end
                        + ", where the one before it ends");
            }
            end = tensor.getValue().end();
        }
        if (end < length) {
            throw new IllegalArgumentException(source + " is no safetensors file: its tensors have " + end
                    + " bytes, and " + length + " follow its header");
        }
    }

    private Map<String, Entry> entries() {
        Map<String, Entry> entries = new HashMap<>();
        expect('{');
        if (!accept('}')) {
            do {
                String name = string();
                expect(':');
                if (name.equals("__metadata__")) {
                    metadata();
                } else if (entries.put(name, entry(name)) != null) {
                    throw wrong("tensor '" + name + "' is there twice");
                }
            } while (accept(','));
            expect('}');
        }
        skip();
        if (at < text.length()) {
            throw wrong("something follows the object");
        }
        return entries;
    }

    private void metadata() {
        expect('{');
        if (accept('}')) {
            return;
        }
        do {
            string();
            expect(':');
            string();
        } while (accept(','));
        expect('}');
    }

    private Entry entry(String name) {
        String type = "";
        List<Long> shape = null;
        List<Long> offsets = null;
        expect('{');
        do {
            String key = string();
            expect(':');
            switch (key) {
                case "dtype" -> type = string();
                case "shape" -> shape = numbers();
                case "data_offsets" -> offsets = numbers();
                default -> throw wrong("tensor '" + name + "' has an unknown member '" + key + "'");
            }
        } while (accept(','));
        expect('}');
        if (type.isEmpty() || shape == null || offsets == null || offsets.size() != 2) {
            throw wrong("tensor '" + name + "' lacks its format, shape or place");
        }
        if (!BYTES.containsKey(type)) {
            throw wrong("tensor '" + name + "' has the format '" + type + "', and those that are read are "
                    + String.join(", ", new TreeSet<>(BYTES.keySet())));
        }
        return entry(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private Entry entry(String name, String type, List<Long> shape, long begin, long end) {
        long bytes = BYTES.getOrDefault(type, 0);
        for (long size : shape) {
            if (size < 0 || size > Integer.MAX_VALUE || (size > 0 && bytes > Integer.MAX_VALUE / size)) {
                throw wrong("tensor '" + name + "' has the shape " + shape + ", which is more than an array holds");
            }
            bytes *= size;
        }
        if (begin < 0 || end > length || end - begin != bytes) {
            throw wrong("tensor '" + name + "' has " + bytes + " bytes, but its place is " + begin + " to " + end
                    + " of " + length);
        }
        List<Integer> sizes = shape.stream().map(Math::toIntExact).toList();
        return new Entry(type, sizes, (int) begin, (int) end);
    }

    private List<Long> numbers() {
        List<Long> numbers = new ArrayList<>();
        expect('[');
        if (accept(']')) {
            return numbers;
        }
        do {
            skip();
            int first = at;
            while (at < text.length() && Character.isDigit(text.charAt(at)) && at - first < 18) {
                at++;
            }
            if (first == at) {
                throw wrong("a whole number is expected");
            }
            numbers.add(Long.parseLong(text.substring(first, at)));
        } while (accept(','));
        expect(']');
        return numbers;
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            string.append(c == '\\' ? escape() : c);
        }
        if (at == text.length()) {
            throw wrong("a string does not end");
        }
        at++;
        return string.toString();
    }

    private char escape() {
        char c = at < text.length() ? text.charAt(at++) : ' ';
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("there is no escape \\" + c);
        };
    }

    private char unicode() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at++), 16) : -1;
            if (digit < 0) {
                throw wrong("\\u needs four digits");
            }
            value = 16 * value + digit;
        }
        return (char) value;
    }

    private void skip() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean accept(char c) {
        skip();
        boolean is = at < text.length() && text.charAt(at) == c;
        at += is ? 1 : 0;
        return is;
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw wrong("'" + c + "' is expected");
        }
    }

    private IllegalArgumentException wrong(String problem) {
        return new IllegalArgumentException(
                source + " is no safetensors file: " + problem + ", at character " + at + " of its header");
    }
}
