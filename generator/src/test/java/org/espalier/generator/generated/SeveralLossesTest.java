package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.IrPrinter;
import org.espalier.generator.ir.text.IrReader;
import org.espalier.generator.layer.Library;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.kernel.loss.Losses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Networks with several losses: their sum is differentiated, and each is reported by its name. */
class SeveralLossesTest {
    private static final String DECLARATIONS = """
            loss Charbonnier(eps = 1e-3) = (y, t) -> sqrt((y - t) ** 2 + eps ** 2)
            loss Divergence = (mean, logvar) -> (mean ** 2 + exp(logvar) - logvar - 1) / 2
            loss Weighed = (y, weight, t) -> exp(weight) * (y - t) ** 2
            block Distance() {
                input a
                input b
                output d = sum((Linear(3, 2)(a) - Linear(3, 2)(b)) ** 2, dim=1)
            }
            """;

    private static final String TWO_HEADS = """
            input x: float[batch, 4]
            target label: int[batch]
            target near: float[batch, 3]
            h = sequential(Linear(4, 6), Tanh())(x)
            output y = Linear(6, 3)(h)
            output z = Linear(6, 5)(h)
            loss 100 * L1Loss()(y, near) + CrossEntropyLoss()(z, label) / 2
            optimizer SGD(lr=0.1)
            """;

    private static Compilation compilation(String statements) {
        String text = DECLARATIONS + "network Several {\n" + statements + "precision float64\n}\n";
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("several.net", text)));
        assertThat(compilation.programs())
                .as(String.valueOf(compilation.diagnostics()))
                .hasSize(1);
        return compilation;
    }

    private static CompiledNetwork network(Compilation compilation) {
        GeneratedCode code = GeneratedCode.compile(List.of(compilation.sources().get(0)));
        return new CompiledNetwork(
                compilation.programs().get(0), code.load(compilation.sources().get(0)), 3, 42);
    }

    @ParameterizedTest
    @ValueSource(strings = {TWO_HEADS, """
            input x: float[batch, 4] with gradient
            output y = Linear(4, 3)(x)
            loss MSELoss() + 0.3 * Charbonnier(eps=0.1) + 2 * HuberLoss(reduction='sum')
            """, """
            input x: float[batch, 4]
            target t
            h = Linear(4, 3)(x)
            output y = Linear(3, 4)(Tanh()(h))
            loss 0.1 * (MSELoss()(y, x) + MSELoss()(h, t)) + L1Loss()(y, x)
            """, """
            input x: float[batch, 4] with gradient
            input like: float[batch, 3]
            mean = Linear(4, 3)(x)
            logvar = Linear(4, 3)(x)
            output y = mean + exp(logvar / 2)
            loss Divergence(reduction='sum')(mean, logvar) + Weighed()(y, logvar, like) + L1Loss()(y, like)
            """, """
            input x: float[batch, 4]
            target t
            output y = Linear(4, 3)(x)
            loss Weighed()(y, y, t) + BCEWithLogitsLoss()(y, t)
            """, """
            input x: float[batch, 4]
            target t: float[batch, 5, 2]
            h = Tanh()(Linear(4, 3)(x))
            output y = Linear(3, 4)(h)
            loss 2 * MSELoss()(y, x) + LinearCrossEntropyLoss(3, 5, out_features=[2], bias=true, label_smoothing=0.1)(h, t)
            """, """
            input x: float[batch, 4] with gradient
            target t
            output y = Linear(4, 3)(x)
            z = Linear(4, 3)(x)
            variance = exp(Linear(4, 1)(x))
            loss MarginRankingLoss(margin=0.5, reduction='sum')(y, z, t) + GaussianNLLLoss(full=true)(y, t, variance)
            """, """
            input x: float[batch, 4]
            input like: float[batch, 4]
            input unlike: float[batch, 4] with gradient
            embed = Linear(4, 3)
            output y = embed(x)
            near = embed(like)
            far = embed(unlike)
            loss TripletMarginLoss(margin=2, swap=true)(y, near, far)
               + TripletMarginWithDistanceLoss(distance_function=Distance(), reduction='sum')(y, near, far)
            """})
    void gradientsAreThoseOfTheSum(String statements) {
        Compilation compilation = compilation(statements);

        try (CompiledNetwork network = network(compilation)) {
            CompiledGradients.check(compilation.programs().get(0), network);
        }
    }

    private static final String ALIGNED = """
            input x: float[batch, 5, 4] with gradient
            target letters: int[batch, 3]
            target steps: int[batch]
            target count: int[batch]
            output y = log_softmax(Linear(4, 4)(x), dim=2)
            loss 2 * CTCLoss(%s)(y, letters, steps, count)
            """;

    /** Of three samples: one as long as can be, one without a target, one too short for its two equal labels. */
    @ParameterizedTest
    @ValueSource(strings = {"zero_infinity=true", "1, zero_infinity=true, reduction='sum'"})
    void gradientsOfAnAlignmentAreThoseOfTheLoss(String settings) {
        Compilation compilation = compilation(ALIGNED.formatted(settings));

        try (CompiledNetwork network = network(compilation)) {
            network.target(0).assign(Nd4j.createFromArray(new int[][] {{2, 2, 3}, {1, 0, 2}, {2, 2, 1}}));
            network.target(1).assign(Nd4j.createFromArray(5, 4, 2));
            network.target(2).assign(Nd4j.createFromArray(3, 0, 2));
            CompiledGradients.check(compilation.programs().get(0), network);
        }
    }

    /** Every way to read the target from the steps, one after the other. */
    @Test
    void alignmentAddsUpAllWaysToReadTheTarget() {
        INDArray probabilities = Nd4j.createFromArray(new double[][][] {
            {{0.2, 0.5, 0.3}, {0.1, 0.7, 0.2}, {0.6, 0.3, 0.1}, {0.25, 0.25, 0.5}},
        });
        double sum = 0;
        for (int way = 0; way < 81; way++) {
            List<Integer> read = new ArrayList<>();
            double probability = 1;
            int before = 0;
            for (int step = 0, rest = way; step < 4; step++, rest /= 3) {
                int label = rest % 3;
                probability *= probabilities.getDouble(0, step, label);
                if (label != 0 && label != before) {
                    read.add(label);
                }
                before = label;
            }
            sum += read.equals(List.of(1, 2)) ? probability : 0;
        }

        double loss = Losses.ctcLoss(
                Transforms.log(probabilities),
                Nd4j.createFromArray(new int[][] {{1, 2, 99}}),
                Nd4j.createFromArray(new int[] {4}),
                Nd4j.createFromArray(new int[] {2}),
                0,
                false,
                3,
                Nd4j.create(DataType.DOUBLE, 1, 4, 3));

        assertThat(loss).isCloseTo(-Math.log(sum) / 2 * 3, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({
        "1 5 2, 4, 2, target 1 of sample 0 is 5.0",
        "1 0 2, 4, 2, target 1 of sample 0 is 0.0",
        "1 2 2, 5, 2, the sequence length of sample 0 is 5.0",
        "1 2 2, 4, 4, the target length of sample 0 is 4.0",
    })
    void alignmentRefusesWhatThereIsNoRoomFor(String labels, int steps, int count, String message) {
        int[] row = Stream.of(labels.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
        INDArray x = Nd4j.zeros(DataType.DOUBLE, 1, 4, 3);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Losses.ctcLoss(
                        x,
                        Nd4j.createFromArray(new int[][] {row}),
                        Nd4j.createFromArray(new int[] {steps}),
                        Nd4j.createFromArray(new int[] {count}),
                        0,
                        false,
                        1,
                        x.dup()))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = TWO_HEADS)
    void whatIsPrintedIsReadBack(String statements) {
        Program program = compilation(statements).programs().get(0);
        String text = IrPrinter.print(program);

        Program read = IrReader.program(text, Library.READERS);

        assertThat(IrPrinter.print(read)).isEqualTo(text);
        assertThat(read.graph().targets()).extracting(Value::name).containsExactly("label", "near");
    }

    @Test
    void targetsAreArgumentsInTheOrderInWhichTheyAreDeclared() {
        String source = compilation(TWO_HEADS).sources().get(0).text();

        assertThat(source).contains("StepReport trainStep(INDArray x, INDArray label, INDArray near) {");
        assertThat(source).contains("double loss(INDArray label, INDArray near) {");
    }

    @Test
    void lossesOfOneWordAreToldApartByWhatTheyJudge() {
        String source = compilation("""
                input x: float[batch, 4]
                target t
                output y = Linear(4, 3)(x)
                output z = Linear(4, 3)(x)
                loss L1Loss()(y, t) + L1Loss()(z, t) + 2 * L1Loss(reduction='sum')(z, t) + MSELoss()(z, t)
                """).sources().get(0).text();

        assertThat(source)
                .contains("losses.add(\"L1Loss:y\", 1.0,")
                .contains("losses.add(\"L1Loss:z\", 1.0,")
                .contains("losses.add(\"L1Loss:z:2\", 2.0,")
                .contains("losses.add(\"MSELoss\", 1.0,");
    }

    /** Two steps without an update between them, so that the losses of both are reported. */
    @Test
    void aReportHasEachLossWithItsWeight() {
        try (CompiledNetwork network = network(compilation(TWO_HEADS))) {
            double first = network.forward();
            network.backward();
            network.input(0).muli(0.5);
            double second = network.forward();
            network.backward();

            StepReport report = network.network().update();

            assertThat(report.losses()).extracting(LossEntry::name).containsExactly("L1Loss", "CrossEntropyLoss");
            assertThat(report.losses()).extracting(LossEntry::weight).containsExactly(100.0, 0.5);
            assertThat(report.dataLoss()).isEqualTo(first + second);
            assertThat(report.losses().stream().mapToDouble(LossEntry::value).sum())
                    .isCloseTo(first + second, within(1e-12 * first));
        }
    }

    @Test
    void eachLossIsWhatItIsAlone() {
        String alone =
                TWO_HEADS.replace(" + CrossEntropyLoss()(z, label) / 2", "").replace("target label: int[batch]\n", "");
        try (CompiledNetwork both = network(compilation(TWO_HEADS));
                CompiledNetwork one = network(compilation(alone))) {
            one.network()
                    .parameters()
                    .forEach(parameter -> parameter
                            .value()
                            .assign(both.network()
                                    .parameters()
                                    .get(parameter.name())
                                    .value()));
            one.input(0).assign(both.input(0));
            one.target().assign(both.target(1));
            double loss = one.forward();
            both.forward();
            both.backward();

            LossEntry entry = both.network().update().losses().get(0);

            assertThat(entry.value()).isEqualTo(loss);
        }
    }

    /** The gradient by such a variance is that by one of eps, as PyTorch clamps without recording it. */
    @Test
    void aVarianceBelowEpsCountsAsEps() {
        Compilation compilation = compilation("""
                input x: float[batch, 2] with gradient
                input v: float[batch, 1] with gradient
                target t
                output y = 1 * x
                loss GaussianNLLLoss(full=true, eps=0.1, reduction='sum')(y, t, 1 * v)
                """);
        try (CompiledNetwork network = network(compilation)) {
            List<Value> inputs = compilation.programs().get(0).graph().inputs();
            network.input(0).assign(1);
            network.input(1).assign(0.02);
            network.target().assign(0.5);

            assertThat(network.forward())
                    .isCloseTo(6 * (0.5 * (Math.log(0.1) + 0.25 / 0.1) + 0.5 * Math.log(2 * Math.PI)), within(1e-12));
            network.backward();
            assertThat(network.inputGradient(inputs.get(0)).minNumber().doubleValue())
                    .isCloseTo(0.5 / 0.1, within(1e-12));
            assertThat(network.inputGradient(inputs.get(1)).maxNumber().doubleValue())
                    .isCloseTo(2 * 0.5 * (1 / 0.1 - 0.25 / 0.01), within(1e-12));
        }
    }

    /** A tensor by which no gradient is needed may be what another is compared with. */
    @Test
    void aLossComparesWithATensorThatIsDetached() {
        try (CompiledNetwork network = network(compilation("""
                input x: float[batch, 4]
                output y = Linear(4, 3)(x)
                output z = Linear(4, 3)(x)
                loss MSELoss()(y, detach(z))
                optimizer SGD(lr=0.1)
                """))) {
            network.forward();
            network.backward();

            assertThat(network.network()
                            .parameters()
                            .get("z.weight")
                            .gradient()
                            .amaxNumber()
                            .doubleValue())
                    .isZero();
            assertThat(network.network()
                            .parameters()
                            .get("y.weight")
                            .gradient()
                            .amaxNumber()
                            .doubleValue())
                    .isPositive();
        }
    }

    /** Tensors within the network that losses judge have no gradient then. */
    @Test
    void gradientsThatAreGivenStandInPlaceOfAllLosses() {
        String judged = """
                input x: float[batch, 4]
                target t
                h = Linear(4, 3)(x)
                output y = Linear(3, 4)(Tanh()(h))
                loss MSELoss()(y, x) + MSELoss()(h, t)
                """;
        String free = judged.replaceAll("(target|loss) .*\n", "");
        try (CompiledNetwork some = network(compilation(judged));
                CompiledNetwork none = network(compilation(free))) {
            none.network()
                    .parameters()
                    .forEach(parameter -> parameter
                            .value()
                            .assign(some.network()
                                    .parameters()
                                    .get(parameter.name())
                                    .value()));
            none.input(0).assign(some.input(0));
            INDArray dY = some.output().add(0.3);
            some.forward();
            some.backward(dY);
            none.forward();
            none.backward(dY);

            some.network()
                    .parameters()
                    .forEach(parameter -> assertThat(parameter.gradient())
                            .isEqualTo(none.network()
                                    .parameters()
                                    .get(parameter.name())
                                    .gradient()));
        }
    }
}
