package org.espalier.runtime.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.runtime.data.Batch;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class TokenWindowsTest {
    private static int[] tokens(int count) {
        return IntStream.range(100, 100 + count).toArray();
    }

    @Test
    void theTargetIsWhatComesAfterEachToken() {
        TokenWindows windows = new TokenWindows(tokens(8), 3, 2);

        Batch all = windows.all();

        assertThat(all.input().dataType()).isEqualTo(DataType.INT32);
        assertThat(all.input().toIntMatrix())
                .isDeepEqualTo(new int[][] {{100, 101, 102}, {102, 103, 104}, {104, 105, 106}});
        assertThat(all.target().toIntMatrix())
                .isDeepEqualTo(new int[][] {{101, 102, 103}, {103, 104, 105}, {105, 106, 107}});
    }

    @Test
    void windowsSideBySideForetellEachTokenOnceUpToAnUnfinishedLast() {
        List<Integer> foretold = new ArrayList<>();
        for (Batch batch : new TokenWindows(tokens(12), 4, 4).batches(2).epoch(1)) {
            for (int token : batch.target().ravel().toIntVector()) {
                foretold.add(token);
            }
        }

        assertThat(foretold).containsExactly(101, 102, 103, 104, 105, 106, 107, 108);
    }

    @Test
    void whatLiesBetweenTheFirstAndTheLastWindowBeginsOne() {
        assertThat(new TokenWindows(tokens(10), 4, 1).size()).isEqualTo(6);
        assertThat(new TokenWindows(tokens(5), 4, 1).size()).isOne();
    }

    @Test
    void theTokensAreCopied() {
        int[] tokens = tokens(5);
        TokenWindows windows = new TokenWindows(tokens, 2, 1);

        tokens[0] = 7;

        assertThat(windows.all().input().getInt(0, 0)).isEqualTo(100);
    }

    @Test
    void tooFewTokensAreRefused() {
        assertThatThrownBy(() -> new TokenWindows(tokens(4), 4, 1))
                .hasMessage("expected more than 4 tokens, a window and what comes after it, found 4");
        assertThatThrownBy(() -> new TokenWindows(tokens(4), 0, 1))
                .hasMessage("expected a length and a stride of at least 1, found 0 and 1");
        assertThatThrownBy(() -> new TokenWindows(tokens(4), 2, 0))
                .hasMessage("expected a length and a stride of at least 1, found 2 and 0");
    }
}
