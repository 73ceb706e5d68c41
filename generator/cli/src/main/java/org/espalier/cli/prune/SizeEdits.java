package org.espalier.cli.prune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Statement;

/**
 * Writes sizes into a specification, from the innermost blocks outwards. A number is replaced; a name that stands for
 * sizes which stay equal is followed to where it is given its value; and a block whose applications come to differ gets
 * a parameter more.
 */
public final class SizeEdits {
    private final NetTree tree;
    private final TextEdits edits = new TextEdits();
    private final List<SizeDemand> pending = new ArrayList<>();
    private final List<Item> fixed = new ArrayList<>();
    private final Map<Declaration, Set<String>> added = new LinkedHashMap<>();

    /**
     * A place where a size is written.
     *
     * @param expression what is written there; empty where an argument is to be added to a call
     * @param call the call, if it is an argument
     * @param name of the argument
     * @param demands by the calls of the blocks that it stands in
     */
    private record Item(
            Optional<Expression> expression,
            Optional<Expression.Call> call,
            String name,
            Map<List<SourceSpan>, SizeDemand> demands) {
        boolean isChange() {
            return demands.values().stream().anyMatch(SizeDemand::isChange);
        }

        Set<Integer> sizes() {
            return demands.values().stream().map(SizeDemand::now).collect(Collectors.toSet());
        }

        /** The same where what is written there stands for something else now. */
        Item anew() {
            Map<List<SourceSpan>, SizeDemand> changed = new LinkedHashMap<>();
            demands.forEach((chain, demand) -> changed.put(chain, demand.anew()));
            return new Item(expression, call, name, changed);
        }

        boolean agreesWith(Item other) {
            return demands.entrySet().stream().allMatch(demand -> {
                SizeDemand same = other.demands.get(demand.getKey());
                return same != null && same.now() == demand.getValue().now();
            });
        }
    }

    private SizeEdits(NetTree tree) {
        this.tree = tree;
    }

    /**
     * Makes the text of a pruned network. Where the specification cannot say what the plan wants, the plan keeps more.
     *
     * @param file the specification, which the graph was compiled from
     * @throws PruneException if it cannot say sizes even so
     */
    public static String text(Graph graph, PrunePlan plan, SourceFile file) throws PruneException {
        NetTree tree = new NetTree(file);
        List<SizeHole> holes = SizeHole.of(graph, plan.units());
        while (true) {
            plan.decide();
            SizeEdits edits = new SizeEdits(tree);
            try {
                holes.forEach(hole -> edits.pending.add(demand(hole, plan)));
                edits.addInputs(graph, plan);
                edits.resolve();
                return edits.edits.applied(file.text());
            } catch (SizeConflict conflict) {
                if (!conflict.resolve(plan)) {
                    throw new PruneException(file.fileName() + " cannot say smaller sizes: " + conflict.getMessage());
                }
            }
        }
    }

    private static SizeDemand demand(SizeHole hole, PrunePlan plan) {
        Value value = hole.value();
        int size = value.shape().axis(hole.axis());
        return new SizeDemand(
                hole.calls(),
                hole.argument(),
                hole.position(),
                size,
                plan.remaining(value, hole.axis()).size(),
                IntStream.range(0, size)
                        .mapToObj(i -> plan.units().group(value, hole.axis(), i))
                        .toList(),
                value,
                hole.axis());
    }

    /** Sizes in the types of the network's inputs. */
    private void addInputs(Graph graph, PrunePlan plan) {
        for (Declaration declaration : tree.declarations()) {
            if (!(declaration instanceof Declaration.NetworkDecl)
                    || !declaration.name().text().equals(graph.name())) {
                continue;
            }
            for (Statement statement : NetTree.body(declaration)) {
                if (statement instanceof Statement.Input input && input.type().isPresent()) {
                    graph.inputs().stream()
                            .filter(value -> value.name().equals(input.name().text()))
                            .forEach(value -> addInput(value, input.type().get(), plan));
                }
            }
        }
    }

    private void addInput(Value value, Statement.TensorType type, PrunePlan plan) {
        for (int axis = value.shape().firstAxis(); axis < value.shape().rank(); axis++) {
            SizeDemand demand = demand(new SizeHole(List.of(), value.name(), -1, value, axis), plan);
            fixed.add(new Item(
                    Optional.of(type.dimensions().get(axis)),
                    Optional.empty(),
                    value.name(),
                    Map.of(List.of(), demand)));
        }
    }

    private void resolve() throws SizeConflict {
        while (pending.stream().anyMatch(SizeDemand::isChange) || fixed.stream().anyMatch(Item::isChange)) {
            if (pending.isEmpty()) {
                // No layer's size is written in the network itself.
                fixed.forEach(this::write);
                return;
            }
            Declaration next = innermost();
            List<SizeDemand> own = pending.stream()
                    .filter(demand -> owner(demand.calls().get(0)).equals(Optional.of(next)))
                    .toList();
            pending.removeAll(own);
            resolve(next, items(own));
        }
    }

    private Optional<Declaration> owner(SourceSpan call) {
        return tree.owner(call);
    }

    /** A declaration that no other one waits for. */
    private Declaration innermost() throws SizeConflict {
        List<SizeDemand> foreign = pending.stream()
                .filter(demand ->
                        demand.isChange() && owner(demand.calls().get(0)).isEmpty())
                .toList();
        if (!foreign.isEmpty()) {
            String where = foreign.get(0).calls().get(0).file().fileName();
            throw new SizeConflict("their size stands in " + where + ", which is not changed", foreign, false);
        }
        Set<Declaration> waiting = new HashSet<>();
        for (SizeDemand demand : pending) {
            demand.chain().forEach(call -> owner(call).ifPresent(waiting::add));
        }
        pending.removeIf(demand -> owner(demand.calls().get(0)).isEmpty());
        for (SizeDemand demand : pending) {
            Optional<Declaration> owner = owner(demand.calls().get(0));
            if (owner.isPresent() && !waiting.contains(owner.get())) {
                return owner.get();
            }
        }
        throw new SizeConflict(
                "the block that they are in is recursive: one size is written for several layers",
                pending.stream().filter(SizeDemand::isChange).toList(),
                false);
    }

    private List<Item> items(List<SizeDemand> demands) throws SizeConflict {
        Map<String, Item> items = new LinkedHashMap<>();
        for (SizeDemand demand : demands) {
            SourceSpan span = demand.calls().get(0);
            Expression.Call call = tree.call(span).orElseThrow();
            Item item = items.computeIfAbsent(
                    span.start() + " " + span.end() + " " + demand.argument(),
                    key -> new Item(
                            argument(call, demand), Optional.of(call), demand.argument(), new LinkedHashMap<>()));
            SizeDemand before = item.demands().putIfAbsent(demand.chain(), demand);
            if (before != null && before.now() != demand.now()) {
                throw new SizeConflict(
                        "one call (" + span.citation() + ") makes several layers, which have one size",
                        List.of(before, demand),
                        true);
            }
        }
        return new ArrayList<>(items.values());
    }

    private static Optional<Expression> argument(Expression.Call call, SizeDemand demand) {
        int position = 0;
        for (Expression.Argument argument : call.arguments()) {
            boolean named = argument.name().isPresent();
            if (named && argument.name().get().text().equals(demand.argument())) {
                return Optional.of(argument.value());
            }
            if (!named && position++ == demand.position()) {
                return Optional.of(argument.value());
            }
        }
        return Optional.empty();
    }

    private void resolve(Declaration declaration, List<Item> written) {
        List<Item> items = new ArrayList<>(written);
        if (declaration instanceof Declaration.NetworkDecl) {
            items.addAll(fixed);
            fixed.clear();
        }
        Map<String, List<Item>> byName = new LinkedHashMap<>();
        List<Item> others = new ArrayList<>();
        for (Item item : items) {
            if (item.expression().orElse(null) instanceof Expression.Reference reference) {
                byName.computeIfAbsent(reference.name(), name -> new ArrayList<>())
                        .add(item);
            } else {
                others.add(item);
            }
        }
        byName.forEach((name, users) -> {
            if (users.stream().anyMatch(Item::isChange)) {
                changeName(declaration, name, users, others);
            }
        });
        Map<List<List<Integer>>, String> parameters = new LinkedHashMap<>();
        for (Item item : others) {
            if (!item.isChange()) {
                continue;
            }
            if (item.sizes().size() == 1) {
                write(item);
            } else {
                parameterize(declaration, item, parameters);
            }
        }
    }

    /**
     * Changes what a name stands for, if it stands for nothing but sizes. Where these come to differ, it goes on to
     * stand for the last of them, which is mostly what a block hands on, and the others are written anew.
     */
    private void changeName(Declaration declaration, String name, List<Item> users, List<Item> others) {
        Map<SourceSpan, Item> places = new HashMap<>();
        users.forEach(user -> user.expression().ifPresent(expression -> places.put(expression.span(), user)));
        SourceSpan end = places.keySet().stream()
                .max(Comparator.comparingInt(SourceSpan::start))
                .orElseThrow();
        Item last = Objects.requireNonNull(places.get(end));
        List<Item> alike = users.stream()
                .filter(user -> user.equals(last) || (user.agreesWith(last) && last.agreesWith(user)))
                .toList();
        boolean sizesAlone = places.keySet().containsAll(tree.uses(declaration, name));
        boolean followed = sizesAlone && last.isChange() && follow(declaration, name, last, others);
        for (Item user : users) {
            if (followed ? !alike.contains(user) : user.isChange()) {
                others.add(user.anew());
            }
        }
    }

    /** Gives a name another value where it has it from; false if that cannot be found. */
    private boolean follow(Declaration declaration, String name, Item first, List<Item> others) {
        for (int i = 0; i < declaration.formals().size(); i++) {
            Declaration.Formal formal = declaration.formals().get(i);
            if (!formal.name().text().equals(name)) {
                continue;
            }
            if (declaration instanceof Declaration.NetworkDecl) {
                others.add(new Item(formal.defaultValue(), Optional.empty(), name, first.demands()));
                return formal.defaultValue().isPresent();
            }
            for (SizeDemand demand : first.demands().values()) {
                pending.add(demand.outwards(name, i, false));
            }
            return true;
        }
        Optional<Expression> bound = NetTree.binding(declaration, name);
        bound.ifPresent(value -> others.add(new Item(bound, Optional.empty(), name, first.demands())));
        return bound.isPresent();
    }

    /** Writes a size that is the same wherever the block is applied. */
    private void write(Item item) {
        SizeDemand demand = item.demands().values().iterator().next();
        if (!item.isChange()) {
            return;
        }
        if (item.expression().isPresent()) {
            replace(item.expression().get(), demand.before(), demand.now());
        } else {
            item.call().ifPresent(call -> give(call, item.name(), String.valueOf(demand.now())));
        }
    }

    /** Replaces a number in a product, {@code 32 * 7 * 7}, or else all of an expression. */
    private void replace(Expression expression, int before, int now) {
        for (Expression.IntegerLiteral literal : factors(expression)) {
            long factor = Long.parseLong(literal.digits()) * now;
            if (factor % before == 0 && factor > 0) {
                edits.replace(literal.span(), String.valueOf(factor / before));
                return;
            }
        }
        edits.replace(expression.span(), String.valueOf(now));
    }

    private static List<Expression.IntegerLiteral> factors(Expression expression) {
        List<Expression.IntegerLiteral> factors = new ArrayList<>();
        if (expression instanceof Expression.IntegerLiteral literal) {
            factors.add(literal);
        } else if (expression instanceof Expression.Binary product
                && product.operator() == Expression.BinaryOperator.MULTIPLY) {
            factors.addAll(factors(product.left()));
            factors.addAll(factors(product.right()));
        }
        return factors;
    }

    private void give(Expression.Call call, String name, String value) {
        if (call.arguments().isEmpty()) {
            edits.insert(call.span().end() - 1, name + "=" + value);
        } else {
            SourceSpan last = call.arguments().get(call.arguments().size() - 1).span();
            edits.insert(last.end(), ", " + name + "=" + value);
        }
    }

    /** Gives a block a parameter for a size in which its applications differ. */
    private void parameterize(Declaration declaration, Item item, Map<List<List<Integer>>, String> parameters) {
        List<List<Integer>> key =
                item.demands().values().stream().map(SizeDemand::places).toList();
        String known = parameters.get(key);
        String name = known != null ? known : newName(declaration, item);
        if (known == null) {
            parameters.put(key, name);
            declare(declaration, name, item);
            for (SizeDemand demand : item.demands().values()) {
                pending.add(demand.outwards(name, -1, true));
            }
        }
        if (item.expression().isPresent()) {
            edits.replace(item.expression().get().span(), name);
        } else {
            item.call().ifPresent(call -> give(call, item.name(), name));
        }
    }

    private void declare(Declaration declaration, String name, Item item) {
        List<Declaration.Formal> formals = declaration.formals();
        if (formals.isEmpty()) {
            int parenthesis =
                    tree.file().text().indexOf('(', declaration.name().span().end());
            edits.insert(parenthesis + 1, name + ": int");
            return;
        }
        Declaration.Formal last = formals.get(formals.size() - 1);
        int size = item.demands().values().iterator().next().now();
        String fallback = last.defaultValue().isPresent() ? " = " + size : "";
        edits.insert(last.span().end(), ", " + name + ": int" + fallback);
    }

    /** {@code conv1_channels}, after the layer that has them. */
    private String newName(Declaration declaration, Item item) {
        SizeDemand demand = item.demands().values().iterator().next();
        String layer = demand.value().name();
        String last = layer.substring(layer.lastIndexOf('.') + 1);
        String base = (last.matches("[A-Za-z_]\\w*") ? last : "layer" + last.replaceAll("\\W", "")) + "_size";
        Set<String> taken = added.computeIfAbsent(
                declaration, key -> new HashSet<>(tree.names(declaration).toList()));
        String name = base;
        for (int i = 2; !taken.add(name); i++) {
            name = base + i;
        }
        return name;
    }
}
