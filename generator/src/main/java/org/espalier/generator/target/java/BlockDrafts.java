package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.target.java.block.Instance;
import org.espalier.generator.target.java.block.InstanceNames;
import org.espalier.generator.target.java.block.Instances;
import org.espalier.generator.target.java.block.Line;
import org.espalier.generator.target.java.block.Run;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Quotations;
import org.espalier.generator.target.java.text.Text;

/** The methods forward and backward of each instance of a block, as if it were the only one of its class. */
final class BlockDrafts {
    private final Program program;
    private final Names names;
    private final Instances instances;
    private final InstanceNames instanceNames;
    private final Operands operands;
    private final Map<Key, Body> bodies = new LinkedHashMap<>();
    private final Map<Key, Run> runs = new LinkedHashMap<>();

    /** The inputs of blocks that some instance reads in a method of a name, by their places. */
    private final Map<SourceSpan, Map<String, Set<Integer>>> readInputs = new HashMap<>();

    private final SortedMap<String, Set<ClassName>> kernels = new TreeMap<>();

    /** A run as lines, of which those that call other runs are written last, with the values that it is given. */
    private static final class Body {
        private final List<Object> lines = new ArrayList<>();
        private final Map<Value, String> given = new LinkedHashMap<>();
    }

    /** A method of an instance. */
    private record Key(Instance instance, String method) {
        private static Key of(Run run) {
            return new Key(run.instance(), run.method());
        }
    }

    /** The call of another run. */
    private record CallLine(Run run, List<Text> above) {}

    BlockDrafts(
            Program program,
            Names names,
            Instances instances,
            InstanceNames instanceNames,
            Operands operands,
            List<Run> passes) {
        this.program = program;
        this.names = names;
        this.instances = instances;
        this.instanceNames = instanceNames;
        this.operands = operands;
        passes.stream().flatMap(pass -> pass.calledRuns().stream()).forEach(run -> {
            runs.put(Key.of(run), run);
            bodies.put(Key.of(run), draft(run));
        });
        boolean more = !runs.isEmpty();
        while (more) {
            more = runs.values().stream().map(this::give).toList().contains(true);
        }
    }

    /** The kernels that are called, and whose methods they are. */
    SortedMap<String, Set<ClassName>> kernels() {
        return kernels;
    }

    /** The methods of some instances, those of the forward pass first. */
    List<String> methods(List<Instance> of) {
        return runs.values().stream()
                .filter(run -> of.contains(run.instance()))
                .map(Run::method)
                .distinct()
                .sorted(Comparator.comparing(method -> method.startsWith("backward")))
                .toList();
    }

    /** The run of an instance that becomes a method, if it has that method. */
    Optional<Run> run(Instance instance, String method) {
        return Optional.ofNullable(runs.get(new Key(instance, method)));
    }

    /** The values that a run is given, by the names of the method's parameters. */
    Map<String, Value> given(Run run) {
        Map<String, Value> given = new LinkedHashMap<>();
        body(run).given.forEach((value, name) -> given.put(name, value));
        return given;
    }

    /** The names of a method's parameters, for all instances of a block: its inputs, then the others. */
    List<String> parameters(SourceSpan block, String method) {
        Set<String> inputs = new TreeSet<>();
        Set<String> others = new LinkedHashSet<>();
        for (Instance instance : instances.all()) {
            Body body = bodies.get(new Key(instance, method));
            if (body != null && instance.block().span().equals(block)) {
                List<Value> known = instanceNames.inputs(instance);
                body.given.forEach((value, name) -> (known.contains(value) ? inputs : others).add(name));
            }
        }
        return Stream.concat(inputs.stream(), others.stream()).toList();
    }

    /** {@code layer1_1.forward(maxpool1);}. */
    Text call(Run run, Instance caller) {
        Map<String, Value> given = given(run);
        List<Text> arguments = parameters(run.instance().block().span(), run.method()).stream()
                .map(name -> Text.of(given.containsKey(name) ? argument(given.get(name), caller) : "null"))
                .toList();
        return Text.of(run.instance().field() + "." + run.method() + "(", Text.join(", ", arguments), ");");
    }

    private String argument(Value value, Instance caller) {
        if (caller.isNetwork()) {
            String name = instanceNames.reference(value, caller, names::operand);
            return value.kind() == Value.Kind.INPUT ? "this." + name : name;
        }
        return instanceNames.reference(value, caller, outer -> instanceNames.given(outer, caller));
    }

    /** The lines of a run. */
    List<Line> lines(Run run) {
        return body(run).lines.stream()
                .map(line -> line instanceof CallLine call
                        ? new Line("", call(call.run(), run.instance()), call.above(), Text.EMPTY)
                        : (Line) line)
                .toList();
    }

    private Body body(Run run) {
        Body body = bodies.get(Key.of(run));
        if (body == null) {
            throw new IllegalArgumentException(run.method() + " of " + run.instance() + " is no run of these passes");
        }
        return body;
    }

    private Body draft(Run run) {
        Instance instance = run.instance();
        Body body = new Body();
        Map<Value, String> asked = new LinkedHashMap<>();
        CallEmitter emitter = new CallEmitter(
                operands.in(value -> instanceNames.reference(value, instance, outer -> {
                    String name = instanceNames.given(outer, instance);
                    asked.put(outer, name);
                    return name;
                })),
                names);
        List<Text> above = new ArrayList<>();
        List<Op> layer = new ArrayList<>();
        for (Run.Item item : run.items()) {
            boolean other = item instanceof Run.Operation operation
                    && !layer.isEmpty()
                    && !instances
                            .origin(operation.op())
                            .layer()
                            .equals(instances.origin(layer.get(0)).layer());
            if (item instanceof Run.Call || other) {
                add(layer, instance, emitter, asked, above, body);
                layer.clear();
            }
            if (item instanceof Run.Operation operation) {
                layer.add(operation.op());
            } else if (item instanceof Run.Call call) {
                body.lines.add(new CallLine(call.run(), List.copyOf(above)));
                above.clear();
            }
        }
        add(layer, instance, emitter, asked, above, body);
        if (!above.isEmpty()) {
            body.lines.add(new Line("", Text.EMPTY, above, Text.EMPTY));
        }
        return body;
    }

    /** Adds the lines of operations that follow each other in one layer. */
    private void add(
            List<Op> layer,
            Instance instance,
            CallEmitter emitter,
            Map<Value, String> asked,
            List<Text> above,
            Body body) {
        List<Emission> emissions = new ArrayList<>();
        for (Op op : layer) {
            asked.clear();
            Emission emission = emitter.emit(op);
            if (emission instanceof Emission.Call call) {
                body.given.putAll(asked);
                imports(call);
            }
            // A remark about a gradient that the method may not be given would speak of an unknown name.
            boolean known = asked.keySet().stream().noneMatch(value -> value.kind() == Value.Kind.GRADIENT);
            if (emission instanceof Emission.Call || known) {
                emissions.add(emission);
            }
        }
        if (emissions.stream().anyMatch(Emission.Call.class::isInstance)) {
            Origin origin = instances.origin(layer.get(0));
            Set<String> written = new HashSet<>();
            Stream.concat(Stream.of(origin), PassEmitter.others(layer, origin.layer()).stream())
                    .map(each -> quotation(each, instance))
                    .filter(quotation -> written.add(quotation.toString())) // One statement may make many layers.
                    .forEach(above::add);
        }
        for (Emission emission : emissions) {
            if (emission instanceof Emission.Call call) {
                String name = instance.relative(instances.origin(layer.get(0)).layer());
                body.lines.add(new Line(name, call.statement(), above, call.beside()));
                above.clear();
            } else {
                above.add(((Emission.Nothing) emission).remark());
            }
        }
    }

    /** The only object of a class quotes a layer's own values, others what all of them have in common. */
    private Text quotation(Origin origin, Instance instance) {
        return instance.isAlone()
                ? Text.of(JavaText.inComment(Quotations.call(program.graph(), origin)))
                : Quotations.ofEach(program.graph(), origin);
    }

    private void imports(Emission.Call call) {
        kernels.computeIfAbsent(call.kernel(), kernel -> new LinkedHashSet<>()).add(call.owner());
        call.steps().forEach(this::imports);
    }

    /** Gives a run what those that it calls are given from outside, and what other instances of its block read. */
    private boolean give(Run run) {
        Instance instance = run.instance();
        Body body = body(run);
        int before = body.given.size();
        for (Run.Item item : run.items()) {
            if (item instanceof Run.Call call) {
                body(call.run())
                        .given
                        .keySet()
                        .forEach(value -> instanceNames.reference(value, instance, outer -> {
                            body.given.putIfAbsent(outer, instanceNames.given(outer, instance));
                            return "";
                        }));
            }
        }
        List<Value> inputs = instanceNames.inputs(instance);
        Set<Integer> read = readInputs
                .computeIfAbsent(instance.block().span(), key -> new HashMap<>())
                .computeIfAbsent(run.method(), key -> new HashSet<>());
        boolean more = IntStream.range(0, inputs.size())
                .filter(i -> body.given.containsKey(inputs.get(i)))
                .mapToObj(read::add)
                .toList()
                .contains(true);
        for (int i : read) {
            if (i < inputs.size() && isStored(inputs.get(i))) {
                body.given.putIfAbsent(inputs.get(i), instanceNames.given(inputs.get(i), instance));
            }
        }
        return more || body.given.size() > before;
    }

    private boolean isStored(Value value) {
        return value.kind() == Value.Kind.INPUT || program.memory().placements().containsKey(value);
    }
}
