package org.espalier.generator.layer.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtentsTest {
    /** Every window of sizes up to 9, held to a loop over its elements. */
    @Test
    void poolsRefuseWindowsThatLieInThePaddingAlone() {
        for (int size = 1; size <= 9; size++) {
            for (int kernel = 1; kernel <= 5; kernel++) {
                for (int padding = 0; padding <= kernel / 2; padding++) {
                    for (int stride = 1; stride <= 5; stride++) {
                        for (int dilation = 1; dilation <= 11; dilation++) {
                            check(size, kernel, stride, padding, dilation);
                        }
                    }
                }
            }
        }
    }

    private static void check(int size, int kernel, int stride, int padding, int dilation) {
        int free = size + 2 * padding - dilation * (kernel - 1) - 1;
        int places = free < 0 ? 0 : free / stride + 1;
        boolean inPadding = IntStream.range(0, places)
                .map(place -> place * stride - padding)
                .anyMatch(start -> IntStream.range(0, kernel)
                        .map(element -> start + element * dilation)
                        .noneMatch(at -> at >= 0 && at < size));

        Fit fit = pool(size, kernel, stride, padding, dilation);

        assertThat(fit)
                .as(
                        "%d elements, kernel %d, stride %d, padding %d, dilation %d",
                        size, kernel, stride, padding, dilation)
                .isInstanceOf(places == 0 || inPadding ? Fit.Misfit.class : Fit.Fitting.class);
        if (inPadding) {
            assertThat(((Fit.Misfit) fit).code()).isEqualTo(DiagnosticCode.WINDOW_IN_PADDING);
        }
    }

    private static Fit pool(int size, int kernel, int stride, int padding, int dilation) {
        WindowGeometry window = new WindowGeometry(
                Sizes.of(1, kernel), Sizes.of(1, stride), Sizes.of(0, padding), Sizes.of(1, dilation), Sizes.of(0, 0));
        return Extents.pooling("MaxPool2d", Shape.batch(2, 3, size), window, false);
    }

    @ParameterizedTest
    @CsvSource({
        "2147483647, 2, 1, 1, 2147483646",
        "1, 2147483647, 1, 1073741823, 2",
        "2, 3, 1, 1, 2147483647",
        "2147483645, 2, 2147483647, 1, 2147483646"
    })
    void thereIsAnAnswerForTheLargestNumbers(int size, int kernel, int stride, int padding, int dilation) {
        assertThat(pool(size, kernel, stride, padding, dilation)).isInstanceOf(Fit.Misfit.class);
    }
}
