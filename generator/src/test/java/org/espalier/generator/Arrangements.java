package org.espalier.generator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random networks whose products read and write parts of larger tensors. */
public final class Arrangements {
    private Arrangements() {}

    /** Attention of which any axes are tokens and features, out of parts that lie along any axis. */
    public static String random(Random random) {
        int[] sizes = {1 + random.nextInt(3), 1 + random.nextInt(3), 1 + random.nextInt(3)};
        List<Integer> places = new ArrayList<>(List.of(0, 1, 2));
        Collections.shuffle(places, random);
        // Of the axes that a linear layer makes, the parts are one.
        List<String> axes =
                new ArrayList<>(List.of(String.valueOf(sizes[0]), String.valueOf(sizes[1]), String.valueOf(sizes[2])));
        int part = random.nextInt(4);
        axes.add(part, "3");
        int tokens = Integer.parseInt(axes.get(0));
        int features = axes.stream().skip(1).mapToInt(Integer::parseInt).reduce(1, (a, b) -> a * b);
        List<Integer> order = new ArrayList<>(List.of(1, 2, 3, 4));
        Collections.shuffle(order, random);
        int at = order.indexOf(part + 1) + 1;
        String before = ":, ".repeat(at);
        List<Integer> last = new ArrayList<>(List.of(1, 2, 3));
        Collections.shuffle(last, random);
        String softmax = random.nextBoolean() ? "softmax(q @ k.transpose(-2, -1), dim=-1)" : "q @ k.transpose(-2, -1)";
        return """
                network Arranged {
                    input x: float[batch, %d, 2]
                    whole = Linear(2, %d)(x).view(batch, %s).permute(0, %s)
                    q = whole[%s0]
                    k = whole[%s1]
                    v = whole[%s2]
                    seen = ((%s) @ v).permute(0, %s)
                    output y = Linear(%d, 2)(seen.flatten(1))
                }
                """.formatted(
                        tokens,
                        features,
                        String.join(", ", axes),
                        list(order),
                        before,
                        before,
                        before,
                        softmax,
                        list(last),
                        sizes[0] * sizes[1] * sizes[2]);
    }

    private static String list(List<Integer> axes) {
        return String.join(", ", axes.stream().map(String::valueOf).toList());
    }
}
