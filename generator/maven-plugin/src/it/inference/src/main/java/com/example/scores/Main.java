package com.example.scores;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
        byte[] header = ("{\"y.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
                        + "\"y.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}")
                .getBytes(StandardCharsets.UTF_8);
        byte[] weights = ByteBuffer.allocate(8 + header.length + 12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .putFloat(2)
                .putFloat(3)
                .putFloat(0.5f)
                .array();
        ScoresInference scores = ScoresInference.load(new ByteArrayInputStream(weights));
        System.out.println(Arrays.toString(scores.predict(new float[] {1, 10, -1, 0})));
    }
}
