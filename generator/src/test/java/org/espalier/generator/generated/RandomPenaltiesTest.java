package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Rounds;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.RandomFormulas;
import org.espalier.generator.formula.Subformulas;
import org.espalier.generator.formula.Substitution;
import org.espalier.generator.formula.pieces.Kinks;
import org.espalier.generator.ir.text.FormulaText;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.update.FusedUpdate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Formulas by chance, written as regularizers, compiled to Java and to classes, have their values and slopes. */
@Tag(Rounds.TAG)
class RandomPenaltiesTest {
    private static final int FORMULAS = Rounds.of(20, 80);
    private static final double[] PLACES = {-1.3, -0.31, 0, 0.073, 0.92, 3.3};

    /** Those that a regularizer may be. */
    private static Map<String, Formula> formulas() {
        RandomFormulas random = new RandomFormulas(7);
        Map<String, Formula> formulas = new LinkedHashMap<>();
        while (formulas.size() < FORMULAS) {
            Formula formula = random.formula(4);
            boolean ordinary = Subformulas.of(formula).stream()
                    .allMatch(part -> List.of(-1.3, 0.0, 3.3).stream()
                            .allMatch(w -> Double.isFinite(Evaluation.at(part, "w", w))));
            Formula simple = Substitution.of(Algebra.variable("w"), Algebra.variable("w"), formula);
            if (ordinary
                    && Algebra.mentions(simple, "w")
                    && Kinks.of(simple, "w")
                            .kinks()
                            .filter(slope -> !slope.derivative().equals(Algebra.ZERO))
                            .isPresent()) {
                formulas.put("r" + formulas.size(), formula);
            }
        }
        return formulas;
    }

    @Test
    void theGeneratedLoopComputesTheFormulaAndItsDerivative() throws ReflectiveOperationException {
        Map<String, Formula> formulas = formulas();
        StringBuilder regularizers = new StringBuilder();
        StringBuilder layers = new StringBuilder();
        formulas.forEach((name, formula) -> {
            regularizers.append("regularizer " + name + " = w -> " + FormulaText.of(formula) + "\n");
            layers.append("    l" + name + " = Linear(1, 1, weight_regularizer=" + name + ")\n");
        });
        String text = regularizers + "network Line {\n    precision float64\n    input x: float[batch, 1]\n" + layers
                + "    output y = sequential(l" + String.join(", l", formulas.keySet()) + ")(x)\n}\n";
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("line.net", text)));
        assertThat(compilation.diagnostics().stream()
                        .filter(Diagnostic::isError)
                        .map(Diagnostic::render))
                .isEmpty();
        GeneratedSource source = compilation.sources().get(0);
        Class<?> type = GeneratedCode.compile(source).load(source);
        try (Network network = (Network) type.getMethod("create", Init.class).invoke(null, Init.seed(1))) {
            for (Map.Entry<String, Formula> entry : formulas.entrySet()) {
                Regularizer regularizer =
                        (Regularizer) type.getMethod(entry.getKey()).invoke(network);
                check(entry.getValue(), regularizer);
            }
        }
    }

    private static void check(Formula formula, Regularizer regularizer) {
        Formula slope = Kinks.of(formula, "w").kinks().orElseThrow().derivative();
        INDArray values = Nd4j.createFromArray(PLACES);
        INDArray gradients = Nd4j.zerosLike(values);
        FusedUpdate.over(values, gradients, List.of(new FusedUpdate.Tensor(0, PLACES.length, regularizer)))
                .update(new Sgd(1, 0, 0, false));
        for (int i = 0; i < PLACES.length; i++) {
            double expected = PLACES[i] - Evaluation.at(slope, "w", PLACES[i]);
            assertThat(values.getDouble(i))
                    .as("step at w = %s under %s", PLACES[i], FormulaText.of(formula))
                    .isCloseTo(expected, Offset.offset(1e-9 * Math.max(1, Math.abs(expected))));
        }
    }
}
