package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Losses that judge what they are not made for; the lowest losses are those of PyTorch. */
class LossWarningsTest {
    private static String network(String layers, String loss) {
        return "network N { input x: float[batch, 8] output y = [" + layers + "](x) loss " + loss + "() }";
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Linear(8, 3), Softmax(dim=1)  | CrossEntropyLoss  | ESP411 | with 3 classes it cannot fall below 0.5514",
                "Linear(8, 2), Softmax()       | CrossEntropyLoss  | ESP411 | with 2 classes it cannot fall below 0.3133",
                "Linear(8, 3), Sigmoid()       | CrossEntropyLoss  | ESP411 | with 3 classes it cannot fall below 0.5514",
                "Linear(8, 10), Tanh()         | CrossEntropyLoss  | ESP411 | with 10 classes it cannot fall below 0.7966",
                "Linear(8, 1000), ReLU6()      | CrossEntropyLoss  | ESP411 | it cannot fall below 1.2460",
                "Linear(8, 3), Softmax()       | NLLLoss           | ESP411 | write LogSoftmax for Softmax",
                "Linear(8, 3), Sigmoid()       | NLLLoss           | ESP411 | leave Sigmoid out",
                "Linear(8, 3), BatchNorm1d(3)  | NLLLoss           | ESP411 | comes out of BatchNorm1d",
                "Linear(8, 1), Sigmoid()       | BCEWithLogitsLoss | ESP411 | for a target of 0 or 1 it cannot fall below 0.3133",
                "Linear(8, 1), Tanh()          | BCEWithLogitsLoss | ESP411 | for a target of 0 or 1 it cannot fall below 0.3133",
                "Linear(8, 1), Softplus()      | BCEWithLogitsLoss | ESP411 | for a target of 0 it cannot fall below 0.6931",
                "Linear(8, 3), LogSoftmax()    | BCEWithLogitsLoss | ESP411 | for a target of 1 it cannot fall below 0.6931",
                "Linear(8, 1), ReLU()          | BCELoss           | ESP411 | write BCEWithLogitsLoss() and leave ReLU out",
                "Linear(8, 1)                  | BCELoss           | ESP411 | which can be any number",
                "Linear(8, 1), Sigmoid()       | BCELoss           | ESP412 | write BCEWithLogitsLoss() and leave Sigmoid out",
                "Linear(8, 1)                  | NLLLoss           | ESP413 | has only one class",
                "Linear(8, 1), LogSoftmax()    | MSELoss           | ESP414 | LogSoftmax over one element of [batch, 1] is always 0"
            })
    void warnsOfWhatALossIsNotMadeFor(String layers, String loss, String code, String message) {
        assertThat(Nets.compile(network(layers, loss)).diagnostics())
                .singleElement()
                .satisfies(diagnostic -> {
                    assertThat(diagnostic.code()).hasToString(code);
                    assertThat(diagnostic.isError()).isFalse();
                    assertThat(diagnostic.render()).contains(message);
                });
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Linear(8, 3)                       | CrossEntropyLoss",
                "Linear(8, 3), ReLU()               | CrossEntropyLoss",
                "Linear(8, 3), Hardtanh(-20, 20)    | CrossEntropyLoss",
                "Linear(8, 3), LogSoftmax(dim=1)    | CrossEntropyLoss",
                "Linear(8, 3), LogSoftmax(dim=-1)   | NLLLoss",
                "Linear(8, 3), Dropout()            | NLLLoss",
                "Linear(8, 1), LeakyReLU()          | BCEWithLogitsLoss",
                "Linear(8, 3), Softmax()            | BCELoss",
                "Linear(8, 1), Hardtanh(0, 1)       | BCELoss",
                "Linear(8, 3), Softmax()            | MSELoss",
                "Linear(8, 1), ReLU()               | L1Loss"
            })
    void saysNothingOfWhatMayBeMeant(String layers, String loss) {
        assertThat(Nets.findings(network(layers, loss))).isEmpty();
    }
}
