package org.espalier.generator.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.ImportResolver;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.generator.syntax.NetSyntax;
import org.junit.jupiter.api.Test;

/** Sketches of networks that are whole, have a mistake, or do not parse. */
class SketchTest {
    private static final String NET = """
            block Stage(inside: int, outside: int) {
                line = Linear(inside, outside)
                return [line, Tanh()]
            }

            network Whole {
                input x: float[batch, 4]
                first = Stage(4, 3)
                last = Linear(3, 2)
                h = first(x)
                output y = last(h)
            }
            """;

    private final Diagnostics diagnostics = new Diagnostics();

    private List<Sketch> sketches(String text, Predicate<String> wanted) {
        FileDecl file = NetSyntax.parse(new SourceFile("test.net", text)).file();
        List<Sketch> sketches = new ArrayList<>();
        Elaborator.elaborate(List.of(file), ImportResolver.NONE, diagnostics, new Elaborator.Observer() {
            @Override
            public boolean wants(FileDecl in, Declaration.NetworkDecl network) {
                return wanted.test(network.name().text());
            }

            @Override
            public void elaborated(FileDecl in, Sketch sketch) {
                sketches.add(sketch);
            }
        });
        return sketches;
    }

    private static List<String> results(Sketch sketch) {
        return sketch.results().entrySet().stream()
                .map(result -> result.getKey().quotation() + " "
                        + result.getValue().stream().map(Value::type).toList())
                .toList();
    }

    @Test
    void hasTheTensorsThatExpressionsMake() {
        Sketch sketch = sketches(NET, name -> true).get(0);

        assertThat(sketch.graph()).isPresent();
        assertThat(sketch.findings()).isEmpty();
        assertThat(sketch.inputs()).extracting(Value::type).containsExactly("[batch, 4]");
        assertThat(sketch.instances()).containsOnlyKeys("first");
        assertThat(results(sketch))
                .contains(
                        "Linear(inside, outside) [[batch, 3]]",
                        "Stage(4, 3) [[batch, 3]]",
                        "first(x) [[batch, 3]]",
                        "last(h) [[batch, 2]]");
    }

    @Test
    void hasThoseBeforeAMistakeAndTheMistake() {
        Sketch sketch = sketches(NET.replace("Linear(3, 2)", "Linear(5, 2)"), name -> true)
                .get(0);

        assertThat(sketch.graph()).isEmpty();
        assertThat(sketch.findings())
                .singleElement()
                .extracting(Diagnostic::isError)
                .isEqualTo(true);
        assertThat(results(sketch)).contains("first(x) [[batch, 3]]").noneMatch(result -> result.startsWith("last(h)"));
        assertThat(diagnostics.toList()).isEmpty();
    }

    @Test
    void leavesOutAStatementThatDoesNotParse() {
        Sketch sketch =
                sketches(NET.replace("last(h)", "last(h))("), name -> true).get(0);

        assertThat(sketch.graph()).isEmpty();
        assertThat(sketch.findings()).isEmpty();
        assertThat(results(sketch)).contains("first(x) [[batch, 3]]");
    }

    @Test
    void isMadeOfNetworksThatAreWantedAlone() {
        assertThat(sketches(NET + NET.substring(NET.indexOf("network")).replace("Whole", "Other"), "Other"::equals))
                .extracting(sketch -> sketch.network().name().text())
                .containsExactly("Other");
    }
}
