package org.espalier.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.espalier.runtime.io.TensorFile;
import org.espalier.runtime.io.TensorFileWriter;
import org.espalier.runtime.io.TensorInfo;
import org.espalier.runtime.io.TensorType;
import org.espalier.runtime.io.WeightsFileException;
import org.espalier.runtime.optim.FusedUpdate;
import org.espalier.runtime.optim.Optimizer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network's weights file: a tensor for each parameter and statistic, under its path. A checkpoint has besides, under
 * names that no path can be, what the next step depends on:
 *
 * <pre>
 *   optimizer:step:conv.weight        how many steps it had
 *   optimizer:exp_avg:conv.weight     each of the optimizer's numbers
 *   metadata updates, optimizer.lr, random.seed, random.state
 * </pre>
 */
final class NetworkFile {
    private static final String FORMAT = "espalier";
    private static final String STATE = "optimizer:";
    private static final String STEP = STATE + "step:";
    private static final int PIECE = 1 << 26;
    private static final int LISTED = 8;

    private final Network network;

    NetworkFile(Network network) {
        this.network = network;
    }

    void save(Path file) {
        weights().write(file);
    }

    void saveCheckpoint(Path file, FusedUpdate<?> update, Optimizer optimizer) {
        TensorFileWriter writer = weights()
                .metadata("updates", Long.toString(network.updates()))
                .metadata("optimizer.lr", Double.toString(optimizer.lr()))
                .metadata("random.seed", Long.toString(network.randomSeed()))
                .metadata("random.state", Long.toString(network.random.state()));
        List<String> states = optimizer.stateNames();
        int index = 0;
        for (Parameter parameter : network.parameters()) {
            int tensor = index++;
            long steps = update.steps(tensor);
            if (steps == 0) {
                continue;
            }
            writer.add(
                    new TensorInfo(STEP + parameter.name(), TensorType.I64, List.of()),
                    sink -> sink.accept(ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(steps)
                            .flip()));
            for (int state = 0; state < states.size(); state++) {
                int which = state;
                writer.add(
                        info(STATE + states.get(state) + ":" + parameter.name(), parameter.value()),
                        sink -> update.writeState(tensor, which, sink));
            }
        }
        writer.write(file);
    }

    private TensorFileWriter weights() {
        TensorFileWriter writer = new TensorFileWriter()
                .metadata("format", FORMAT)
                .metadata("version", "1")
                .metadata("network", network.getClass().getName());
        tensors()
                .forEach((name, array) -> writer.add(info(name, array), sink -> {
                    for (long start = 0; start < array.length(); start += PIECE) {
                        sink.accept(bytes(array, start, (int) Math.min(PIECE, array.length() - start)));
                    }
                }));
        return writer;
    }

    /** Reads weights and statistics; the network is as it was if that fails. */
    void load(Path path) {
        try (TensorFile file = TensorFile.open(path)) {
            load(file);
        }
    }

    private void load(TensorFile file) {
        requireFit(file);
        // Everything is read before anything is changed.
        List<Loaded> loaded = new ArrayList<>();
        tensors().forEach((name, array) -> loaded.add(new Loaded(array, file.read(name))));
        loaded.forEach(Loaded::copy);
    }

    /** Numbers from a file, and where they go. */
    private record Loaded(INDArray array, ByteBuffer numbers) {
        void copy() {
            for (long start = 0; start < array.length(); start += PIECE) {
                ByteBuffer memory = bytes(array, start, (int) Math.min(PIECE, array.length() - start));
                int end = numbers.position() + memory.remaining();
                memory.put(numbers.slice(numbers.position(), memory.remaining()));
                numbers.position(end);
            }
        }
    }

    void resume(Path path, FusedUpdate<?> update, Optimizer optimizer) {
        try (TensorFile file = TensorFile.open(path)) {
            requireFit(file);
            long updates = number(file, "updates", Long::valueOf);
            double lr = number(file, "optimizer.lr", Double::valueOf);
            long seed = number(file, "random.seed", Long::valueOf);
            long state = number(file, "random.state", Long::valueOf);
            List<Long> steps = new ArrayList<>();
            List<List<ByteBuffer>> states = new ArrayList<>();
            for (Parameter parameter : network.parameters()) {
                readState(file, parameter, optimizer, steps, states);
            }
            load(file);
            for (int tensor = 0; tensor < steps.size(); tensor++) {
                update.readState(tensor, steps.get(tensor), states.get(tensor));
            }
            optimizer.lr(lr);
            network.random(seed, state);
            network.updates(updates);
        }
    }

    private void readState(
            TensorFile file,
            Parameter parameter,
            Optimizer optimizer,
            List<Long> steps,
            List<List<ByteBuffer>> states) {
        List<ByteBuffer> numbers = new ArrayList<>();
        TensorInfo step = file.tensor(STEP + parameter.name());
        if (step == null) {
            steps.add(0L);
            states.add(numbers);
            return;
        }
        requireSame(file, step, new TensorInfo(step.name(), TensorType.I64, List.of()));
        steps.add(file.read(step.name()).getLong());
        for (String name : optimizer.stateNames()) {
            TensorInfo expected = info(STATE + name + ":" + parameter.name(), parameter.value());
            TensorInfo found = file.tensor(expected.name());
            if (found == null) {
                throw new WeightsFileException(
                        file.path(),
                        "was not written with this optimizer: " + optimizer + " needs " + expected
                                + ", which is not there");
            }
            requireSame(file, found, expected);
            numbers.add(file.read(expected.name()));
        }
        states.add(numbers);
    }

    private interface Parse<T> {
        T apply(String text);
    }

    private static <T> T number(TensorFile file, String key, Parse<T> parse) {
        String text = file.metadata().get(key);
        if (text == null) {
            throw new WeightsFileException(
                    file.path(),
                    "is no checkpoint: its metadata has no '" + key + "'; read it with load, or write it with"
                            + " saveCheckpoint");
        }
        try {
            return parse.apply(text);
        } catch (NumberFormatException malformed) {
            throw new WeightsFileException(
                    file.path(), "its metadata '" + key + "' should be a number, but is '" + text + "'", malformed);
        }
    }

    private static void requireSame(TensorFile file, TensorInfo found, TensorInfo expected) {
        if (!found.equals(expected)) {
            throw new WeightsFileException(file.path(), "should have " + expected + ", but has " + found);
        }
    }

    private void requireFit(TensorFile file) {
        Map<String, TensorInfo> expected = new LinkedHashMap<>();
        tensors().forEach((name, array) -> expected.put(name, info(name, array)));
        List<TensorInfo> unexpected = file.tensors().stream()
                .filter(tensor -> !tensor.name().startsWith(STATE) && !expected.containsKey(tensor.name()))
                .toList();
        List<String> problems = new ArrayList<>();
        for (TensorInfo tensor : expected.values()) {
            TensorInfo found = file.tensor(tensor.name());
            if (found == null) {
                problems.add("missing " + tensor);
            } else if (!found.equals(tensor)) {
                problems.add("expected " + tensor + ", found " + found.shape() + " " + found.type());
            }
        }
        for (TensorInfo tensor : unexpected) {
            problems.add("unexpected " + tensor + closest(tensor.name(), expected, file));
        }
        if (!problems.isEmpty()) {
            throw new WeightsFileException(file.path(), describe(problems, file));
        }
    }

    private String describe(List<String> problems, TensorFile file) {
        StringBuilder text =
                new StringBuilder("does not fit ").append(network.getClass().getName());
        String writer = file.metadata().get("network");
        if (writer != null) {
            text.append("; it was written by ").append(writer);
        }
        problems.stream().limit(LISTED).forEach(problem -> text.append("\n  ").append(problem));
        if (problems.size() > LISTED) {
            text.append("\n  and ").append(problems.size() - LISTED).append(" more");
        }
        return text.toString();
    }

    /** Names a missing tensor that an unexpected one may be meant for. */
    private static String closest(String name, Map<String, TensorInfo> expected, TensorFile file) {
        return expected.keySet().stream()
                .filter(candidate -> file.tensor(candidate) == null)
                .filter(candidate -> distance(candidate, name) <= Math.max(2, name.length() / 4))
                .min(Comparator.comparingInt(candidate -> distance(candidate, name)))
                .map(candidate -> " (for " + candidate + "?)")
                .orElse("");
    }

    /** How many letters must be put in, taken out or changed (Levenshtein). */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        Arrays.setAll(row, column -> column);
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }

    private Map<String, INDArray> tensors() {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        network.parameters().forEach(parameter -> tensors.put(parameter.name(), parameter.value()));
        tensors.putAll(network.statistics());
        return tensors;
    }

    private static TensorInfo info(String name, INDArray array) {
        TensorType type = array.dataType() == DataType.FLOAT ? TensorType.F32 : TensorType.F64;
        return new TensorInfo(name, type, Arrays.stream(array.shape()).boxed().toList());
    }

    /** Memory of an array without gaps, little-endian as on every platform that ND4J runs on. */
    private static ByteBuffer bytes(INDArray array, long start, int count) {
        int width = array.dataType().width();
        return new BytePointer(array.data().pointer())
                .getPointer((array.offset() + start) * width)
                .capacity((long) count * width)
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
