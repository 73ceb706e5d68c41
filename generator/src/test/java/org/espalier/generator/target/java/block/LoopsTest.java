package org.espalier.generator.target.java.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.generator.target.java.text.Quantity;
import org.junit.jupiter.api.Test;

class LoopsTest {
    private static final String BLOCKS = """
            block Cell(size: int) {
                return [Linear(size, size), Tanh()]
            }

            block Stack(size: int, count: int) {
                return repeat(count, Cell(size))
            }

            """;

    private static String compiled(String layers) {
        GeneratedSource source = NetCompiler.compile(
                        CompilationRequest.of(new SourceFile("stacks.net", BLOCKS + """
                network Stacks {
                    input x: float[batch, 4]
                    cells = %s
                    output y = sequential(cells + [Linear(4, 2)])(x)
                    loss MSELoss()
                    optimizer SGD(lr=0.1)
                }
                """.formatted(layers))))
                .sources()
                .get(0);
        return source.text().replaceAll("(?m)^ +", "");
    }

    @Test
    void objectsInAListAreAnArray() {
        assertThat(compiled("repeat(5, Cell(4))"))
                .contains("private final Cell[] cells = createCells();", """
                Cell[] made = new Cell[5];
                for (int i = 0; i < made.length; i++) {
                made[i] = new Cell("cells." + i""", """
                for (int i = 1; i < cells.length; i++) {
                cells[i].forward(cells[i - 1].tanh1);
                }
                """, """
                for (int i = cells.length - 2; i > 0; i--) {
                cells[i].backward(cells[i - 1].tanh1, cells[i + 1].dX);
                }
                """);
        assertThat(compiled("repeat(3, Cell(4))")).contains("cells2.forward(cells1.tanh1);");
    }

    @Test
    void aLoopRunsInAllObjectsOfABlockHoweverManyTheyHold() {
        String text = compiled("[Stack(4, 5), Stack(4, 3), Stack(4, 1), Cell(4)]");

        assertThat(text.substring(text.indexOf("private final class Stack "))).contains("""
                        layers[0].forward(x);
                        for (int i = 1; i < layers.length; i++) {
                        layers[i].forward(layers[i - 1].tanh1);
                        }
                        }
                        """, """
                        for (int i = layers.length - 2; i > 0; i--) {
                        layers[i].backward(layers[i - 1].tanh1, layers[i + 1].dX);
                        }
                        """);
    }

    @Test
    void argumentsThatGrowWithThePlaceAreComputed() {
        Series sizes = new Series(
                Quantity.Type.SIZE, "size", List.of(List.of("24", "36", "48"), List.of("30"), List.of("8", "20")));

        assertThat(sizes.rule(0, "layers.length")).hasToString("Optional[24 + 12 * i]");
        assertThat(sizes.rule(1, "layers.length")).hasToString("Optional[30 + 12 * i]");
    }
}
