package org.espalier.onnx.recognize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.imported.Setting;
import org.jspecify.annotations.Nullable;

/** Movements of elements that are made twice where once does. */
final class Movements {
    private Movements() {}

    /** The order in which an operation puts the axes, the batch among them; null if it does something else. */
    static @Nullable List<Integer> order(ImportedOp op) {
        if (op.style() != ImportedOp.Style.METHOD || (!op.is("transpose") && !op.is("permute"))) {
            return null;
        }
        List<Integer> given = new ArrayList<>();
        for (OpArgument argument : op.arguments()) {
            given.add(Integer.parseInt(((Setting.Text) argument.setting()).text()));
        }
        if (op.is("permute")) {
            return given;
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < op.result().rank(); i++) {
            order.add(i == given.get(0) ? given.get(1) : i == given.get(1) ? given.get(0) : Integer.valueOf(i));
        }
        return order;
    }

    /** An operation that puts axes in an order, or null if they are in it. */
    static @Nullable ImportedOp ordered(OpOperand of, List<Integer> order, List<Ref> results, ImportedOp like) {
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
        List<OpArgument> arguments = (exchange ? moved : order)
                .stream()
                        .map(axis -> OpArgument.positional("dim", Setting.of(String.valueOf(axis))))
                        .toList();
        return new ImportedOp(
                ImportedOp.Style.METHOD,
                exchange ? "transpose" : "permute",
                List.of(of),
                arguments,
                Map.of(),
                results,
                like.modules());
    }

    /** Two permutations, one after the other. */
    static boolean permutations(OpSearch operations, ImportedOp last) {
        List<Integer> second = order(last);
        ImportedOp before =
                second == null ? null : operations.maker(last.operands().get(0));
        List<Integer> first = before == null ? null : order(before);
        if (second == null || first == null || before == null) {
            return false;
        }
        List<Integer> both = second.stream().map(first::get).toList();
        ImportedOp made = ordered(before.operands().get(0), both, last.results(), last);
        if (made == null) {
            return operations.forward(last, before.operands().get(0));
        }
        operations.replace(last, List.of(made), List.of());
        return true;
    }

    /** A shape that another one replaces: elements stay in their order. */
    static boolean shapes(OpSearch operations, ImportedOp last) {
        if (!isShape(last) || !(last.operands().get(0) instanceof Ref between)) {
            return false;
        }
        ImportedOp before = operations.maker(between);
        if (before == null || !isShape(before) || !(before.operands().get(0) instanceof Ref of)) {
            return false;
        }
        if (of.sizes().equals(last.result().sizes())) {
            return operations.forward(last, of);
        }
        if (!last.is("reshape") || operations.only(between, before.word()) == null) {
            return false;
        }
        operations.replace(last, List.of(last.reading(List.of(of))), List.of(before));
        return true;
    }

    private static boolean isShape(ImportedOp op) {
        return op.is("reshape") || op.is("flatten") || op.is("Flatten");
    }

    /** A part of one element whose axis a reshape then drops: {@code x[:, 0]}. */
    static boolean index(OpSearch operations, ImportedOp last) {
        ImportedOp part = isShape(last) ? operations.only(last.operands().get(0), "[]") : null;
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
        List<OpArgument> places = new ArrayList<>(part.arguments().subList(0, axis));
        places.add(OpArgument.positional("place", Setting.of(String.valueOf(start))));
        ImportedOp made = new ImportedOp(
                ImportedOp.Style.SUBSCRIPT, "[]", part.operands(), places, Map.of(), last.results(), last.modules());
        operations.replace(last, List.of(made), List.of(part));
        return true;
    }

    /** The end of an axis before its beginning. */
    static boolean roll(OpSearch operations, ImportedOp last) {
        if ((!last.is("concat") && !last.is("cat")) || last.operands().size() != 2) {
            return false;
        }
        ImportedOp end = operations.only(last.operands().get(0), "[]");
        ImportedOp start = operations.only(last.operands().get(1), "[]");
        if (end == null
                || start == null
                || !end.operands().equals(start.operands())
                || end.operands().size() != 1) {
            return false;
        }
        int axis = end.arguments().size() - 1;
        boolean joined = axis == (last.is("concat") ? 1 : OpSearch.axes(last).get(0));
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
        OpOperand of = end.operands().get(0);
        List<ImportedOp> parts = List.of(end, start);
        ImportedOp before = operations.only(of, "roll");
        List<Setting> shifts = new ArrayList<>();
        List<Integer> axes = new ArrayList<>();
        if (before != null) {
            of = before.operands().get(0);
            axes.addAll(OpSearch.axes(before.argument("dims")));
            Setting given = before.argument("shifts");
            shifts.addAll(given instanceof Setting.Tuple tuple ? tuple.elements() : List.of(given));
        }
        shifts.add(Setting.of(shift));
        axes.add(axis);
        List<OpArgument> arguments = List.of(
                OpArgument.named("shifts", shifts.size() == 1 ? shifts.get(0) : new Setting.Tuple(shifts)),
                OpArgument.named("dims", Setting.axes(axes)));
        ImportedOp made = new ImportedOp(
                ImportedOp.Style.FUNCTION, "roll", List.of(of), arguments, Map.of(), last.results(), last.modules());
        operations.replace(last, List.of(made), parts);
        return true;
    }

    /** A reduction that keeps axes, which are then dropped. */
    static boolean kept(OpSearch operations, ImportedOp last) {
        ImportedOp mean = isShape(last) ? operations.only(last.operands().get(0), "mean") : null;
        if (mean == null || !(mean.operands().get(0) instanceof Ref x)) {
            return false;
        }
        List<Integer> axes = OpSearch.axes(mean.argument("dim"));
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < x.sizes().size(); i++) {
            if (!axes.contains(i + 1)) {
                sizes.add(x.sizes().get(i));
            }
        }
        if (!sizes.equals(last.result().sizes()) || !mean.argument("keepdim").equals(Setting.of(true))) {
            return false;
        }
        ImportedOp made = new ImportedOp(
                ImportedOp.Style.FUNCTION,
                "mean",
                mean.operands(),
                List.of(mean.arguments().get(0)),
                Map.of(),
                last.results(),
                last.modules());
        operations.replace(last, List.of(made), List.of(mean));
        return true;
    }
}
