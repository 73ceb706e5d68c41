package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.ir.Program;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Magnitudes;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.optim.optimizer.Adagrad;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.RmsProp;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.Decay;
import org.espalier.runtime.optim.regularizer.GroupLasso;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.L2Norm;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.MaxNorm;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Orthogonal;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.Term;
import org.espalier.runtime.optim.update.FusedUpdate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every term under every optimizer, from the {@code .net} to the update: what the generated class does is what the
 * runtime's own objects do, which are themselves held to PyTorch.
 */
class RegularizedTrainingIT {
    private static final int STEPS = 3;

    /** A layer with a regularizer, and what that is in the runtime. */
    private record Case(String layer, String written, Supplier<List<Term>> terms, boolean decays) {
        Case(String layer, String written, Supplier<List<Term>> terms) {
            this(layer, written, terms, false);
        }

        boolean isTransposed() {
            return layer.startsWith("ConvTranspose2d");
        }
    }

    private static final String CONV = "Conv2d(3, 3, 1)";
    private static final String UP = "ConvTranspose2d(3, 3, 1)";

    private static final List<Case> CASES = List.of(
            new Case(CONV, "l1(0.02)", () -> List.of(new L1(0.02))),
            new Case(CONV, "l1(0.02, mode=prox)", () -> List.of(new L1(0.02, Mode.PROX))),
            new Case(CONV, "l2(0.03)", () -> List.of(new L2(0.03)), true),
            new Case(CONV, "elastic_net(0.04, 0.25)", () -> List.of(new L1(0.01), new L2(0.03)), true),
            new Case(
                    CONV,
                    "elastic_net(0.04, ratio=0.25, mode=prox)",
                    () -> List.of(new L1(0.01, Mode.PROX), new L2(0.03)),
                    true),
            new Case(CONV, "l2_norm(0.05)", () -> List.of(new L2Norm(0.05))),
            new Case(CONV, "group_lasso(0.06)", () -> List.of(new GroupLasso(0.06, 0, Mode.SUBGRADIENT))),
            new Case(UP, "group_lasso(0.07)", () -> List.of(new GroupLasso(0.07, 1, Mode.SUBGRADIENT))),
            new Case(UP, "group_lasso(0.06, mode=prox)", () -> List.of(new GroupLasso(0.06, 1, Mode.PROX))),
            new Case(UP, "group_lasso(0.06, 0, prox)", () -> List.of(new GroupLasso(0.06, 0, Mode.PROX))),
            new Case(CONV, "orthogonal(0.01)", () -> List.of(new Orthogonal(0.01, 0))),
            new Case(UP, "orthogonal(0.02)", () -> List.of(new Orthogonal(0.02, 1))),
            new Case(CONV, "decay(0.2)", () -> List.of(new Decay(0.2)), true),
            new Case(CONV, "max_norm(0.3)", () -> List.of(new MaxNorm(0.3, 0))),
            new Case(UP, "max_norm(0.35)", () -> List.of(new MaxNorm(0.35, 1))),
            new Case(
                    UP,
                    "2 * (l1(0.005) + orthogonal(0.005)) + max_norm(0.3) + max_norm(0.4)",
                    () -> List.of(new L1(0.01), new Orthogonal(0.01, 1), new MaxNorm(0.3, 1))));

    /** An optimizer as it is written, and as the runtime makes it. */
    private enum Optimizing {
        SGD("SGD(lr=0.1)", () -> new Sgd(0.1)),
        MOMENTUM("SGD(lr=0.1, momentum=0.9, dampening=0.5)", () -> new Sgd(0.1, 0.9, 0.5, false)),
        NESTEROV("SGD(0.1, momentum=0.9, nesterov=true)", () -> new Sgd(0.1, 0.9, 0, true)),
        ADAM("Adam(lr=0.01, betas=(0.5, 0.9))", () -> new Adam(0.01, 0.5, 0.9, 1e-8)),
        ADAMW("AdamW(lr=0.01, weight_decay=0)", () -> new AdamW(0.01, 0.9, 0.999, 1e-8, 0)),
        DECAYING_ADAMW("AdamW(lr=0.01, weight_decay=0.2)", () -> new AdamW(0.01, 0.9, 0.999, 1e-8, 0.2)),
        RMSPROP("RMSprop(lr=0.01, alpha=0.9)", () -> new RmsProp(0.01, 0.9, 1e-8, 0, false)),
        CENTERED("RMSprop(lr=0.01, momentum=0.5, centered=true)", () -> new RmsProp(0.01, 0.99, 1e-8, 0.5, true)),
        ADAGRAD(
                "Adagrad(lr=0.1, lr_decay=0.5, initial_accumulator_value=0.1)",
                () -> new Adagrad(0.1, 0.5, 0.1, 1e-10));

        private final String written;
        private final Supplier<Optimizer> runtime;

        Optimizing(String written, Supplier<Optimizer> runtime) {
            this.written = written;
            this.runtime = runtime;
        }

        String network() {
            String name = name().toLowerCase(Locale.ROOT);
            return Character.toUpperCase(name.charAt(0)) + name.substring(1).replace("_", "");
        }

        /** The cases that the language allows with it: AdamW's own decay and another one contradict each other. */
        List<Case> cases() {
            return CASES.stream()
                    .filter(one -> this != DECAYING_ADAMW || !one.decays())
                    .toList();
        }
    }

    private static final String WITHOUT = "Without";

    private static Compilation compiled;
    private static GeneratedCode code;

    @BeforeAll
    static void compile() {
        String text = Stream.concat(
                        Arrays.stream(Optimizing.values())
                                .map(one -> specification(one.network(), one.written, one.cases(), true)),
                        Stream.of(specification(WITHOUT, "SGD(lr=0.1)", CASES, false)))
                .collect(Collectors.joining("\n"));
        compiled = NetCompiler.compile(CompilationRequest.of(new SourceFile("terms.net", text)));
        assertThat(compiled.diagnostics().stream().filter(Diagnostic::isError)).isEmpty();
        code = GeneratedCode.compile(compiled.sources());
    }

    private static String specification(String name, String optimizer, List<Case> cases, boolean regularized) {
        List<String> lines = new ArrayList<>(List.of("network " + name + " {", "input x: float[batch, 3, 2, 2]"));
        List<String> chain = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Case one = cases.get(i);
            String argument = regularized ? ", weight_regularizer=" + one.written() + ")" : ")";
            lines.add("layer" + i + " = " + one.layer().replaceAll("\\)$", argument));
            chain.add("layer" + i);
        }
        lines.add("norm = BatchNorm2d(3)");
        lines.add("output y = [" + String.join(", ", chain) + ", norm](x)");
        if (regularized) {
            lines.add("regularize biases of layer0 by group_lasso(0.08)");
            lines.add("regularize norm_weights by l1(0.03)");
            lines.add("report sparsity of weights of layer1 below 1e-3");
        }
        lines.addAll(List.of("precision float64", "loss MSELoss()", "optimizer " + optimizer, "}"));
        return String.join("\n", lines);
    }

    private static CompiledNetwork network(String name) {
        int index = compiled.programs().stream()
                .map(program -> program.graph().name())
                .toList()
                .indexOf(name);
        Program program = compiled.programs().get(index);
        return new CompiledNetwork(program, code.load(compiled.sources().get(index)), 2, 42);
    }

    /** The same parameters with regularizers made by hand. */
    private static List<FusedUpdate.Tensor> tensors(Network network, List<Case> cases) {
        List<FusedUpdate.Tensor> tensors = new ArrayList<>();
        Regularizer norms = new Regularizer("norms", new L1(0.03));
        long offset = 0;
        for (Parameter parameter : network.parameters()) {
            List<Long> shape = Arrays.stream(parameter.shape()).boxed().toList();
            Regularizer regularizer = null;
            if (parameter.name().equals("norm.weight")) {
                regularizer = norms;
            } else if (parameter.name().endsWith(".weight")) {
                Case one = cases.get(Integer.parseInt(parameter.name().replaceAll("\\D", "")));
                regularizer = new Regularizer(one.written(), one.terms().get().toArray(Term[]::new));
            } else if (parameter.name().equals("layer0.bias")) {
                regularizer = new Regularizer("bias", new GroupLasso(0.08));
            }
            tensors.add(new FusedUpdate.Tensor(offset, shape, regularizer));
            offset += parameter.count();
        }
        return tensors;
    }

    @ParameterizedTest
    @EnumSource
    void aGeneratedNetworkTakesTheStepsOfTheRuntimesOwnObjects(Optimizing optimizing) {
        try (CompiledNetwork compiledNetwork = network(optimizing.network())) {
            Network network = compiledNetwork.network();
            INDArray values = network.parameters().values().dup();
            INDArray gradients = values.dup();
            FusedUpdate<?> byHand = FusedUpdate.over(values, gradients, tensors(network, optimizing.cases()));
            Optimizer optimizer = optimizing.runtime.get();
            for (int step = 0; step < STEPS; step++) {
                compiledNetwork.forward();
                compiledNetwork.backward();
                gradients.assign(network.parameters().gradients());

                StepReport report = network.update();

                List<LedgerEntry> expected = byHand.update(optimizer);
                assertThat(network.parameters().values()).isEqualTo(values);
                assertThat(numbers(network.parameters().values())).isEqualTo(numbers(values));
                assertThat(report.ledger().stream().map(LedgerEntry::value))
                        .containsExactlyElementsOf(
                                expected.stream().map(LedgerEntry::value).toList());
            }
        }
    }

    /** With the same gradients each weight moves as without its regularizer, or else the regularizer was at work. */
    @Test
    void everyTermThatIsWrittenChangesWhereItsWeightGoes() {
        try (CompiledNetwork with = network(Optimizing.SGD.network());
                CompiledNetwork without = network(WITHOUT)) {
            for (CompiledNetwork one : List.of(with, without)) {
                one.forward();
                one.backward();
                one.network().parameters().gradients().assign(0.01);
                one.network().update();
            }
            for (Parameter parameter : with.network().parameters()) {
                double[] moved = numbers(parameter.value());
                double[] freely = numbers(
                        without.network().parameters().get(parameter.name()).value());
                if (parameter.regularizer().isPresent()) {
                    assertThat(moved)
                            .as("%s, %s", parameter, parameter.regularizer())
                            .isNotEqualTo(freely);
                } else {
                    assertThat(moved).as(parameter.name()).isEqualTo(freely);
                }
            }
        }
    }

    @Test
    void aLambdaOfTheSpecificationIsChangedByItsNames() {
        try (CompiledNetwork compiledNetwork = network(Optimizing.SGD.network())) {
            Network network = compiledNetwork.network();
            String name = "elastic_net(0.04, ratio=0.25, mode=prox)";
            network.regularizer(name).term("l1").lambda(1e3);
            compiledNetwork.forward();
            compiledNetwork.backward();

            network.update();

            assertThat(numbers(network.parameters().get("layer4.weight").value()))
                    .containsOnly(0);
            assertThatThrownBy(() -> network.regularizer(name).term("decay"))
                    .hasMessage("regularizer '" + name + "' has no term 'decay'; it has l1 and l2");
        }
    }

    @Test
    void theSparsityThatTheSpecificationAsksForIsThere() {
        try (CompiledNetwork compiledNetwork = network(Optimizing.SGD.network())) {
            Network network = compiledNetwork.network();
            network.parameters().get("layer1.weight").value().putScalar(new long[] {0, 0, 0, 0}, 0);
            network.parameters().get("layer1.weight").value().putScalar(new long[] {0, 1, 0, 0}, -1e-4);

            assertThat(network.sparsity())
                    .extracting(Magnitudes::parameter, Magnitudes::zeros, Magnitudes::small)
                    .containsExactly(tuple("layer1.weight", 1 / 9.0, 2 / 9.0));
        }
    }

    private static double[] numbers(INDArray array) {
        return array.dup('c').data().asDouble();
    }
}
