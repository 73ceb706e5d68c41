package org.espalier.generator.report.diagram;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.data.Offset;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Pages;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.report.diagram.Diagram.Arrow;
import org.espalier.generator.report.diagram.Diagram.Box;
import org.espalier.generator.report.diagram.Diagram.Family;
import org.espalier.generator.report.diagram.Placed.Spot;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class DiagramTest {
    private static final Diagram UNET = DiagramBuilder.draw(golden("net/unet", "UnetGenerator"), Set.of());
    private static final Diagram RESNET = DiagramBuilder.draw(golden("net/resnet18", "ResNet18"), Set.of());

    @Test
    void layersThatFollowEachOtherShareABox() {
        assertThat(UNET.boxes().get(2).lines()).containsExactly("LeakyReLU", "Conv2d 4×4 / 2", "BatchNorm2d");
        assertThat(UNET.boxes().get(2).family()).isEqualTo(Family.WEIGHTED);
        assertThat(UNET.boxes().get(2).regularizers()).containsExactly("elastic");
        assertThat(UNET.boxes().get(2).details())
                .contains(
                        "unet.submodule.downconv = Conv2d(64, 128, kernel_size=4, stride=2, padding=1, bias=false)"
                                + "  (unet.net:30)",
                        "unet.submodule.downconv.weight [128, 64, 4, 4]");
        assertThat(UNET.caption()).isEqualTo("54,413,955 parameters, loss L1Loss");
    }

    @Test
    void anArrowSaysTheShapeOfWhatGoesAlongIt() {
        assertThat(UNET.arrows()).contains(new Arrow(0, 1, "3×256×256"), new Arrow(1, 2, "64×128×128"));
    }

    @Test
    void aUnetIsAUWithItsSkipsStraightAcross() {
        Placed placed = UShapedLayout.place(UNET).orElseThrow();
        int last = 0;
        int skips = 0;
        for (int i = 0; i < UNET.arrows().size(); i++) {
            Arrow arrow = UNET.arrows().get(i);
            List<Spot> route = placed.routes().get(i);
            if (UNET.boxes().get(arrow.to()).family() == Family.JUNCTION && arrow.to() != arrow.from() + 1) {
                skips++;
                assertThat(route).as(arrow.toString()).hasSize(2);
                assertThat(route.get(0).y()).isEqualTo(route.get(1).y());
                assertThat(route.get(0).x()).isLessThan(route.get(1).x());
            }
            last = Math.max(last, arrow.to());
        }
        assertThat(skips).isEqualTo(7);
        double top = placed.centres().get(1).y();
        assertThat(placed.centres()).allSatisfy(spot -> assertThat(spot.x()).isPositive());
        assertThat(placed.centres().get(8).y()).as("the innermost level").isGreaterThan(top + 400);
        assertThat(placed.centres().get(last - 1).y()).as("the outermost level").isCloseTo(top, within(60));
    }

    private static Offset<Double> within(double difference) {
        return Offset.offset(difference);
    }

    @Test
    void aResnetIsAColumnWithItsShortcutsBesideIt() {
        assertThat(UShapedLayout.place(RESNET)).isEmpty();
        Placed placed = LayeredLayout.place(RESNET);
        List<Integer> sums = new ArrayList<>();
        for (int i = 0; i < RESNET.boxes().size(); i++) {
            if (RESNET.boxes().get(i).lines().equals(List.of("+"))) {
                sums.add(i);
            }
        }
        assertThat(sums).hasSize(8);
        int shortcuts = 0;
        for (int i = 0; i < RESNET.arrows().size(); i++) {
            List<Spot> route = placed.routes().get(i);
            if (sums.contains(RESNET.arrows().get(i).to()) && route.size() == 4) {
                shortcuts++;
                assertThat(route.get(1).x())
                        .isLessThan(route.get(0).x())
                        .isLessThan(route.get(3).x());
            }
        }
        assertThat(shortcuts).as("blocks without a projection").isEqualTo(5);
        assertThat(placed.frames()).extracting(Placed.Around::path).contains("layer1.0", "layer4.1");
    }

    @Test
    void blocksCanBeClosedByDepthAndByName() {
        Graph resnet = golden("net/resnet18", "ResNet18");
        assertThat(DiagramBuilder.draw(resnet, 0, Set.of()).boxes())
                .filteredOn(box -> box.family() == Family.BLOCK)
                .hasSize(8)
                .allSatisfy(box -> assertThat(box.lines()).containsExactly("BasicBlock"));
        assertThat(DiagramBuilder.draw(resnet, 9, Set.of("Projection")).boxes())
                .filteredOn(box -> box.family() == Family.BLOCK)
                .extracting(Box::path)
                .containsExactly("layer2.0.downsample", "layer3.0.downsample", "layer4.0.downsample");
    }

    @Test
    void aBlockThatLayersFromOutsideLieWithinIsOpenAtAnyDepth() {
        Graph graph = graph("""
                block Level(inner: layer) {
                    down = Linear(4, 4)
                    up = Linear(4, 4)
                    return [down, inner, up]
                }
                network Sandwich {
                    input x: float[batch, 4]
                    middle = Linear(4, 4)
                    level = Level(middle)
                    output y = level(x)
                }
                """, "Sandwich");
        Diagram diagram = DiagramBuilder.draw(graph, 0, Set.of());
        assertThat(diagram.boxes()).extracting(Box::path).containsExactly("x", "level.down", "middle", "level.up", "y");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "net/unet",
                "net/resnet18",
                "net/digits",
                "known/googlenet",
                "known/attention_unet",
                "known/nanogpt",
                "known/wavenet",
                "known/shufflenet_v2",
                "known/mobilenet_v3_small"
            })
    void noBoxLiesOnAnother(String name) throws Exception {
        for (Graph graph : graphs(Path.of("src", "golden", name + ".net")).toList()) {
            for (int depth : new int[] {0, 1, 9}) {
                Diagram diagram = DiagramBuilder.draw(graph, depth, Set.of());
                Placed placed = UShapedLayout.place(diagram).orElseGet(() -> LayeredLayout.place(diagram));
                assertApart(placed);
                assertConnected(placed);
                assertThat(xml(SvgDiagram.of(diagram)).getElementsByTagName("g").getLength())
                        .isEqualTo(diagram.boxes().size() + 1);
            }
        }
    }

    private static void assertApart(Placed placed) {
        for (int a = 0; a < placed.centres().size(); a++) {
            for (int b = 0; b < a; b++) {
                BoxSize first = BoxSize.of(placed.diagram().boxes().get(a));
                BoxSize second = BoxSize.of(placed.diagram().boxes().get(b));
                double dx = Math.abs(
                        placed.centres().get(a).x() - placed.centres().get(b).x());
                double dy = Math.abs(
                        placed.centres().get(a).y() - placed.centres().get(b).y());
                assertThat(dx >= (first.width() + second.width()) / 2 || dy >= (first.height() + second.height()) / 2)
                        .as(
                                "%s and %s",
                                placed.diagram().boxes().get(a),
                                placed.diagram().boxes().get(b))
                        .isTrue();
            }
        }
    }

    private static void assertConnected(Placed placed) {
        for (int i = 0; i < placed.routes().size(); i++) {
            Arrow arrow = placed.diagram().arrows().get(i);
            List<Spot> route = placed.routes().get(i);
            assertThat(arrow.from()).isLessThan(arrow.to());
            assertOnEdge(placed, arrow.from(), route.get(0));
            assertOnEdge(placed, arrow.to(), route.get(route.size() - 1));
            assertThat(route).allSatisfy(spot -> {
                assertThat(spot.x()).isBetween(0.0, placed.width());
                assertThat(spot.y()).isBetween(0.0, placed.height());
            });
        }
    }

    private static void assertOnEdge(Placed placed, int box, Spot spot) {
        BoxSize size = BoxSize.of(placed.diagram().boxes().get(box));
        double dx = Math.abs(spot.x() - placed.centres().get(box).x()) - size.width() / 2;
        double dy = Math.abs(spot.y() - placed.centres().get(box).y()) - size.height() / 2;
        assertThat(Math.max(dx, dy)).as("%s of %s", spot, box).isBetween(-1.5, 0.01);
    }

    @Test
    void textOfStrangersStaysText() throws Exception {
        List<String> texts = List.of("\"];}</title><script>\n--> &", "end\\", "click n0 \"x\"");
        Diagram diagram = new Diagram(
                "<b>\"",
                "]]>",
                List.of(new Box("p", Family.PLAIN, texts, texts, texts, "a\"]", List.of(1))),
                List.of());

        Document svg = xml(SvgDiagram.of(diagram));
        assertThat(svg.getElementsByTagName("script").getLength()).isZero();
        assertThat(svg.getElementsByTagName("text").item(0).getTextContent()).isEqualTo("<b>\"");

        assertThat(DotDiagram.of(diagram))
                .contains("\"\\\"];}</title><script>\\n--> &\\nend\\\\\\nclick n0 \\\"x\\\"")
                .contains("subgraph \"cluster a\\\"]\"");

        String mermaid = MermaidDiagram.of(diagram);
        assertThat(mermaid.lines().filter(line -> line.contains("script")))
                .allSatisfy(line -> assertThat(line)
                        .contains("#34;#93;#59;#125;#60;/title#62;")
                        .doesNotContain("<script"));
        assertThat(mermaid).contains("click n0 #34;x#34;");
    }

    @ParameterizedTest
    @EnumSource(DiagramFormat.class)
    void everyFormatHasEveryBoxAndArrow(DiagramFormat format) {
        String text = format.write(RESNET);
        assertThat(text).contains(DiagramFormat.MARK).contains("layer4.1").contains("64×112×112");
        assertThat(text.split("Conv2d 3×3", -1).length - 1)
                .as("3×3 convolutions")
                .isEqualTo(16);
        assertThat(DiagramFormat.ofFile("a.b" + format.suffix().toUpperCase(Locale.ROOT)))
                .contains(format);
        assertThat(DiagramFormat.ofFile("a.png")).isEmpty();
    }

    @Test
    void thePicturesOfTheDocumentationAreTrue() {
        Pages.check("unet.svg", SvgDiagram.of(UNET));
        Pages.check("resnet18.svg", SvgDiagram.of(RESNET));
    }

    private static Document xml(String text) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    }

    private static Graph golden(String name, String network) {
        return graphs(Path.of("src", "golden", name + ".net"))
                .filter(graph -> graph.name().equals(network))
                .findFirst()
                .orElseThrow();
    }

    private static Graph graph(String text, String network) {
        return graphs(new SourceFile("test.net", text))
                .filter(graph -> graph.name().equals(network))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<Graph> graphs(Path file) {
        try {
            return graphs(new SourceFile(String.valueOf(file.getFileName()), Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Graph> graphs(SourceFile file) {
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(file));
        assertThat(compilation.diagnostics()).noneMatch(finding -> finding.isError());
        return compilation.programs().stream().map(program -> program.graph());
    }
}
