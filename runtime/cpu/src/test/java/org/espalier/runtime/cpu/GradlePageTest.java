package org.espalier.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The artifacts of {@code docs/gradle.md} are those that this module's profiles bring. */
class GradlePageTest {
    private static final Pattern ARTIFACT =
            Pattern.compile("runtimeOnly \"([\\w.]+:[\\w-]+):([\\w.-]+):(\\$platform[\\w-]*)@jar\"");
    private static final Pattern PROFILE = Pattern.compile("(?s)<profile>.*?</profile>");
    private static final Pattern DEPENDENCY = Pattern.compile(
            "(?s)<groupId>([\\w.]+)</groupId>\\s*<artifactId>([\\w-]+)</artifactId>\\s*<version>(\\S+?)</version>"
                    + "\\s*<classifier>([\\w-]+)</classifier>");

    @Test
    void theExampleNamesTheArtifactsOfItsPlatform() throws IOException {
        Map<String, String> shown = new TreeMap<>();
        Matcher artifact = ARTIFACT.matcher(page());
        while (artifact.find()) {
            String classifier = artifact.group(3).replace("$platform", "linux-x86_64");
            shown.put(artifact.group(1), artifact.group(2) + ":" + classifier);
        }

        assertThat(shown).isEqualTo(artifacts("linux-x86_64"));
        assertThat(page()).contains("def platform = 'linux-x86_64'");
    }

    @Test
    void theTableHasTheClassifiersOfEveryPlatform() throws IOException {
        String rows = page().lines()
                .filter(line -> line.matches("\\| (Linux|macOS|Windows) .*"))
                .map(line -> line.replaceFirst("\\| [^|]+ \\|", ""))
                .collect(Collectors.joining("\n"));

        String expected = PROFILE.matcher(Files.readString(Path.of("pom.xml")))
                .results()
                .map(profile -> artifacts(profile.group(), ""))
                .map(artifacts -> String.format(
                        " `%s` | `%s` | `%s` |",
                        artifacts.get("org.nd4j:nd4j-native"),
                        artifacts.get("org.bytedeco:javacpp"),
                        artifacts.get("org.bytedeco:openblas")))
                .collect(Collectors.joining("\n"));
        assertThat(rows).isEqualTo(expected);
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("..", "..", "docs", "gradle.md"));
    }

    /** Version and classifier of each native artifact that a profile brings. */
    private static Map<String, String> artifacts(String platform) throws IOException {
        Matcher profile = PROFILE.matcher(Files.readString(Path.of("pom.xml")));
        assertThat(profile.results().map(found -> found.group()).filter(text -> text.contains("<id>" + platform)))
                .hasSize(1);
        String text = profile.reset()
                .results()
                .map(found -> found.group())
                .filter(found -> found.contains("<id>" + platform))
                .findFirst()
                .orElseThrow();
        String parent = Files.readString(Path.of("..", "..", "pom.xml"));
        Map<String, String> artifacts = artifacts(text, ":");
        artifacts.replaceAll((artifact, coordinates) -> withoutProperties(coordinates, parent));
        return artifacts;
    }

    private static Map<String, String> artifacts(String profile, String versionEnd) {
        Map<String, String> artifacts = new TreeMap<>();
        Matcher dependency = DEPENDENCY.matcher(profile);
        while (dependency.find()) {
            String version = versionEnd.isEmpty() ? "" : dependency.group(3) + versionEnd;
            artifacts.put(dependency.group(1) + ":" + dependency.group(2), version + dependency.group(4));
        }
        return artifacts;
    }

    private static String withoutProperties(String text, String parent) {
        String plain = text;
        for (Matcher property = Pattern.compile("\\$\\{([\\w.-]+)}").matcher(plain);
                property.find();
                property = property.reset(plain)) {
            Matcher value = Pattern.compile("<" + property.group(1) + ">(.*?)<").matcher(parent);
            assertThat(value.find()).as(property.group()).isTrue();
            plain = plain.replace(property.group(), value.group(1));
        }
        return plain;
    }
}
