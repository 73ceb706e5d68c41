package com.example.characters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.runtime.Init;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.train.Validation;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class WriteProseTest {
    private static final Novel NOVEL = Novel.read(WriteProse.NOVEL);

    @Test
    void theNovelHasTheCharactersThatTheNetworkKnows() {
        try (CharacterModel net = CharacterModel.create(Init.seed(1))) {
            INDArray table = net.parameters().get("wte.weight").value();

            assertThat(NOVEL.alphabet().size()).isEqualTo((int) table.size(0));
            assertThat(NOVEL.training()).startsWith("PRIDE AND PREJUDICE\n").hasSize(616_284);
            assertThat(NOVEL.test()).endsWith("uniting them.\n").hasSize(68_484);
        }
    }

    @Test
    void beforeItLearnsEveryCharacterIsAsLikely() {
        try (CharacterModel net = CharacterModel.create(Init.seed(1))) {
            assertThat(loss(net)).isCloseTo(Math.log(NOVEL.alphabet().size()), within(0.1));
        }
    }

    @Test
    void fortyStepsLowerTheLossOfATextThatItHasNotSeen() {
        try (CharacterModel net = CharacterModel.create(Init.seed(1))) {
            train(net, 40);

            assertThat(loss(net)).isLessThan(Math.log(NOVEL.alphabet().size()) - 1);
        }
    }

    @Test
    void theSameSeedGivesTheSameTextAndAnotherAnother() {
        try (CharacterModel first = CharacterModel.create(Init.seed(1));
                CharacterModel second = CharacterModel.create(Init.seed(1))) {
            assertThat(train(first, 10)).isEqualTo(train(second, 10));

            String text = write(first, "Mr. Darcy ", 7);
            assertThat(text).startsWith("Mr. Darcy ").hasSize(10 + 80);
            assertThat(write(second, "Mr. Darcy ", 7)).isEqualTo(text);
            assertThat(write(second, "Mr. Darcy ", 8)).isNotEqualTo(text);
        }
    }

    @Test
    void whatComesLaterIsNotLookedAt() {
        try (CharacterModel net = CharacterModel.create(Init.seed(1))) {
            int[] window = NOVEL.alphabet().encode(NOVEL.training().substring(0, WriteProse.CONTEXT));
            int[] other = window.clone();
            other[40] = other[40] == 5 ? 6 : 5;

            INDArray scores = net.predict(Nd4j.createFromArray(new int[][] {window}));
            INDArray others = net.predict(Nd4j.createFromArray(new int[][] {other}));

            assertThat(until(others, 40)).isEqualTo(until(scores, 40));
            assertThat(until(others, 41)).isNotEqualTo(until(scores, 41));
        }
    }

    @Test
    void countsKnowWhatFollowsWhat() {
        String text = "ab".repeat(500);

        assertThat(new Counts(text, 2, 0).loss(text)).isCloseTo(Math.log(2), within(1e-6));
        assertThat(new Counts(text, 2, 1).loss(text)).isLessThan(1e-3);
        assertThat(new Counts(text, 2, 1).loss("aa")).isGreaterThan(5);
        assertThat(new Counts(text, 4, 2).loss("ddd")).isCloseTo(Math.log(4), within(1e-6));
    }

    @Test
    void aCharacterThatIsNotInTheNovelIsNamed() {
        try (CharacterModel net = CharacterModel.create(Init.seed(1))) {
            assertThatThrownBy(() -> write(net, "Éliza", 1)).hasMessageContaining("found 'É'");
        }
    }

    /** The loss of the first few windows of the test. */
    private static double loss(CharacterModel net) {
        return new Validation(WriteProse.test(NOVEL).limit(4), List.of())
                .of(net)
                .get("loss");
    }

    private static String write(CharacterModel net, String prompt, long seed) {
        return WriteProse.write(net, NOVEL.alphabet(), prompt, 80, seed);
    }

    private static INDArray until(INDArray scores, int place) {
        return scores.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, place))
                .dup();
    }

    private static List<StepReport> train(CharacterModel net, int steps) {
        return WriteProse.trainer(net, WriteProse.training(NOVEL).limit(steps), 1)
                .run();
    }
}
