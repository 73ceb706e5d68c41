package org.espalier.runtime.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.update.FusedUpdate;
import org.espalier.runtime.storage.ArrayBytes;
import org.espalier.weights.Excerpt;
import org.espalier.weights.LoadOptions;
import org.espalier.weights.LoadReport;
import org.espalier.weights.NameMapping;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes and reads a network's weights file: a tensor for each parameter and statistic, under its path, and its
 * {@link Notes} as metadata. A checkpoint has besides, under names that no path can be, what the next step depends on:
 *
 * <pre>
 *   optimizer:step:conv.weight        how many steps it had
 *   optimizer:exp_avg:conv.weight     each of the optimizer's numbers
 *   average:conv.weight               an average of it that the program keeps
 *   metadata                          see {@link Checkpoint}
 * </pre>
 *
 * <p>Everything is read and checked before anything of the network is changed.
 */
public final class NetworkFile {
    private static final String FORMAT = "espalier";
    private static final String STATE = "optimizer:";
    private static final String AVERAGE = "average:";
    private static final String STEP = STATE + "step:";
    private static final String BATCHES = "num_batches_tracked";
    private static final String VARIANCE = "running_var";
    private static final int PIECE = 1 << 26;

    private final NetworkTensors network;

    /** Files of a network with these tensors. */
    public NetworkFile(NetworkTensors network) {
        this.network = network;
    }

    /**
     * Writes weights and statistics.
     *
     * @throws WeightsFileException if it cannot be written, or a number is infinite or NaN; the file is then as it was
     */
    public void save(Path file) {
        weights(file, origin()).write(file);
    }

    /**
     * Writes a checkpoint.
     *
     * @param notes what the program has to remember besides, by names that are not the checkpoint's own
     * @param averages of parameters by their names, which the program keeps besides
     * @throws IllegalArgumentException if a name is taken
     * @throws WeightsFileException if it cannot be written, or a number is infinite or NaN; the file is then as it was
     */
    public void saveCheckpoint(
            Path file,
            Checkpoint checkpoint,
            FusedUpdate<?> update,
            List<Optimizer> optimizers,
            Map<String, String> notes,
            Map<String, INDArray> averages) {
        Map<String, String> metadata = origin();
        metadata.putAll(checkpoint.metadata());
        notes.forEach((key, value) -> {
            if (metadata.putIfAbsent(key, value) != null) {
                throw new IllegalArgumentException(
                        "a checkpoint has a '" + key + "' of its own; give the note another name");
            }
        });
        TensorFileWriter writer = weights(file, metadata);
        averages.forEach((name, average) -> add(writer, file, info(AVERAGE + name, average), average));
        int index = 0;
        for (Map.Entry<String, INDArray> parameter : network.parameters().entrySet()) {
            int tensor = index++;
            long steps = update.steps(tensor);
            if (steps == 0) {
                continue;
            }
            List<String> states = optimizers.get(update.optimizer(tensor)).stateNames();
            writer.add(
                    stepInfo(parameter),
                    sink -> sink.accept(ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(steps)
                            .flip()));
            for (int state = 0; state < states.size(); state++) {
                int which = state;
                writer.add(stateInfo(states.get(state), parameter), sink -> update.writeState(tensor, which, sink));
            }
        }
        writer.write(file);
    }

    private Map<String, String> origin() {
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("format", FORMAT);
        origin.put("version", "1");
        origin.put("network", network.type());
        origin.putAll(network.notes().metadata());
        return origin;
    }

    private TensorFileWriter weights(Path file, Map<String, String> metadata) {
        TensorFileWriter writer = new TensorFileWriter();
        metadata.forEach(writer::metadata);
        network.all().forEach((name, array) -> {
            TensorInfo info = info(name, array);
            if (info.type() == TensorType.I64) {
                writer.add(info, sink -> sink.accept(WholeBuffers.bytes(array)));
                return;
            }
            add(writer, file, info, array);
        });
        return writer;
    }

    private void add(TensorFileWriter writer, Path file, TensorInfo info, INDArray array) {
        writer.add(info, sink -> {
            NumberCheck check = new NumberCheck(info, range(info.name()));
            for (long start = 0; start < array.length(); start += PIECE) {
                ByteBuffer piece = ArrayBytes.of(array, start, (int) Math.min(PIECE, array.length() - start));
                check.next(piece).ifPresent(problem -> {
                    throw new WeightsFileException(file, "is not written, since it could not be read: " + problem);
                });
                sink.accept(piece);
            }
        });
    }

    /**
     * Reads weights and statistics.
     *
     * @throws WeightsFileException if it cannot be read, is damaged, of another network, or has a number that is
     *     infinite or NaN; the network is then as it was
     */
    public void load(Path path) {
        load(path, LoadOptions.strict());
    }

    /**
     * Reads weights and statistics as far as options say.
     *
     * @return what the file has and what it lacks
     * @throws WeightsFileException if it cannot be read, is damaged, does not fit and must, or has a number that is
     *     infinite or NaN among those that are taken; the network is then as it was
     */
    public LoadReport load(Path path, LoadOptions options) {
        try (TensorFile file = TensorFile.open(path)) {
            LoadReport report = compare(file, options.names());
            if (!options.partial()) {
                requireExact(file, report);
            }
            readWeights(file, report).forEach(Loaded::copy);
            network.notes().replaceBy(Notes.of(file));
            return report;
        }
    }

    /**
     * Compares a file's tensors with the network's, and reads no numbers.
     *
     * @throws WeightsFileException if it cannot be read or is damaged
     */
    public LoadReport compare(Path path, LoadOptions options) {
        try (TensorFile file = TensorFile.open(path)) {
            return compare(file, options.names());
        }
    }

    private LoadReport compare(TensorFile file, NameMapping names) {
        List<TensorInfo> expected = new ArrayList<>();
        network.all().forEach((name, array) -> expected.add(info(name, array)));
        return LoadReport.of(file, expected, List.of(STATE, AVERAGE), names);
    }

    private LoadReport requireExact(TensorFile file, LoadReport report) {
        if (!report.isExact()) {
            String writer = file.metadata().get("network");
            throw new WeightsFileException(
                    file.path(),
                    "does not fit " + network.type()
                            + (writer == null ? "" : "; it was written by " + Excerpt.of(writer))
                            + "\n  " + String.join("\n  ", report.differences()));
        }
        return report;
    }

    /** Numbers from a file, and where they go. */
    private record Loaded(INDArray array, List<ByteBuffer> pieces) {
        void copy() {
            long start = 0;
            for (ByteBuffer piece : pieces) {
                int count = piece.remaining() / array.dataType().width();
                ArrayBytes.of(array, start, count).put(piece);
                start += count;
            }
        }
    }

    private List<Loaded> readWeights(TensorFile file, LoadReport report) {
        Map<String, INDArray> arrays = network.all();
        List<Loaded> loaded = new ArrayList<>();
        for (LoadReport.Match match : report.fitting()) {
            String name = match.expected().name();
            INDArray array = Objects.requireNonNull(arrays.get(name), name);
            List<ByteBuffer> pieces = new ArrayList<>();
            if (LoadReport.isCount(match.found())) {
                pieces.add(count(file, match.found().name(), array.dataType()));
            } else if (network.limits().containsKey(name)) {
                WholeBuffers.read(file, match.found(), network.limits().get(name), pieces::add);
            } else {
                read(file, match.found(), match.expected().type(), range(name), pieces::add);
            }
            loaded.add(new Loaded(array, pieces));
        }
        return loaded;
    }

    /** PyTorch's count of batches, a whole number, as the number that a network has. */
    private static ByteBuffer count(TensorFile file, String name, DataType type) {
        long batches = file.read(name).getLong();
        if (batches < 0) {
            throw new WeightsFileException(file.path(), "is damaged: " + name + " is " + batches);
        }
        ByteBuffer bytes = ByteBuffer.allocate(type.width()).order(ByteOrder.LITTLE_ENDIAN);
        return (type == DataType.FLOAT ? bytes.putFloat((float) batches) : bytes.putDouble((double) batches)).flip();
    }

    private static void read(TensorFile file, TensorInfo tensor, NumberCheck.Range range, Consumer<ByteBuffer> sink) {
        read(file, tensor, tensor.type(), range, sink);
    }

    private static void read(
            TensorFile file, TensorInfo tensor, TensorType as, NumberCheck.Range range, Consumer<ByteBuffer> sink) {
        NumberCheck check = new NumberCheck(new TensorInfo(tensor.name(), as, tensor.shape()), range);
        file.read(tensor.name(), as, bytes -> {
            check.next(bytes).ifPresent(problem -> {
                throw new WeightsFileException(file.path(), problem);
            });
            sink.accept(bytes);
        });
    }

    /**
     * Reads weights, statistics, and what optimizers follow.
     *
     * @param optimizers of the network that goes on
     * @param averages of parameters by their names, filled from the file
     * @return how many updates there were, and where random numbers stood
     * @throws WeightsFileException if it cannot be read, is damaged, of another network or optimizer, or no checkpoint;
     *     the network and its optimizers are then as they were
     */
    public Checkpoint resume(
            Path path, FusedUpdate<?> update, List<Followed> optimizers, Map<String, INDArray> averages) {
        try (TensorFile file = TensorFile.open(path)) {
            LoadReport report = requireExact(file, compare(file, NameMapping.NONE));
            Checkpoint checkpoint = Checkpoint.read(file, network.name(), network.dataType(), optimizers);
            List<Loaded> weights = readWeights(file, report);
            averages.forEach((name, average) -> {
                TensorInfo info = required(file, info(AVERAGE + name, average));
                List<ByteBuffer> pieces = new ArrayList<>();
                read(file, info, NumberCheck.Range.FINITE, pieces::add);
                weights.add(new Loaded(average, pieces));
            });
            FusedUpdate.Restored state = readState(
                    file, update, optimizers.stream().map(Followed::optimizer).toList(), checkpoint.updates());
            checkpoint.passRates(file, optimizers);
            weights.forEach(Loaded::copy);
            state.use();
            network.notes().replaceBy(Notes.of(file));
            return checkpoint;
        }
    }

    private FusedUpdate.Restored readState(
            TensorFile file, FusedUpdate<?> update, List<Optimizer> optimizers, long updates) {
        requireKnownState(file, update, optimizers);
        FusedUpdate.Restored restored = update.restore(optimizers);
        int index = 0;
        for (Map.Entry<String, INDArray> parameter : network.parameters().entrySet()) {
            int tensor = index++;
            long steps = steps(file, parameter, updates);
            if (steps == 0) {
                continue;
            }
            restored.steps(tensor, steps);
            Optimizer optimizer = optimizers.get(update.optimizer(tensor));
            List<String> states = optimizer.stateNames();
            for (int state = 0; state < states.size(); state++) {
                String name = states.get(state);
                int which = state;
                read(
                        file,
                        required(file, stateInfo(name, parameter)),
                        optimizer.squares().contains(name) ? NumberCheck.Range.FROM_ZERO : NumberCheck.Range.FINITE,
                        bytes -> restored.read(tensor, which, bytes));
            }
        }
        return restored;
    }

    /** Reads the number of steps that a parameter had: 0 if the file says nothing of them. */
    private static long steps(TensorFile file, Map.Entry<String, INDArray> parameter, long updates) {
        TensorInfo info = stepInfo(parameter);
        if (file.tensor(info.name()) == null) {
            return 0;
        }
        long steps = file.read(required(file, info).name()).getLong();
        if (steps < 1 || steps > updates) {
            throw new WeightsFileException(
                    file.path(),
                    "is damaged: " + info.name() + " should be from 1 to " + updates
                            + ", the updates that the network had, but is " + steps);
        }
        return steps;
    }

    /** Numbers of an optimizer that are nobody's belong to another network, or to no file that this made. */
    private void requireKnownState(TensorFile file, FusedUpdate<?> update, List<Optimizer> optimizers) {
        Map<String, TensorInfo> known = new LinkedHashMap<>();
        int index = 0;
        for (Map.Entry<String, INDArray> parameter : network.parameters().entrySet()) {
            Optimizer optimizer = optimizers.get(update.optimizer(index++));
            TensorInfo step = stepInfo(parameter);
            known.put(step.name(), step);
            if (file.tensor(step.name()) != null) {
                for (String state : optimizer.stateNames()) {
                    TensorInfo info = stateInfo(state, parameter);
                    known.put(info.name(), info);
                }
            }
        }
        for (TensorInfo tensor : file.tensors()) {
            if (tensor.name().startsWith(STATE) && !known.containsKey(tensor.name())) {
                throw new WeightsFileException(
                        file.path(), "is damaged: " + tensor + " belongs to no parameter that had steps");
            }
        }
    }

    private static TensorInfo required(TensorFile file, TensorInfo expected) {
        TensorInfo found = file.tensor(expected.name());
        if (found == null) {
            throw new WeightsFileException(
                    file.path(), "is damaged: it should have " + expected + ", which is missing");
        }
        if (!found.equals(expected)) {
            throw new WeightsFileException(
                    file.path(), "is damaged: it should have " + expected + ", but has " + found);
        }
        return found;
    }

    private NumberCheck.Range range(String name) {
        return (name.endsWith(VARIANCE) || name.endsWith(BATCHES))
                        && network.statistics().containsKey(name)
                ? NumberCheck.Range.FINITE_FROM_ZERO
                : NumberCheck.Range.FINITE;
    }

    private static TensorInfo stepInfo(Map.Entry<String, INDArray> parameter) {
        return new TensorInfo(STEP + parameter.getKey(), TensorType.I64, List.of());
    }

    private static TensorInfo stateInfo(String state, Map.Entry<String, INDArray> parameter) {
        return info(STATE + state + ":" + parameter.getKey(), parameter.getValue());
    }

    private static TensorInfo info(String name, INDArray array) {
        TensorType type = WholeBuffers.are(array)
                ? TensorType.I64
                : array.dataType() == DataType.FLOAT ? TensorType.F32 : TensorType.F64;
        return new TensorInfo(name, type, Arrays.stream(array.shape()).boxed().toList());
    }
}
