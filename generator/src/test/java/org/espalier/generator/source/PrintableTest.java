package org.espalier.generator.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 7, 8, 9, 0xA, 0xB, 0xC, 0xD, 0x1A, 0x1B, 0x7F, 0x85, 0x9B, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F,
                0x2028, 0x2029, 0x202A, 0x202E, 0x2060, 0x2066, 0x2069, 0xD834, 0xDD1E, 0xFDD0, 0xFEFF, 0xFFFE, 0xFFFF,
                0xE0061, 0x1FFFF
            })
    void showsWhatDoesSomethingByItsCodePoint(int character) {
        assertThat(Printable.line("a" + Character.toString(character) + "b"))
                .isEqualTo("a<U+%04X>b".formatted(character));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "conv = Conv2d(1, 8)", "Größe", "日本", "𝄞", "👩\u200D🔬", "e\u0301", "עברית", "می\u200Cخواهم"
            })
    void leavesWordsOfEveryScriptAsTheyAre(String text) {
        assertThat(Printable.line(text)).isSameAs(text);
    }

    @Test
    void keepsTabsWhereTheyAlignWhatStandsBelow() {
        assertThat(Printable.keepingTabs("\ta\u001Bb")).isEqualTo("\ta<U+001B>b");
    }
}
