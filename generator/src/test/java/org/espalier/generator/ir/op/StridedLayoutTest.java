package org.espalier.generator.ir.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StridedLayoutTest {
    private static final StridedLayout WHOLE = StridedLayout.of(List.of(4, 3, 2, 5));

    private static List<Long> places(StridedLayout layout) {
        List<Long> places = new ArrayList<>();
        layout.forEach(places::add);
        return places;
    }

    @Test
    void axesInAnotherOrderAreTheSameElements() {
        StridedLayout permuted = WHOLE.permuted(List.of(2, 0, 1, 3));

        assertThat(permuted.sizes()).containsExactly(2, 4, 3, 5);
        assertThat(permuted.strides()).containsExactly(5L, 30L, 10L, 1L);
        assertThat(places(permuted))
                .startsWith(0L, 1L, 2L, 3L, 4L, 10L)
                .doesNotHaveDuplicates()
                .hasSize(120);
        assertThat(permuted.isContiguous()).isFalse();
        assertThat(permuted.isOfMatrices()).isTrue();
        assertThat(permuted.permuted(List.of(1, 2, 0, 3))).isEqualTo(WHOLE);
    }

    @Test
    void matricesHaveContiguousRowsOrColumns() {
        assertThat(WHOLE.permuted(List.of(0, 1, 3, 2)).isOfMatrices()).isTrue();
        assertThat(WHOLE.permuted(List.of(3, 2, 0, 1)).isOfMatrices()).isFalse();
        assertThat(StridedLayout.of(List.of(7)).isOfMatrices()).isFalse();
    }

    @Test
    void partsBeginFurtherOn() {
        StridedLayout part = WHOLE.narrowed(1, 2, 1);

        assertThat(part).isEqualTo(new StridedLayout(20, List.of(4, 1, 2, 5), List.of(30L, 10L, 5L, 1L)));
        assertThat(part.span()).isEqualTo(100);
        assertThat(WHOLE.narrowed(0, 1, 2).isContiguous()).isTrue();
        assertThat(part.isContiguous()).isFalse();
    }

    @Test
    void reshapesWhatStridesCanSay() {
        StridedLayout part = WHOLE.narrowed(1, 2, 1);

        assertThat(part.reshaped(List.of(2, 2, 10)))
                .contains(new StridedLayout(20, List.of(2, 2, 10), List.of(60L, 30L, 1L)));
        assertThat(part.reshaped(List.of(40))).isEmpty();
        assertThat(part.reshaped(List.of(2, 4, 5))).isEmpty();
        assertThat(WHOLE.reshaped(List.of(1, 120, 1)).map(StridedLayoutTest::places))
                .contains(places(WHOLE));
        assertThat(StridedLayout.of(List.of(1, 1)).reshaped(List.of()))
                .contains(new StridedLayout(0, List.of(), List.of()));
    }

    @Test
    void partsBetweenEachOtherDoNotOverlap() {
        StridedLayout first = WHOLE.narrowed(2, 0, 1);
        StridedLayout second = WHOLE.narrowed(2, 1, 1);

        assertThat(first.overlaps(second)).isFalse();
        assertThat(second.overlaps(first)).isFalse();
        assertThat(first.overlaps(WHOLE.permuted(List.of(1, 0, 3, 2)))).isTrue();
        assertThat(first.overlaps(WHOLE.narrowed(0, 3, 1))).isTrue();
    }
}
