package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** First sentences of Javadoc name their subject with a verb or a noun, in words that a search would hit. */
class FirstSentencesTest {
    /** "What is written" could stand for anything; "Text of the file" is found by who looks for it. */
    private static final Pattern QUESTION =
            Pattern.compile("/\\*\\*\\s+(?:\\* )?(?:What|Whether|Where|How|Which|Who|Whose|Whom|When|Why)\\b[^\n]*");

    @Test
    void noneBeginsAsAQuestion() throws IOException {
        List<Path> sources = JavaSources.of("grammar", "generator", "runtime", "samples");
        assertThat(sources).hasSizeGreaterThan(500);

        List<String> questions = new ArrayList<>();
        for (Path source : sources) {
            QUESTION.matcher(Files.readString(source))
                    .results()
                    .map(MatchResult::group)
                    .forEach(found -> questions.add(JavaSources.ROOT.relativize(source) + ": " + found));
        }
        assertThat(questions).isEmpty();
    }
}
