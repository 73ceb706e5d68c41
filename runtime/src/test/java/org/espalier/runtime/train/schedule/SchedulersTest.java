package org.espalier.runtime.train.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.runtime.pytorch.Json;
import org.espalier.runtime.pytorch.PytorchFixtures;
import org.espalier.runtime.train.schedule.OneCycleLR.Anneal;
import org.espalier.runtime.train.schedule.ReduceLROnPlateau.Mode;
import org.espalier.runtime.train.schedule.ReduceLROnPlateau.ThresholdMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares each schedule with the learning rates of PyTorch's scheduler of its name. */
class SchedulersTest {
    private static final Json FIXTURE = PytorchFixtures.read("train/pytorch/schedulers.json");
    private static final double BASE = FIXTURE.get("base").number();

    private static final Map<String, LRScheduler> SCHEDULERS = schedulers();

    private static Map<String, LRScheduler> schedulers() {
        Map<String, LRScheduler> schedulers = new LinkedHashMap<>();
        schedulers.put("step", new StepLR(7, 0.3));
        schedulers.put("multi step", new MultiStepLR(List.of(4L, 9L, 9L, 30L), 0.5));
        schedulers.put("exponential", new ExponentialLR(0.93));
        schedulers.put("constant", new ConstantLR(0.25, 6));
        schedulers.put("linear", new LinearLR(0.1, 0.8, 11));
        schedulers.put("linear, defaults", new LinearLR());
        schedulers.put("polynomial", new PolynomialLR(25, 1.7));
        schedulers.put("cosine", new CosineAnnealingLR(13, 0.002));
        schedulers.put("warm restarts", new CosineAnnealingWarmRestarts(5, 1, 0.001));
        schedulers.put("warm restarts, longer", new CosineAnnealingWarmRestarts(3, 2, 0));
        schedulers.put("one cycle", new OneCycleLR(0.2, 120));
        schedulers.put("one cycle, linear, three phases", new OneCycleLR(0.2, 120, 0.4, Anneal.LINEAR, 10, 100, true));
        schedulers.put(
                "sequential",
                new SequentialLR(
                        List.of(new ConstantLR(0.1, 4), new ExponentialLR(0.9), new StepLR(3)), List.of(4L, 15L)));
        schedulers.put("warm-up, then cosine", LRScheduler.warmUp(8, new CosineAnnealingLR(32)));
        schedulers.put("step of one", new StepLR(1, 0.97));
        schedulers.put("step to nothing", new StepLR(50, 0));
        schedulers.put("milestone at the start", new MultiStepLR(List.of(0L, 1L, 1L, 500L), 0.5));
        schedulers.put("no milestone", new MultiStepLR(List.of(), 0.5));
        schedulers.put("growing", new ExponentialLR(1.02));
        schedulers.put("constant, one step", new ConstantLR(1e-3, 1));
        schedulers.put("linear, down to nothing", new LinearLR(1, 0, 100));
        schedulers.put("linear, one step", new LinearLR(1.0 / 3, 1, 1));
        schedulers.put("polynomial, one step", new PolynomialLR(1, 0.5));
        schedulers.put("cosine of one", new CosineAnnealingLR(1, 0.01));
        schedulers.put("cosine upwards", new CosineAnnealingLR(60, 0.1));
        schedulers.put("warm restarts at each step", new CosineAnnealingWarmRestarts(1, 1, 0.001));
        schedulers.put("warm restarts, three times as long", new CosineAnnealingWarmRestarts(2, 3, 0.001));
        schedulers.put("one cycle without a rise", new OneCycleLR(0.2, 120, 0, Anneal.COS, 25, 1e4, false));
        schedulers.put("one cycle without a fall", new OneCycleLR(0.2, 120, 1, Anneal.LINEAR, 25, 1e4, false));
        schedulers.put(
                "one cycle, three phases, the last of one step",
                new OneCycleLR(0.2, 120, 0.5, Anneal.COS, 25, 1e4, true));
        schedulers.put(
                "sequential, of what is no factor",
                new SequentialLR(
                        List.of(
                                new CosineAnnealingWarmRestarts(4, 2, 0.002),
                                new MultiStepLR(List.of(2L, 5L), 0.5),
                                new CosineAnnealingLR(10),
                                new PolynomialLR(30, 2)),
                        List.of(1L, 20L, 47L)));
        return schedulers;
    }

    private static Map<String, ReduceLROnPlateau> plateaus() {
        return Map.of(
                "plateau", new ReduceLROnPlateau(Mode.MIN, 0.5, 2),
                "plateau, absolute, cooldown",
                        new ReduceLROnPlateau(Mode.MIN, 0.5, 1, 0.01, ThresholdMode.ABS, 2, 0.02, 1e-8),
                "plateau, upwards", new ReduceLROnPlateau(Mode.MAX, 0.1, 3),
                "plateau without patience",
                        new ReduceLROnPlateau(Mode.MIN, 0.9, 0, 0, ThresholdMode.REL, 0, 0.03, 1e-8),
                "plateau, upwards, absolute",
                        new ReduceLROnPlateau(Mode.MAX, 0.5, 0, 0.1, ThresholdMode.ABS, 1, 0, 0.004));
    }

    private static double[] expected(String name) {
        return FIXTURE.get("cases").items().stream()
                .filter(one -> one.get("name").text().equals(name))
                .findFirst()
                .orElseThrow()
                .get("lr")
                .doubles();
    }

    private static Stream<String> names() {
        return SCHEDULERS.keySet().stream();
    }

    private static Stream<String> plateauNames() {
        return plateaus().keySet().stream();
    }

    @Test
    void everyCaseOfPytorchIsCompared() {
        assertThat(FIXTURE.get("cases").items().stream()
                        .map(one -> one.get("name").text()))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(names(), plateauNames()).toList());
    }

    @ParameterizedTest
    @MethodSource("names")
    void ratesArePytorchs(String name) {
        double[] expected = expected(name);

        for (int step = 0; step < expected.length; step++) {
            assertThat(SCHEDULERS.get(name).lr(BASE, step))
                    .as("step " + step)
                    .isCloseTo(expected[step], within(1e-13 + 1e-12 * expected[step]));
        }
    }

    @ParameterizedTest
    @MethodSource("plateauNames")
    void ratesOnAPlateauArePytorchsAlsoFromACheckpoint(String name) {
        double[] expected = expected(name);
        double[] losses = FIXTURE.get("losses").doubles();
        ReduceLROnPlateau plateau = plateaus().get(name);
        double lr = BASE;

        for (int step = 0; step < losses.length; step++) {
            assertThat(lr).as("step " + step).isCloseTo(expected[step], within(1e-15));
            ReduceLROnPlateau resumed = plateaus().get(name);
            resumed.resume(plateau.state());
            plateau = resumed;
            lr = plateau.step(losses[step]) ? plateau.reduced(lr) : lr;
        }
        assertThat(lr).isCloseTo(expected[losses.length], within(1e-15));
    }

    @Test
    void aCycleWhoseFirstStepIsItsTopBeginsThereAndStaysAtItsEnd() {
        // PyTorch divides by 0 in the one, and stops with an error in the other.
        OneCycleLR cycle = new OneCycleLR(0.2, 10, 0.1, Anneal.COS, 25, 1e4, false);
        assertThat(cycle.lr(BASE, 0)).isEqualTo(0.2);
        assertThat(cycle.lr(BASE, 9)).isCloseTo(0.2 / 25 / 1e4, within(1e-18));
        assertThat(cycle.lr(BASE, 50)).isEqualTo(cycle.lr(BASE, 9));
    }

    @Test
    void settingsOutOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> new StepLR(0)).hasMessage("stepSize must be at least 1, but is 0");
        assertThatThrownBy(() -> new LinearLR(0, 1, 5))
                .hasMessage("startFactor must be a finite number above 0, but is 0.0");
        assertThatThrownBy(() -> new ReduceLROnPlateau(Mode.MIN, 1, 2))
                .hasMessage("factor must be below 1, but is 1.0");
        assertThatThrownBy(() -> new SequentialLR(List.of(new StepLR(1), new StepLR(2)), List.of()))
                .hasMessage("expected one milestone fewer than schedulers, found 2 schedulers and the milestones []");
        assertThatThrownBy(() -> new SequentialLR(List.of(new StepLR(1), new StepLR(2)), List.of(0L)))
                .hasMessage("expected milestones above 0, each above the one before, found [0]");
    }
}
