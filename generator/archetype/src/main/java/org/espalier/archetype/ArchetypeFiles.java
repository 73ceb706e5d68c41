package org.espalier.archetype;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.espalier.cli.init.NewProject;
import org.espalier.cli.init.Template;

/**
 * Writes the projects of {@code espalier init} as templates of Velocity, the language of archetypes, and as they must
 * come out again. Runs in the build of the archetype and is not shipped.
 */
public final class ArchetypeFiles {
    /** Stand-ins for the project's names, in files and in their paths, until they are known. */
    private static final String ARTIFACT = "ARTIFACT_ID";

    private static final String PACKAGE = "PACKAGE.NAME";
    private static final String PACKAGE_PATH = "PACKAGE/NAME";

    private static final String LITERALS = """
            #set( $symbol_pound = '#' )
            #set( $symbol_dollar = '$' )
            """;

    private ArchetypeFiles() {}

    /** Takes the folder of the archetype's files and that of its tests. */
    public static void main(String[] arguments) throws IOException {
        Path resources = Path.of(arguments[0], "archetype-resources");
        Path tests = Path.of(arguments[1], "projects");
        for (Template template : Template.values()) {
            for (Map.Entry<String, String> file :
                    new NewProject(template, ARTIFACT, PACKAGE).files().entrySet()) {
                boolean root = file.getKey().equals("pom.xml");
                String path = file.getKey().replace(PACKAGE_PATH, "PACKAGE");
                write(
                        resources.resolve(root ? path : "templates/" + template.label() + "/" + path),
                        velocity(file.getValue(), root));
            }
            writeTest(tests.resolve(template.label()), template);
        }
    }

    /** Makes names references, and characters that Velocity reads as its own literals. */
    private static String velocity(String text, boolean pom) {
        String escaped = text.replace("#", "${symbol_pound}");
        escaped = escaped.replaceAll("\\$(?!\\{symbol_)", "\\${symbol_dollar}");
        String named = escaped.replace(ARTIFACT, "${artifactId}");
        if (pom) {
            named = named.replace("<groupId>" + PACKAGE, "<groupId>${groupId}")
                    .replace("<version>1.0-SNAPSHOT", "<version>${version}");
        }
        named = named.replace(PACKAGE_PATH, "${packageInPathFormat}").replace(PACKAGE, "${package}");
        return (escaped.equals(text) ? "" : LITERALS) + named;
    }

    /**
     * Writes what {@code archetype:integration-test} reads: properties, goals (none), and the files to compare with.
     */
    private static void writeTest(Path folder, Template template) throws IOException {
        write(folder.resolve("archetype.properties"), """
                groupId=com.example.nets
                artifactId=my-net
                version=1.0-SNAPSHOT
                package=com.example.nets
                template=%s
                """.formatted(template.label()));
        write(folder.resolve("goal.txt"), "");
        for (Map.Entry<String, String> file :
                new NewProject(template, "my-net", "com.example.nets").files().entrySet()) {
            write(folder.resolve("reference").resolve(file.getKey()), file.getValue());
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
