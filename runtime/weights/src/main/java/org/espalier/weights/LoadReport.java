package org.espalier.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the tensors that a file has with those that a network needs.
 *
 * @param fitting those of the network that the file has in their shape
 * @param missing those of the network that the file has not
 * @param misshapen those that the file has in another shape, or in numbers that cannot become the network's
 * @param unexpected those of the file that the network has not, by the file's names
 */
public record LoadReport(
        List<Match> fitting, List<TensorInfo> missing, List<Match> misshapen, List<TensorInfo> unexpected) {
    private static final int LISTED = 8;

    /** Name of the count of batches beside the running mean of PyTorch's BatchNorm, for averages without a momentum. */
    private static final String BATCHES = "num_batches_tracked";

    private static final String MEAN = "running_mean";

    /** Copies the lists. */
    public LoadReport {
        fitting = List.copyOf(fitting);
        missing = List.copyOf(missing);
        misshapen = List.copyOf(misshapen);
        unexpected = List.copyOf(unexpected);
    }

    /**
     * A tensor of a network and that of a file for it.
     *
     * @param expected the network's
     * @param found the file's
     */
    public record Match(TensorInfo expected, TensorInfo found) {}

    /**
     * Compares them. PyTorch's count of the batches that a running mean has seen is passed over.
     *
     * @param expected the network's tensors
     * @param beside how names of the file begin that are no weights'
     * @param names what the file's names are called in the network
     * @throws WeightsFileException if two tensors of the file have one name in the network
     */
    public static LoadReport of(
            TensorSource file, Collection<TensorInfo> expected, List<String> beside, NameMapping names) {
        Map<String, TensorInfo> found = new LinkedHashMap<>();
        for (TensorInfo tensor : file.tensors()) {
            if (beside.stream().noneMatch(tensor.name()::startsWith)) {
                String name = names.apply(tensor.name());
                TensorInfo other = found.putIfAbsent(name, tensor);
                if (other != null) {
                    throw new WeightsFileException(
                            file.path(),
                            "both " + other + " and " + tensor + " are called " + Excerpt.of(name)
                                    + " in the network; the mapping must give them different names");
                }
            }
        }
        List<Match> fitting = new ArrayList<>();
        List<TensorInfo> missing = new ArrayList<>();
        List<Match> misshapen = new ArrayList<>();
        Set<String> known = new LinkedHashSet<>();
        for (TensorInfo tensor : expected) {
            known.add(tensor.name());
            TensorInfo candidate = found.get(tensor.name());
            if (candidate == null) {
                missing.add(tensor);
            } else if (fits(tensor, candidate)
                    || (isCount(candidate) && tensor.name().endsWith(BATCHES))) {
                fitting.add(new Match(tensor, candidate));
            } else {
                misshapen.add(new Match(tensor, candidate));
            }
        }
        List<TensorInfo> unexpected = new ArrayList<>();
        found.forEach((name, tensor) -> {
            boolean counts = isCount(tensor)
                    && name.endsWith(BATCHES)
                    && known.contains(name.substring(0, name.length() - BATCHES.length()) + MEAN);
            if (!known.contains(name) && !counts) {
                unexpected.add(tensor);
            }
        });
        return new LoadReport(fitting, missing, misshapen, unexpected);
    }

    private static boolean fits(TensorInfo expected, TensorInfo found) {
        return expected.shape().equals(found.shape())
                && (found.type().isWhole() || !expected.type().isWhole());
    }

    /** Tells whether a tensor is a whole number that PyTorch's BatchNorm counts. */
    public static boolean isCount(@Nullable TensorInfo tensor) {
        return tensor != null
                && tensor.name().endsWith(BATCHES)
                && tensor.type() == TensorType.I64
                && tensor.shape().isEmpty();
    }

    /** Tells whether a file has exactly the network's tensors. */
    public boolean isExact() {
        return missing.isEmpty() && misshapen.isEmpty() && unexpected.isEmpty();
    }

    /** Says what does not fit, a line each, at most eight of them. */
    public List<String> differences() {
        List<String> lines = new ArrayList<>();
        // Names are compared for those that are shown only: there may be very many.
        Stream.of(
                        misshapen.stream().map(LoadReport::expected),
                        missing.stream().map(tensor -> "missing " + tensor),
                        unexpected.stream().map(this::unexpected))
                .flatMap(all -> all)
                .limit(LISTED)
                .forEach(lines::add);
        int all = missing.size() + misshapen.size() + unexpected.size();
        if (all > LISTED) {
            lines.add("and " + (all - LISTED) + " more");
        }
        return lines;
    }

    private static String expected(Match match) {
        boolean renamed = !match.expected().name().equals(match.found().name());
        return "expected " + match.expected() + ", found "
                + (renamed ? Excerpt.of(match.found().name()) + " " : "")
                + Excerpt.of(match.found().shape().toString()) + " "
                + match.found().type();
    }

    private String unexpected(TensorInfo tensor) {
        return "unexpected " + tensor + closest(tensor.name());
    }

    /** Names a missing tensor that an unexpected one may be meant for. */
    private String closest(String name) {
        return missing.stream()
                .map(TensorInfo::name)
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
