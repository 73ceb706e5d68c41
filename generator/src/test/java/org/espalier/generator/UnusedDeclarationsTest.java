package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Test;

class UnusedDeclarationsTest {
    private static final String NETWORK = """
            network N {
                input x: float[batch, 4]
                output y = Linear(4, 2)(x)
            }
            """;
    private static final String SMALL = "regularizer small = l1(1e-5)\n";

    private static List<String> found(String main, Map<String, String> others) {
        return NetCompiler.compile(new CompilationRequest(
                        List.of(new SourceFile("main.net", main)),
                        (importer, path) ->
                                Optional.ofNullable(others.get(path)).map(text -> new SourceFile(path, text))))
                .diagnostics()
                .stream()
                .map(Diagnostic::headline)
                .toList();
    }

    private static List<String> found(String main) {
        return found(main, Map.of());
    }

    @Test
    void aRegularizerBesideANetworkThatDoesNotUseItIsFound() {
        assertThat(found(SMALL + NETWORK))
                .containsExactly("main.net:1:13: warning ESP115: the regularizer 'small' is never used");
    }

    @Test
    void useByWhatIsItselfUnusedDoesNotCount() {
        assertThat(found(SMALL + "regularizer smaller = 0.1 * small\n" + NETWORK))
                .hasSize(2);
    }

    @Test
    void useInAClauseInAnotherRegularizerAndInADefaultCounts() {
        String clause = NETWORK.replace("}", "    regularize weights by smaller\n}");

        assertThat(found(SMALL + "regularizer smaller = 0.1 * small\n" + clause))
                .isEmpty();
        assertThat(found(SMALL + "regularizer smaller(by: regularizer = small) = 0.1 * by\n"
                        + clause.replace("smaller", "smaller()")))
                .isEmpty();
    }

    @Test
    void anArgumentOfTheSameNameIsNoUse() {
        assertThat(found(SMALL + "block Dense(small: int) { return Linear(4, small) }\n"
                        + NETWORK.replace("Linear(4, 2)", "Dense(2)")))
                .containsExactly("main.net:1:13: warning ESP115: the regularizer 'small' is never used");
    }

    @Test
    void librariesAreLeftAlone() {
        String importing =
                "import small from 'terms.net'\n" + NETWORK.replace("}", "    regularize weights by small\n}");

        assertThat(found(SMALL)).isEmpty();
        assertThat(found(importing, Map.of("terms.net", SMALL + "regularizer large = l1(1)\n")))
                .isEmpty();
        assertThat(found(importing, Map.of("terms.net", SMALL + "regularizer large = l1(1)\n" + NETWORK)))
                .isEmpty();
    }

    @Test
    void nothingIsSaidWhereAMistakeMayHideTheUse() {
        assertThat(found(SMALL + NETWORK.replace("}", "    regularize weights by smal\n}")))
                .containsExactly("main.net:5:27: error ESP104: unknown name 'smal'");
    }

    @Test
    void anImportThatItsFileDoesNotMentionIsFound() {
        Map<String, String> library = Map.of("terms.net", SMALL + "regularizer large = l1(1)\n");
        String using = NETWORK.replace("}", "    regularize weights by small\n}");

        assertThat(found("import small, large as big from 'terms.net'\n" + using, library))
                .containsExactly("main.net:1:24: warning ESP115: the import 'big' is never used");
        assertThat(found(
                        "import small from 'terms.net'\nblock B(small: int) { return Linear(4, small) }\n"
                                + NETWORK.replace("Linear(4, 2)", "B(2)"),
                        library))
                .containsExactly("main.net:1:8: warning ESP115: the import 'small' is never used");
        assertThat(found("import large from 'terms.net'\n" + using, library))
                .containsExactly("main.net:5:27: error ESP104: unknown name 'small'");
    }

    @Test
    void importsOfAnImportedFileAreItsOwnersConcern() {
        Map<String, String> libraries = Map.of(
                "terms.net", "import large from 'more.net'\n" + SMALL, "more.net", "regularizer large = l1(1)\n");

        assertThat(found(
                        "import small from 'terms.net'\n" + NETWORK.replace("}", "    regularize weights by small\n}"),
                        libraries))
                .isEmpty();
    }

    @Test
    void parametersOfBlocksMayBeThereForTheirCallers() {
        assertThat(found("block NoNorm(features: int) { return Identity() }\n"
                        + "block B(norm: norm) { return [Linear(4, 2), norm(2)] }\n"
                        + NETWORK.replace("Linear(4, 2)", "B(NoNorm)")))
                .isEmpty();
        assertThat(found(NETWORK.replace("N {", "N(width: int = 2, depth: int = width) {")))
                .containsExactly("main.net:1:27: warning ESP410: the parameter 'depth' is never used");
    }
}
