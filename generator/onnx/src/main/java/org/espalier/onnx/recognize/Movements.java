package org.espalier.onnx.recognize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.step.Ref;
import org.espalier.onnx.step.Setting;
import org.espalier.onnx.step.Step;
import org.espalier.onnx.step.StepArgument;
import org.espalier.onnx.step.StepOperand;
import org.jspecify.annotations.Nullable;

/** Movements of elements that are made twice where once does. */
final class Movements {
    private Movements() {}

    /** The order in which a step puts the axes, the batch among them; null if it does something else. */
    static @Nullable List<Integer> order(Step step) {
        if (step.style() != Step.Style.METHOD || (!step.is("transpose") && !step.is("permute"))) {
            return null;
        }
        List<Integer> given = new ArrayList<>();
        for (StepArgument argument : step.arguments()) {
            given.add(Integer.parseInt(((Setting.Text) argument.setting()).text()));
        }
        if (step.is("permute")) {
            return given;
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < step.result().rank(); i++) {
            order.add(i == given.get(0) ? given.get(1) : i == given.get(1) ? given.get(0) : Integer.valueOf(i));
        }
        return order;
    }

    /** A step that puts axes in an order, or null if they are in it. */
    static @Nullable Step ordered(StepOperand of, List<Integer> order, List<Ref> results, Step like) {
        List<Integer> moved = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            if (order.get(i) != i) {
                moved.add(i);
            }
        }
        if (moved.isEmpty()) {
            return null;
        }
        boolean exchange = moved.size() == 2;
        List<StepArgument> arguments = (exchange ? moved : order)
                .stream()
                        .map(axis -> StepArgument.positional("dim", Setting.of(String.valueOf(axis))))
                        .toList();
        return new Step(
                Step.Style.METHOD,
                exchange ? "transpose" : "permute",
                List.of(of),
                arguments,
                Map.of(),
                results,
                like.modules());
    }

    /** Two permutations, one after the other. */
    static boolean permutations(StepSearch steps, Step last) {
        List<Integer> second = order(last);
        Step before = second == null ? null : steps.maker(last.operands().get(0));
        List<Integer> first = before == null ? null : order(before);
        if (second == null || first == null || before == null) {
            return false;
        }
        List<Integer> both = second.stream().map(first::get).toList();
        Step made = ordered(before.operands().get(0), both, last.results(), last);
        if (made == null) {
            return steps.forward(last, before.operands().get(0));
        }
        steps.replace(last, List.of(made), List.of());
        return true;
    }

    /** A shape that another one replaces: elements stay in their order. */
    static boolean shapes(StepSearch steps, Step last) {
        if (!isShape(last) || !(last.operands().get(0) instanceof Ref between)) {
            return false;
        }
        Step before = steps.maker(between);
        if (before == null || !isShape(before) || !(before.operands().get(0) instanceof Ref of)) {
            return false;
        }
        if (of.sizes().equals(last.result().sizes())) {
            return steps.forward(last, of);
        }
        if (!last.is("reshape") || steps.only(between, before.word()) == null) {
            return false;
        }
        steps.replace(last, List.of(last.reading(List.of(of))), List.of(before));
        return true;
    }

    private static boolean isShape(Step step) {
        return step.is("reshape") || step.is("flatten") || step.is("Flatten");
    }

    /** A part of one element whose axis a reshape then drops: {@code x[:, 0]}. */
    static boolean index(StepSearch steps, Step last) {
        Step part = isShape(last) ? steps.only(last.operands().get(0), "[]") : null;
        if (part == null || part.operands().size() != 1 || !(last.operands().get(0) instanceof Ref ref)) {
            return false;
        }
        int axis = part.arguments().size() - 1;
        Setting setting = part.arguments().get(axis).setting();
        if (!(setting instanceof Setting.Span span) || axis < 1 || ref.sizes().get(axis - 1) != 1) {
            return false;
        }
        List<Long> sizes = new ArrayList<>(ref.sizes());
        sizes.remove(axis - 1);
        if (!sizes.equals(last.result().sizes())) {
            return false;
        }
        long start = span.start() instanceof Setting.Size size ? size.number() : 0;
        List<StepArgument> places = new ArrayList<>(part.arguments().subList(0, axis));
        places.add(StepArgument.positional("place", Setting.of(String.valueOf(start))));
        Step made =
                new Step(Step.Style.SUBSCRIPT, "[]", part.operands(), places, Map.of(), last.results(), last.modules());
        steps.replace(last, List.of(made), List.of(part));
        return true;
    }

    /** The end of an axis before its beginning. */
    static boolean roll(StepSearch steps, Step last) {
        if ((!last.is("concat") && !last.is("cat")) || last.operands().size() != 2) {
            return false;
        }
        Step end = steps.only(last.operands().get(0), "[]");
        Step start = steps.only(last.operands().get(1), "[]");
        if (end == null
                || start == null
                || !end.operands().equals(start.operands())
                || end.operands().size() != 1) {
            return false;
        }
        int axis = end.arguments().size() - 1;
        boolean joined = axis == (last.is("concat") ? 1 : StepSearch.axes(last).get(0));
        if (!joined
                || start.arguments().size() != axis + 1
                || !(end.arguments().get(axis).setting() instanceof Setting.Span behind)
                || !(start.arguments().get(axis).setting() instanceof Setting.Span front)
                || !(behind.start() instanceof Setting.Size cut)
                || !cut.equals(front.stop())
                || !(behind.stop() instanceof Setting.Text)
                || !(front.start() instanceof Setting.Text)
                || behind.step() != 1
                || front.step() != 1) {
            return false;
        }
        long size = last.result().sizes().get(axis - 1);
        long shift = cut.number() > size / 2 ? size - cut.number() : -cut.number();
        StepOperand of = end.operands().get(0);
        List<Step> parts = List.of(end, start);
        Step before = steps.only(of, "roll");
        List<Setting> shifts = new ArrayList<>();
        List<Integer> axes = new ArrayList<>();
        if (before != null) {
            of = before.operands().get(0);
            axes.addAll(StepSearch.axes(before.argument("dims")));
            Setting given = before.argument("shifts");
            shifts.addAll(given instanceof Setting.Tuple tuple ? tuple.elements() : List.of(given));
        }
        shifts.add(Setting.of(shift));
        axes.add(axis);
        List<StepArgument> arguments = List.of(
                StepArgument.named("shifts", shifts.size() == 1 ? shifts.get(0) : new Setting.Tuple(shifts)),
                StepArgument.named("dims", Setting.axes(axes)));
        Step made =
                new Step(Step.Style.FUNCTION, "roll", List.of(of), arguments, Map.of(), last.results(), last.modules());
        steps.replace(last, List.of(made), parts);
        return true;
    }

    /** A reduction that keeps axes, which are then dropped. */
    static boolean kept(StepSearch steps, Step last) {
        Step mean = isShape(last) ? steps.only(last.operands().get(0), "mean") : null;
        if (mean == null || !(mean.operands().get(0) instanceof Ref x)) {
            return false;
        }
        List<Integer> axes = StepSearch.axes(mean.argument("dim"));
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < x.sizes().size(); i++) {
            if (!axes.contains(i + 1)) {
                sizes.add(x.sizes().get(i));
            }
        }
        if (!sizes.equals(last.result().sizes()) || !mean.argument("keepdim").equals(Setting.of(true))) {
            return false;
        }
        Step made = new Step(
                Step.Style.FUNCTION,
                "mean",
                mean.operands(),
                List.of(mean.arguments().get(0)),
                Map.of(),
                last.results(),
                last.modules());
        steps.replace(last, List.of(made), List.of(mean));
        return true;
    }
}
