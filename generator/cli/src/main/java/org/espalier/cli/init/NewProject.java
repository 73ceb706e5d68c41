package org.espalier.cli.init;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a new project.
 *
 * @param template the kind of project
 * @param artifactId its name in Maven
 * @param packageName of its classes, which is its group in Maven too
 */
public record NewProject(Template template, String artifactId, String packageName) {
    private static final Pattern HOLE = Pattern.compile("\\$\\{([a-zA-Z]+)}");

    /** Returns the text of each file by its path, with slashes. */
    public Map<String, String> files() {
        String path = packageName.replace('.', '/');
        String own = template.label();
        Map<String, String> files = new LinkedHashMap<>();
        files.put("pom.xml", filled("common/pom.xml"));
        files.put("README.md", filled("common/README.md"));
        files.put(".gitignore", filled("common/gitignore"));
        files.put(
                "src/main/net/" + path + "/" + template.specification(),
                filled(own + "/net/" + template.specification()));
        for (String name : new String[] {template.data(), "Main"}) {
            files.put("src/main/java/" + path + "/" + name + ".java", filled(own + "/main/" + name + ".java"));
        }
        files.put("src/test/java/" + path + "/MainTest.java", filled(own + "/test/MainTest.java"));
        return files;
    }

    private String filled(String file) {
        Properties versions = versions();
        return HOLE.matcher(read(file))
                .replaceAll(hole -> Matcher.quoteReplacement(value(hole.group(1), versions, file)));
    }

    private String value(String name, Properties versions, String file) {
        return switch (name) {
            case "package" -> packageName;
            case "path" -> packageName.replace('.', '/');
            case "artifactId" -> artifactId;
            case "summary" -> template.summary();
            case "net" -> template.specification();
            case "network" -> template.network();
            case "data" -> template.data();
            default -> {
                String version = versions.getProperty(name);
                if (version == null) {
                    throw new IllegalStateException(file + " has a hole that nothing fills: " + name);
                }
                yield version;
            }
        };
    }

    /** The versions that the build wrote. */
    private static Properties versions() {
        Properties versions = new Properties();
        try (InputStream file = open("/org/espalier/cli/versions.properties")) {
            versions.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return versions;
    }

    private static String read(String file) {
        try (InputStream text = open(file)) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream stream = NewProject.class.getResourceAsStream(name);
        if (stream == null) {
            throw new IOException("this command lacks its file " + name);
        }
        return stream;
    }
}
