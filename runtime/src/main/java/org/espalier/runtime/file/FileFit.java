package org.espalier.runtime.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.weights.Excerpt;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.jspecify.annotations.Nullable;

/** Compares the tensors that a file has with those that a network needs. */
final class FileFit {
    private static final int LISTED = 8;

    /** Name of the count of batches beside the running mean of PyTorch's BatchNorm, for averages without a momentum. */
    static final String BATCHES = "num_batches_tracked";

    private static final String MEAN = "running_mean";

    private final TensorFile file;
    private final Map<String, TensorInfo> expected;

    private FileFit(TensorFile file, Map<String, TensorInfo> expected) {
        this.file = file;
        this.expected = expected;
    }

    /**
     * Requires exactly the tensors of a network. Those beside them are passed over, and so is PyTorch's count of the
     * batches that a running mean has seen.
     *
     * @param network its name
     * @param expected its tensors by name
     * @param beside how names begin that are no weights'
     * @throws WeightsFileException with the differences, if there are any
     */
    static void require(TensorFile file, String network, Map<String, TensorInfo> expected, List<String> beside) {
        new FileFit(file, expected).require(network, beside);
    }

    private void require(String network, List<String> beside) {
        List<String> problems = new ArrayList<>();
        expected.values().forEach(tensor -> problem(tensor).ifPresent(problems::add));
        List<TensorInfo> unexpected = file.tensors().stream()
                .filter(tensor -> !expected.containsKey(tensor.name()))
                .filter(tensor -> beside.stream().noneMatch(tensor.name()::startsWith) && !isCountOfBatches(tensor))
                .toList();
        if (problems.isEmpty() && unexpected.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder("does not fit ").append(network);
        String writer = file.metadata().get("network");
        if (writer != null) {
            text.append("; it was written by ").append(Excerpt.of(writer));
        }
        // Names are compared for those that are shown only: there may be very many.
        Stream.concat(problems.stream(), unexpected.stream().map(this::unexpected))
                .limit(LISTED)
                .forEach(problem -> text.append("\n  ").append(problem));
        int all = problems.size() + unexpected.size();
        if (all > LISTED) {
            text.append("\n  and ").append(all - LISTED).append(" more");
        }
        throw new WeightsFileException(file.path(), text.toString());
    }

    private Optional<String> problem(TensorInfo tensor) {
        TensorInfo found = file.tensor(tensor.name());
        if (found == null) {
            return Optional.of("missing " + tensor);
        }
        return found.equals(tensor) || isCountOfBatches(found)
                ? Optional.empty()
                : Optional.of("expected " + tensor + ", found " + found.shape() + " " + found.type());
    }

    /** Tells a whole number that PyTorch's BatchNorm counts. */
    static boolean isCount(@Nullable TensorInfo tensor) {
        return tensor != null
                && tensor.name().endsWith(BATCHES)
                && tensor.type() == TensorType.I64
                && tensor.shape().isEmpty();
    }

    private boolean isCountOfBatches(TensorInfo tensor) {
        return isCount(tensor)
                && expected.containsKey(tensor.name().substring(0, tensor.name().length() - BATCHES.length()) + MEAN);
    }

    private String unexpected(TensorInfo tensor) {
        return "unexpected " + tensor + closest(tensor.name());
    }

    /** Names a missing tensor that an unexpected one may be meant for. */
    private String closest(String name) {
        return expected.keySet().stream()
                .filter(candidate -> file.tensor(candidate) == null)
                .filter(candidate -> Math.abs(candidate.length() - name.length()) <= farthest(name))
                .filter(candidate -> distance(candidate, name) <= farthest(name))
                .min(Comparator.comparingInt(candidate -> distance(candidate, name)))
                .map(candidate -> " (for " + candidate + "?)")
                .orElse("");
    }

    private static int farthest(String name) {
        return Math.max(2, name.length() / 4);
    }

    /** Computes the Levenshtein distance: the number of letters that must be put in, taken out or changed. */
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
}
