package org.espalier.runtime;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.espalier.runtime.file.NetworkFile;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.storage.Numbers;

/** Source of the initial values of a network's parameters: a seed or a weights file. */
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

    /**
     * From a weights file that has exactly the network's parameters and statistics. Random numbers of dropout start at
     * seed 0; see {@link Network#seedRandom}.
     *
     * @param file a safetensors file, as {@link Network#save} writes them; read when the network is made, which throws
     *     {@link org.espalier.weights.WeightsFileException} if that cannot be done or it is of another network
     */
    public static Init from(Path file) {
        return new FromFile(file);
    }

    /** Sets every parameter and statistic of a network that has declared them all. */
    abstract void fill(NetworkSpi network);

    /** Seed of what the network's dropout draws from. */
    abstract long randomSeed();

    private static final class FromFile extends Init {
        private final Path file;

        FromFile(Path file) {
            this.file = file;
        }

        @Override
        void fill(NetworkSpi network) {
            new NetworkFile(network.tensors()).load(file);
        }

        @Override
        long randomSeed() {
            return 0;
        }
    }

    private static final class Seed extends Init {
        private final long seed;

        Seed(long seed) {
            this.seed = seed;
        }

        @Override
        void fill(NetworkSpi network) {
            List<Parameter> parameters = network.parameters.stream().toList();
            Parallel.forEach(parameters.size(), index -> fill(parameters.get(index)));
        }

        private void fill(Parameter parameter) {
            RandomStream stream = new RandomStream(seed(parameter.name()));
            Initializer initializer = parameter.initializer();
            Numbers numbers = Numbers.of(parameter.numbers());
            for (long i = 0; i < parameter.count(); i++) {
                numbers.put(i, initializer.next(stream, i));
            }
        }

        @Override
        long randomSeed() {
            // No parameter has an empty name.
            return seed("");
        }

        private long seed(String name) {
            // FNV-1a (Fowler, Noll and Vo) of the name in UTF-8, which spreads names that differ by a letter.
            long hash = 0xcbf29ce484222325L;
            for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
                hash = (hash ^ (letter & 0xff)) * 0x100000001b3L;
            }
            return seed ^ hash;
        }
    }
}
