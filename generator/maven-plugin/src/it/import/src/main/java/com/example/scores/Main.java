package com.example.scores;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
        try (InputStream weights = Main.class.getResourceAsStream("scores.safetensors")) {
            ScoresInference scores = ScoresInference.load(weights);
            System.out.println(Arrays.toString(scores.predict(new float[] {1, 10, -1, 0})));
        }
    }
}
