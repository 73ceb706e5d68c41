package org.espalier.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Guesses which tensor of a file is which of a network where their names differ, by shapes and order: modules that hold
 * tensors of the same last names and shapes belong together, from the outermost to the innermost, and of several alike
 * the first to the first. It is a proposal to be looked at: two layers of one shape can be confused.
 *
 * @param names the network's by the file's
 * @param rest tensors of the file that are left over
 * @param missing tensors of the network that are left over
 */
public record MappingProposal(Map<String, String> names, List<TensorInfo> rest, List<TensorInfo> missing) {
    /** Parts of a name that are told apart; what comes behind is one part. */
    private static final int DEEPEST = 64;

    /** Copies, keeping the order. */
    public MappingProposal {
        names = new LinkedHashMap<>(names);
        rest = List.copyOf(rest);
        missing = List.copyOf(missing);
    }

    /**
     * Makes a proposal.
     *
     * @param file the file's tensors, in its order
     * @param network the network's, in the order of its layers
     */
    public static MappingProposal of(Collection<TensorInfo> file, Collection<TensorInfo> network) {
        List<TensorInfo> theirs =
                file.stream().filter(tensor -> !LoadReport.isCount(tensor)).toList();
        Map<String, TensorInfo> byName =
                network.stream().collect(Collectors.toMap(TensorInfo::name, tensor -> tensor, (one, other) -> one));
        Map<String, String> names = new LinkedHashMap<>();
        for (TensorInfo tensor : theirs) {
            TensorInfo same = byName.get(tensor.name());
            if (same != null && same.shape().equals(tensor.shape())) {
                names.put(tensor.name(), tensor.name());
            }
        }
        Set<String> taken = new HashSet<>(names.values());
        List<TensorInfo> others = new ArrayList<>(theirs.stream()
                .filter(tensor -> !names.containsKey(tensor.name()))
                .toList());
        if (isSorted(theirs)) {
            others.sort((one, other) -> natural(one.name(), other.name()));
        }
        List<TensorInfo> ours = network.stream()
                .filter(tensor -> !taken.contains(tensor.name()))
                .toList();
        match(Node.of(others).children, Node.of(ours).children, names);
        Set<String> found = new HashSet<>(names.values());
        return new MappingProposal(
                names,
                theirs.stream()
                        .filter(tensor -> !names.containsKey(tensor.name()))
                        .toList(),
                network.stream()
                        .filter(tensor -> !found.contains(tensor.name()))
                        .toList());
    }

    /** The mapping, without names that are the same. */
    public NameMapping mapping() {
        Map<String, String> changed = new LinkedHashMap<>(names);
        changed.entrySet().removeIf(entry -> entry.getKey().equals(entry.getValue()));
        return NameMapping.of(changed);
    }

    /** Tells whether all of the network's tensors were found, and nothing was left over. */
    public boolean isComplete() {
        return rest.isEmpty() && missing.isEmpty();
    }

    /** PyTorch's files are sorted by width and name, so that their order says nothing of layers. */
    private static boolean isSorted(List<TensorInfo> tensors) {
        List<TensorInfo> sorted = new ArrayList<>(tensors);
        sorted.sort(Comparator.<TensorInfo>comparingInt(tensor -> -tensor.type().bytes())
                .thenComparing(TensorInfo::name));
        return sorted.equals(tensors);
    }

    /** Compares as texts, but runs of digits as numbers: {@code 2} comes before {@code 10}. */
    private static int natural(String one, String other) {
        List<String> a = runs(one);
        List<String> b = runs(other);
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            boolean numbers = Character.isDigit(a.get(i).charAt(0))
                    && Character.isDigit(b.get(i).charAt(0));
            int order = numbers && a.get(i).length() != b.get(i).length()
                    ? Integer.compare(a.get(i).length(), b.get(i).length())
                    : a.get(i).compareTo(b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private static List<String> runs(String name) {
        return Arrays.stream(name.split("(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)", -1))
                .filter(run -> !run.isEmpty())
                .toList();
    }

    /** A module with the tensors in it, or a tensor. */
    private static final class Node {
        private final List<Node> children = new ArrayList<>();
        private final Map<String, Node> byName = new HashMap<>();
        private Optional<TensorInfo> tensor = Optional.empty();
        private long signature;
        private int tensors;

        static Node of(List<TensorInfo> tensors) {
            Node root = new Node();
            for (TensorInfo tensor : tensors) {
                String[] parts = tensor.name().split("\\.", DEEPEST);
                String last = parts[parts.length - 1];
                long leaf = mixed((last + tensor.shape()).hashCode());
                Node at = root;
                for (String part : parts) {
                    Node parent = at;
                    at = parent.byName.computeIfAbsent(part, name -> {
                        Node child = new Node();
                        parent.children.add(child);
                        return child;
                    });
                    at.signature += leaf;
                    at.tensors++;
                }
                // A name that goes on behind another is a tensor and a module.
                Node own = new Node();
                own.tensor = Optional.of(tensor);
                own.signature = leaf;
                own.tensors = 1;
                at.children.add(own);
            }
            return root;
        }

        private static long mixed(int hash) {
            long bits = hash * 0x9E3779B97F4A7C15L;
            return (bits ^ (bits >>> 29)) * 0xBF58476D1CE4E5B9L;
        }
    }

    private static void match(List<Node> file, List<Node> network, Map<String, String> names) {
        List<Node> theirs = file;
        List<Node> ours = network;
        while (!theirs.isEmpty() && !ours.isEmpty()) {
            Map<Long, List<Node>> groups = bySignature(theirs);
            Map<Long, List<Node>> own = bySignature(ours);
            Set<Node> done = new HashSet<>();
            groups.forEach((signature, group) -> {
                List<Node> same = own.getOrDefault(signature, List.of());
                if (group.size() == same.size()) {
                    for (int i = 0; i < group.size(); i++) {
                        pair(group.get(i), same.get(i), names);
                    }
                    done.addAll(group);
                    done.addAll(same);
                }
            });
            List<Node> left =
                    theirs.stream().filter(node -> !done.contains(node)).toList();
            List<Node> leftOurs =
                    ours.stream().filter(node -> !done.contains(node)).toList();
            int largest = Math.max(largest(left), largest(leftOurs));
            if (largest == 0) {
                return;
            }
            theirs = opened(left, largest);
            ours = opened(leftOurs, largest);
        }
    }

    private static void pair(Node theirs, Node ours, Map<String, String> names) {
        if (theirs.tensor.isPresent() && ours.tensor.isPresent()) {
            names.put(theirs.tensor.get().name(), ours.tensor.get().name());
        } else {
            match(contents(theirs), contents(ours), names);
        }
    }

    private static List<Node> contents(Node node) {
        return node.tensor.isPresent() ? List.of(node) : node.children;
    }

    private static Map<Long, List<Node>> bySignature(List<Node> nodes) {
        return nodes.stream()
                .collect(Collectors.groupingBy(node -> node.signature, LinkedHashMap::new, Collectors.toList()));
    }

    /** The number of tensors of the largest module, or 0 if there are only tensors. */
    private static int largest(List<Node> nodes) {
        return nodes.stream()
                .filter(node -> node.tensor.isEmpty())
                .mapToInt(node -> node.tensors)
                .max()
                .orElse(0);
    }

    /** The nodes with what is in modules of a size in their place. */
    private static List<Node> opened(List<Node> nodes, int size) {
        return nodes.stream()
                .flatMap(node ->
                        node.tensor.isEmpty() && node.tensors == size ? node.children.stream() : List.of(node).stream())
                .toList();
    }
}
