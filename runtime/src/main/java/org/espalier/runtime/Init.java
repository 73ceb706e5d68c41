package org.espalier.runtime;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.espalier.runtime.file.NetworkFile;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.storage.Numbers;
import org.jspecify.annotations.Nullable;

/** Source of the initial values of a network's parameters: a seed, a weights file, or another network. */
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

    /**
     * Weights, running statistics and notes of another network, shared and not copied: a view of it that predicts on a
     * thread of its own, with an arena of its own, which has memory for forward alone. A server makes one for each
     * thread:
     *
     * <pre>
     *   Digits view = Digits.create(Init.sharing(net));
     * </pre>
     *
     * <p>A view is always in evaluation mode. What would change weights, or train, is an {@link IllegalStateException}.
     * A prediction sees the weights before a call that changes them or after it, never in between: a view waits for a
     * step, an update or a load of the network, and these wait for predictions. Predictions of the network itself and
     * of its views run at the same time. Once the network is closed, which waits for predictions, every use of a view
     * is an {@link IllegalStateException}; closing a view frees its own memory.
     *
     * <p>Writing to arrays that {@link Parameter#value} gave is not a call: do not write to them while views predict.
     *
     * @param network of the class that is made, or a view of one, whose network is then shared
     */
    public static Init sharing(Network network) {
        return new Sharing(network.weightsOwner());
    }

    /** The network whose weights are shared, if it is one that shares. */
    @Nullable
    NetworkSpi shared() {
        return null;
    }

    /** Sets every parameter and statistic of a network that has declared them all. */
    abstract void fill(NetworkSpi network);

    /** Seed of what the network's dropout draws from. */
    abstract long randomSeed();

    private static final class Sharing extends Init {
        private final NetworkSpi owner;

        Sharing(NetworkSpi owner) {
            this.owner = owner;
        }

        @Override
        NetworkSpi shared() {
            return owner;
        }

        @Override
        void fill(NetworkSpi network) {
            // They have their values.
        }

        @Override
        long randomSeed() {
            return owner.randomSeed();
        }
    }

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
            parameter.initializer().fill(stream, Numbers.of(parameter.numbers()), parameter.shape());
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
