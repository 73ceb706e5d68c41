package org.espalier.runtime;

import java.nio.charset.StandardCharsets;
import org.espalier.runtime.kernel.RandomStream;

/** How a network's parameters start. */
public abstract sealed class Init {
    private Init() {}

    /**
     * As the {@code .net} says, with random numbers from a seed: the same seed gives the same network, to the bit. Each
     * parameter draws from a stream of its own, made from the seed and its name, so that adding a layer does not change
     * how the others start.
     */
    public static Init seed(long seed) {
        return new Seed(seed);
    }

    /** Sets every parameter and statistic of a network that has declared them all. */
    abstract void fill(Network network);

    /** What the network's dropout draws from. */
    abstract RandomStream random();

    private static final class Seed extends Init {
        private final long seed;

        Seed(long seed) {
            this.seed = seed;
        }

        @Override
        void fill(Network network) {
            network.parameters().stream().parallel().forEach(this::fill);
        }

        private void fill(Parameter parameter) {
            RandomStream stream = stream(parameter.name());
            Initializer initializer = parameter.initializer();
            Numbers numbers = Numbers.of(parameter.value());
            for (long i = 0; i < parameter.count(); i++) {
                numbers.put(i, initializer.next(stream));
            }
        }

        @Override
        RandomStream random() {
            // No parameter has an empty name.
            return stream("");
        }

        private RandomStream stream(String name) {
            // FNV-1a (Fowler, Noll and Vo) of the name in UTF-8, which spreads names that differ by a letter.
            long hash = 0xcbf29ce484222325L;
            for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
                hash = (hash ^ (letter & 0xff)) * 0x100000001b3L;
            }
            return new RandomStream(seed ^ hash);
        }
    }
}
