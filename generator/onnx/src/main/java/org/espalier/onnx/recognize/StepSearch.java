package org.espalier.onnx.recognize;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.Node.ModuleName;
import org.espalier.onnx.step.Ref;
import org.espalier.onnx.step.Setting;
import org.espalier.onnx.step.Step;
import org.espalier.onnx.step.StepArgument;
import org.espalier.onnx.step.StepOperand;
import org.jspecify.annotations.Nullable;

/** The steps of a network while they are rewritten: who makes and who reads what. */
final class StepSearch {
    private final List<Step> steps;
    private final Set<Ref> outputs;
    private final Map<Ref, Step> makers = new HashMap<>();
    private final Map<Ref, Integer> uses = new HashMap<>();

    StepSearch(List<Step> steps, Collection<Ref> outputs) {
        this.steps = new ArrayList<>(steps);
        this.outputs = new HashSet<>(outputs);
        index();
    }

    private void index() {
        makers.clear();
        uses.clear();
        for (Step step : steps) {
            step.results().forEach(result -> makers.put(result, step));
            for (StepOperand operand : step.operands()) {
                if (operand instanceof Ref ref) {
                    uses.merge(ref, 1, Integer::sum);
                }
            }
        }
        outputs.forEach(output -> uses.merge(output, 1, Integer::sum));
    }

    List<Step> all() {
        return List.copyOf(steps);
    }

    boolean has(Step step) {
        return step.equals(makers.get(step.result()));
    }

    /** The step that makes an operand, or null. */
    @Nullable
    Step maker(StepOperand operand) {
        return operand instanceof Ref ref ? makers.get(ref) : null;
    }

    /** The step that makes an operand, if it is this one and nobody else reads it; or null. */
    @Nullable
    Step only(StepOperand operand, String word) {
        Step maker = maker(operand);
        return maker != null && maker.is(word) && uses.getOrDefault(maker.result(), 0) == 1 ? maker : null;
    }

    /** The step that makes an operand, if it is this one; or null. */
    @Nullable
    Step any(StepOperand operand, String word) {
        Step maker = maker(operand);
        return maker != null && maker.is(word) ? maker : null;
    }

    /**
     * Puts steps in the place of a step; the last of them makes its result. What nobody reads any more goes.
     *
     * @param parts the other steps that are now in the new ones; their modules count
     */
    void replace(Step old, List<Step> made, List<Step> parts) {
        List<ModuleName> modules = new ArrayList<>(old.modules());
        for (Step part : parts) {
            int same = 0;
            while (same < modules.size()
                    && same < part.modules().size()
                    && modules.get(same).equals(part.modules().get(same))) {
                same++;
            }
            modules.subList(same, modules.size()).clear();
        }
        int place = steps.indexOf(old);
        steps.remove(place);
        for (int i = 0; i < made.size(); i++) {
            Step step = made.get(i);
            steps.add(
                    place + i,
                    new Step(
                            step.style(),
                            step.word(),
                            step.operands(),
                            step.arguments(),
                            step.weights(),
                            i == made.size() - 1 ? old.results() : step.results(),
                            modules));
        }
        removeUnread();
    }

    /** Has those that read the result of a step read something else; false if it is an output, which needs its step. */
    boolean forward(Step step, StepOperand to) {
        if (outputs.contains(step.result())) {
            return false;
        }
        steps.replaceAll(reader -> reader.operands().contains(step.result())
                ? reader.reading(reader.operands().stream()
                        .map(operand -> operand == step.result() ? to : operand)
                        .toList())
                : reader);
        removeUnread();
        return true;
    }

    /** Drops steps whose results nobody reads. */
    void removeUnread() {
        index();
        boolean changed = true;
        while (changed) {
            changed = steps.removeIf(step -> step.results().stream().noneMatch(uses::containsKey));
            index();
        }
    }

    // Parts of patterns

    static @Nullable Double number(StepOperand operand) {
        return operand instanceof StepOperand.Literal literal ? literal.number() : null;
    }

    static boolean is(StepOperand operand, double number) {
        Double found = number(operand);
        return found != null && Math.abs(found - number) <= 1e-4 * Math.max(1, Math.abs(number));
    }

    /** The other operand of a sum or product with a number; null if there is no such number. */
    static @Nullable StepOperand besides(Step step, double number) {
        if (step.operands().size() != 2) {
            return null;
        }
        if (is(step.operands().get(1), number)) {
            return step.operands().get(0);
        }
        return is(step.operands().get(0), number) && !step.is("-") && !step.is("/") && !step.is("**")
                ? step.operands().get(1)
                : null;
    }

    static Step layer(
            String word, List<StepArgument> arguments, Map<String, Constant> weights, StepOperand of, Step like) {
        return new Step(Step.Style.LAYER, word, List.of(of), arguments, weights, like.results(), like.modules());
    }

    /** The axes that a reduction goes along: {@code 2}, {@code (1, 2)}. */
    static List<Integer> axes(Step step) {
        return axes(step.argument("dim"));
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
