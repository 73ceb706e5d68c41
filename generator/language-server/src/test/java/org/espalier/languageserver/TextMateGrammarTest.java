package org.espalier.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.library.Builtins;
import org.espalier.generator.elaborate.library.StandardBlocks;
import org.espalier.grammar.NetLexer;
import org.junit.jupiter.api.Test;

/**
 * The editor extension's grammar has the words of the language: its own lists of them cannot fall behind.
 * -Dgolden.update=true writes the lists of the library's words.
 */
class TextMateGrammarTest {
    private static final Path GRAMMAR = Path.of("editor", "vscode", "syntaxes", "net.tmLanguage.json");

    private static Map<String, Set<String>> library() {
        Map<String, Set<String>> words = new LinkedHashMap<>();
        Set<String> layers = new TreeSet<>(StandardBlocks.names());
        layers.addAll(Builtins.names(Builtin.Kind.LAYER));
        layers.addAll(Builtins.names(Builtin.Kind.NORM));
        words.put("support.class.layer.espalier", layers);
        words.put("support.class.composition.espalier", names(Builtin.Kind.COMPOSITION));
        words.put("support.class.loss.espalier", names(Builtin.Kind.LOSS));
        words.put("support.class.optimizer.espalier", names(Builtin.Kind.OPTIMIZER));
        words.put("support.function.regularizer.espalier", names(Builtin.Kind.REGULARIZER));
        words.put("support.function.initializer.espalier", names(Builtin.Kind.INITIALIZER));
        Set<String> functions = names(Builtin.Kind.FUNCTION);
        functions.addAll(names(Builtin.Kind.TENSOR_FUNCTION));
        words.put("support.function.espalier", functions);
        return words;
    }

    private static Set<String> names(Builtin.Kind kind) {
        return new TreeSet<>(Builtins.names(kind));
    }

    @Test
    void hasTheWordsOfTheLibrary() throws IOException {
        String grammar = Files.readString(GRAMMAR);
        String updated = grammar;
        for (Map.Entry<String, Set<String>> list : library().entrySet()) {
            Matcher line = Pattern.compile("(\"name\": \"" + Pattern.quote(list.getKey())
                            + "\", \"match\": \"\\\\\\\\b\\(\\?:)[^)]*(\\))")
                    .matcher(updated);
            assertThat(line.find()).as(list.getKey()).isTrue();
            // Longer ones first: of words that begin alike an alternation takes the first that fits.
            String words = list.getValue().stream()
                    .sorted(Comparator.comparing((String word) -> -word.length())
                            .thenComparing(word -> word))
                    .collect(Collectors.joining("|"));
            updated = line.replaceFirst("$1" + Matcher.quoteReplacement(words) + "$2");
        }
        String types = Type.words().stream().sorted().collect(Collectors.joining("|"));
        updated = Pattern.compile("(\"match\": \"\\(\\?<=:\\)\\\\\\\\s\\*\\()[^)]*(\\))")
                .matcher(updated)
                .replaceFirst("$1" + types + "$2");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(GRAMMAR, updated);
        }
        assertThat(Files.readString(GRAMMAR))
                .as("the grammar of the editor extension; -Dgolden.update=true writes its lists")
                .isEqualTo(updated);
    }

    @Test
    void hasTheKeywordsOfTheGrammar() throws IOException {
        Set<String> keywords = IntStream.rangeClosed(0, NetLexer.VOCABULARY.getMaxTokenType())
                .mapToObj(NetLexer.VOCABULARY::getLiteralName)
                .filter(literal -> literal != null && literal.matches("'\\w+'"))
                .map(literal -> literal.replace("'", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        // These have two spellings each, and so no name in the lexer.
        keywords.addAll(List.of("true", "True", "false", "False", "none", "None"));

        JsonElement grammar = JsonParser.parseString(Files.readString(GRAMMAR));
        Set<String> coloured = matches(grammar)
                .filter(scope ->
                        (scope.scope().startsWith("keyword.") && !scope.scope().contains("optional"))
                                || scope.scope().startsWith("constant.language"))
                .flatMap(scope -> Pattern.compile("[A-Za-z_]{2,}")
                        .matcher(scope.match().replaceAll("\\\\p\\{\\w+}|\\\\[a-z]", " "))
                        .results()
                        .map(found -> found.group()))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(coloured).containsExactlyElementsOf(keywords);
    }

    /** A pattern of the grammar and a scope that it gives. */
    private record Scope(String scope, String match) {}

    private static Stream<Scope> matches(JsonElement element) {
        if (element.isJsonArray()) {
            return element.getAsJsonArray().asList().stream().flatMap(TextMateGrammarTest::matches);
        }
        if (!element.isJsonObject()) {
            return Stream.empty();
        }
        var object = element.getAsJsonObject();
        Stream<Scope> inside = object.asMap().values().stream().flatMap(TextMateGrammarTest::matches);
        String match = Stream.of("match", "begin")
                .filter(object::has)
                .map(key -> object.get(key).getAsString())
                .findFirst()
                .orElse("");
        Stream<Scope> named = object.has("name")
                ? Stream.of(new Scope(object.get("name").getAsString(), match))
                : Stream.of("captures", "beginCaptures")
                        .filter(object::has)
                        .flatMap(key -> object.getAsJsonObject(key).asMap().values().stream())
                        .map(capture ->
                                new Scope(capture.getAsJsonObject().get("name").getAsString(), match));
        return match.isEmpty() ? inside : Stream.concat(named, inside);
    }

    @Test
    void packageNamesExactVersions() throws IOException {
        var all = JsonParser.parseString(
                        Files.readString(GRAMMAR.resolve("../../package.json").normalize()))
                .getAsJsonObject();
        assertThat(Stream.of("dependencies", "devDependencies")
                        .flatMap(key -> all.getAsJsonObject(key).asMap().values().stream())
                        .map(JsonElement::getAsString))
                .isNotEmpty()
                .allMatch(version -> version.matches("\\d+\\.\\d+\\.\\d+"));
    }
}
