package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.runtime.storage.OffHeap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Places in the arena of a network that shares another's weights are those that were announced, and no others. */
class ViewMemoryTest {
    private final OffHeap arena = OffHeap.allocate(DataType.FLOAT, 32);

    @AfterEach
    void free() {
        arena.free();
    }

    private Memory memory(boolean forwardAlone) {
        return new Memory(arena, 2, 8, forwardAlone);
    }

    @Test
    void viewsTakeTheAnnouncedPlaces() {
        Memory memory = memory(true);
        memory.inView(3, -1);
        memory.inView(1);

        INDArray first = memory.perSample(5, 2);
        INDArray absent = memory.perSample(0, 4);
        INDArray fixed = memory.places(7).fixed(3);

        assertThat(first.offset()).isEqualTo(6);
        assertThat(absent).isNull();
        assertThat(memory.view(absent, 2, 2)).isNull();
        assertThat(fixed.offset()).isEqualTo(17);
        memory.requireTaken();
    }

    @Test
    void stepsTakeTheirOwn() {
        Memory memory = memory(false);
        memory.inView(3);

        assertThat(memory.perSample(5, 2).offset()).isEqualTo(10);
        memory.requireTaken();
    }

    @Test
    void whatWasNotAnnouncedIsRefused() {
        Memory memory = memory(true);
        memory.inView(0);
        memory.perSample(0, 2);

        assertThatThrownBy(() -> memory.perSample(2, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("more arrays than it announced; generate the class again");
    }

    @Test
    void whatWasNotTakenIsRefused() {
        Memory memory = memory(true);
        memory.inView(0, 2);
        memory.perSample(0, 2);

        assertThatThrownBy(memory::requireTaken)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("left 1 of the arrays that it announced; generate the class again");
    }
}
