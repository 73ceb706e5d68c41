package org.espalier.generator.ir;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.layer.Library;
import org.espalier.generator.layer.api.LayerDefinition.Example;
import org.espalier.generator.source.SourceFile;

/**
 * The examples of the library's layers on tensors of any shape, for random networks. The compiler says what fits, so a
 * new layer takes part by its examples.
 */
public final class LibraryLayers {
    /** Every example of a layer that takes one tensor of floating-point numbers. */
    public static final List<Example> EXAMPLES = Library.LAYERS.stream()
            .flatMap(layer -> layer.examples().stream())
            .filter(example -> !example.input().contains("&") && example.input().startsWith("["))
            .toList();

    /** Those that begin with a tensor of so many axes, by their number. */
    private static final Map<Integer, List<Example>> BY_RANK = Map.of(2, ofRank(2), 4, ofRank(4));

    private static final Map<String, Optional<Graph>> ALONE = new ConcurrentHashMap<>();

    private LibraryLayers() {}

    private static List<Example> ofRank(int rank) {
        return EXAMPLES.stream()
                .filter(example -> sizes(example).size() == rank - 1)
                .toList();
    }

    /** An example for a tensor: one that fits it as it is, or one of as many axes, which it has to be brought to. */
    public static Example choose(int number, Shape x) {
        Example any = EXAMPLES.get(number % EXAMPLES.size());
        List<Example> others = BY_RANK.getOrDefault(x.rank(), List.of());
        return fits(any, x) || sizes(any).size() == x.rank() - 1 ? any : others.get(number % others.size());
    }

    /**
     * Tells whether a layer needs numbers above 0: near a sum of 0 the root of a pool of powers bends more than
     * differences see.
     */
    public static boolean isOfPositive(Example example) {
        return example.layer().startsWith("LPPool");
    }

    /** Tells whether a layer takes a tensor, and gives one of as many axes. */
    public static boolean fits(Example example, Shape x) {
        return result(example, x).filter(shape -> shape.rank() == x.rank()).isPresent();
    }

    /** Returns the shape that a layer makes of a tensor; empty if it does not take it. */
    public static Optional<Shape> result(Example example, Shape x) {
        return alone(example, x).map(graph -> graph.outputs().get(0).shape());
    }

    /** The sizes after the batch of an example's input. */
    public static List<Integer> sizes(Example example) {
        return Stream.of(example.input().replaceAll("\\[batch,|[\\] ]", "").split(",", -1))
                .map(Integer::valueOf)
                .toList();
    }

    /** A network of nothing but the layer, from x to y; empty if the compiler refuses it. */
    static Optional<Graph> alone(Example example, Shape x) {
        String text = "network Alone {\n    input x: float" + x + "\n    output y = " + example.layer() + "(x)\n}\n";
        return ALONE.computeIfAbsent(text, LibraryLayers::compiled);
    }

    private static Optional<Graph> compiled(String text) {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("alone.net", text)));
        return compilation.programs().stream().map(Program::graph).findFirst();
    }
}
