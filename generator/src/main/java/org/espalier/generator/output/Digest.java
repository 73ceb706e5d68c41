package org.espalier.generator.output;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 over a sequence of texts and byte strings, each with its length, so that no two sequences look alike. */
public final class Digest {
    private final MessageDigest sha;

    /** Of nothing yet. */
    public Digest() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The digest of one file's content. */
    public static String of(byte[] content) {
        return new Digest().add(content).toString();
    }

    /** The digest of one text. */
    public static String of(String text) {
        return new Digest().add(text).toString();
    }

    /** Adds bytes. */
    public Digest add(byte[] bytes) {
        add(bytes.length);
        sha.update(bytes);
        return this;
    }

    /** Adds a text. */
    public Digest add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds texts, and how many they are. */
    public Digest addAll(Iterable<?> texts) {
        int count = 0;
        for (Object text : texts) {
            add(text.toString());
            count++;
        }
        add(count);
        return this;
    }

    private void add(int number) {
        sha.update(new byte[] {(byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number});
    }

    /** The digest so far, in hexadecimal digits; nothing can be added after it. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(sha.digest());
    }
}
