package org.espalier.languageserver.feature;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.generator.elaborate.library.Builtins;
import org.junit.jupiter.api.Test;

/** Every word of the language is explained. */
class ReferenceTest {
    @Test
    void explainsEveryWordWithoutLinks() {
        assertThat(Builtins.names())
                .allSatisfy(name -> assertThat(Reference.of(name).orElse(""))
                        .as("the text of docs/layers.md or docs/tensors.md on %s, which an editor shows", name)
                        .isNotEmpty()
                        .doesNotContain("](")
                        .doesNotContain("### "));
    }
}
