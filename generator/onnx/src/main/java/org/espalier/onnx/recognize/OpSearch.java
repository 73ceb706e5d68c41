package org.espalier.onnx.recognize;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.Node.ModuleName;
import org.jspecify.annotations.Nullable;

/** The operations of a network while they are rewritten: who makes and who reads what. */
final class OpSearch {
    private final List<ImportedOp> operations;
    private final Set<Ref> outputs;
    private final Map<Ref, ImportedOp> makers = new HashMap<>();
    private final Map<Ref, Integer> uses = new HashMap<>();

    OpSearch(List<ImportedOp> operations, Collection<Ref> outputs) {
        this.operations = new ArrayList<>(operations);
        this.outputs = new HashSet<>(outputs);
        index();
    }

    private void index() {
        makers.clear();
        uses.clear();
        for (ImportedOp op : operations) {
            op.results().forEach(result -> makers.put(result, op));
            for (OpOperand operand : op.operands()) {
                if (operand instanceof Ref ref) {
                    uses.merge(ref, 1, Integer::sum);
                }
            }
        }
        outputs.forEach(output -> uses.merge(output, 1, Integer::sum));
    }

    List<ImportedOp> all() {
        return List.copyOf(operations);
    }

    boolean has(ImportedOp op) {
        return op.equals(makers.get(op.result()));
    }

    /** The operation that makes an operand, or null. */
    @Nullable
    ImportedOp maker(OpOperand operand) {
        return operand instanceof Ref ref ? makers.get(ref) : null;
    }

    /** The operation that makes an operand, if it is this one and nobody else reads it; or null. */
    @Nullable
    ImportedOp only(OpOperand operand, String word) {
        ImportedOp maker = maker(operand);
        return maker != null && maker.is(word) && uses.getOrDefault(maker.result(), 0) == 1 ? maker : null;
    }

    /** The operation that makes an operand, if it is this one; or null. */
    @Nullable
    ImportedOp any(OpOperand operand, String word) {
        ImportedOp maker = maker(operand);
        return maker != null && maker.is(word) ? maker : null;
    }

    /**
     * Puts operations in the place of one; the last of them makes its result. What nobody reads any more goes.
     *
     * @param parts the other operations that are now in the new ones; their modules count
     */
    void replace(ImportedOp old, List<ImportedOp> made, List<ImportedOp> parts) {
        List<ModuleName> modules = new ArrayList<>(old.modules());
        for (ImportedOp part : parts) {
            int same = 0;
            while (same < modules.size()
                    && same < part.modules().size()
                    && modules.get(same).equals(part.modules().get(same))) {
                same++;
            }
            modules.subList(same, modules.size()).clear();
        }
        int place = operations.indexOf(old);
        operations.remove(place);
        for (int i = 0; i < made.size(); i++) {
            ImportedOp op = made.get(i);
            operations.add(
                    place + i,
                    new ImportedOp(
                            op.style(),
                            op.word(),
                            op.operands(),
                            op.arguments(),
                            op.weights(),
                            i == made.size() - 1 ? old.results() : op.results(),
                            modules));
        }
        removeUnread();
    }

    /** Has those that read the result of an operation read something else; false if an output needs it. */
    boolean forward(ImportedOp op, OpOperand to) {
        if (outputs.contains(op.result())) {
            return false;
        }
        operations.replaceAll(reader -> reader.operands().contains(op.result())
                ? reader.reading(reader.operands().stream()
                        .map(operand -> operand == op.result() ? to : operand)
                        .toList())
                : reader);
        removeUnread();
        return true;
    }

    /** Drops operations whose results nobody reads. */
    void removeUnread() {
        index();
        boolean changed = true;
        while (changed) {
            changed = operations.removeIf(op -> op.results().stream().noneMatch(uses::containsKey));
            index();
        }
    }

    // Parts of patterns

    static @Nullable Double number(OpOperand operand) {
        return operand instanceof OpOperand.Literal literal ? literal.number() : null;
    }

    static boolean is(OpOperand operand, double number) {
        Double found = number(operand);
        return found != null && Math.abs(found - number) <= 1e-4 * Math.max(1, Math.abs(number));
    }

    /** The other operand of a sum or product with a number; null if there is no such number. */
    static @Nullable OpOperand besides(ImportedOp op, double number) {
        if (op.operands().size() != 2) {
            return null;
        }
        if (is(op.operands().get(1), number)) {
            return op.operands().get(0);
        }
        return is(op.operands().get(0), number) && !op.is("-") && !op.is("/") && !op.is("**")
                ? op.operands().get(1)
                : null;
    }

    static ImportedOp layer(
            String word, List<OpArgument> arguments, Map<String, Constant> weights, OpOperand of, ImportedOp like) {
        return new ImportedOp(
                ImportedOp.Style.LAYER, word, List.of(of), arguments, weights, like.results(), like.modules());
    }

    /** The axes that a reduction goes along: {@code 2}, {@code (1, 2)}. */
    static List<Integer> axes(ImportedOp op) {
        return axes(op.argument("dim"));
    }

    static List<Integer> axes(Setting dim) {
        List<Integer> axes = new ArrayList<>();
        if (dim instanceof Setting.Tuple tuple) {
            for (Setting element : tuple.elements()) {
                axes.add(axis(element));
            }
        } else {
            axes.add(axis(dim));
        }
        return axes;
    }

    private static int axis(Setting setting) {
        return setting instanceof Setting.Text text && !text.text().isEmpty() ? Integer.parseInt(text.text()) : 0;
    }
}
