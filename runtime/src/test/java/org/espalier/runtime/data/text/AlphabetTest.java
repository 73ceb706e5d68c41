package org.espalier.runtime.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AlphabetTest {
    @Test
    void charactersAreNumberedInTheOrderOfUnicode() {
        Alphabet alphabet = Alphabet.of("banana\n");

        assertThat(alphabet.size()).isEqualTo(4);
        assertThat(alphabet).hasToString("\nabn");
        assertThat(alphabet.encode("nab")).containsExactly(3, 1, 2);
        assertThat(alphabet.decode(2, 1, 3, 0)).isEqualTo("ban\n");
    }

    @Test
    void whatIsNotOneUnitOfUtf16IsOneCharacter() {
        String text = "a😀é😀";

        Alphabet alphabet = Alphabet.of(text);

        assertThat(alphabet.encode(text)).containsExactly(0, 2, 1, 2);
        assertThat(alphabet.decode(alphabet.encode(text))).isEqualTo(text);
        assertThat(Alphabet.of(alphabet.toString()).encode(text)).isEqualTo(alphabet.encode(text));
    }

    @Test
    void whatIsNotOfTheAlphabetIsNamed() {
        Alphabet alphabet = Alphabet.of("abc");

        assertThatThrownBy(() -> alphabet.encode("abcd"))
                .hasMessage("expected one of the 3 characters of the alphabet, found 'd' (U+0064)");
        assertThatThrownBy(() -> alphabet.decode(0, 3)).hasMessage("expected numbers from 0 to 2, found 3");
        assertThatThrownBy(() -> alphabet.decode(-1)).hasMessage("expected numbers from 0 to 2, found -1");
        assertThatThrownBy(() -> Alphabet.of(""))
                .hasMessage("expected a text with at least one character, found an empty one");
    }
}
