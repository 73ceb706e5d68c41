package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.espalier.cli.process.RuntimeClassPath;
import org.espalier.generator.source.FileProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void looksAtAClassPathAsAnApplicationIsStarted() {
        assertThat(run("doctor", "-J=-XX:TieredStopAtLevel=1", "--class-path", System.getProperty("java.class.path")))
                .as(err + "" + out)
                .isZero();

        assertThat(out.toString())
                .startsWith("CPU ")
                .contains("BLAS           OpenBLAS 0.3.", "OpenBLAS runs its kernel for ")
                .contains("leave that out, or kernels in Java take several times as long.")
                .doesNotContain("Core: ");
    }

    @Test
    void aClassPathWithoutARuntimeIsSaidToBeOne() {
        assertThat(run("doctor", "--class-path", folder.toString())).isEqualTo(1);
        assertThat(err.toString().strip())
                .isEqualTo("espalier: there is no espalier-runtime on the class path: a project that runs networks"
                        + " depends on org.espalier:espalier-runtime-cpu");
    }

    @Test
    void mavenIsAskedOnceAndAgainIfAJarIsGone() throws IOException {
        Path jar = Files.writeString(folder.resolve("a.jar"), "");
        Map<String, String> environment = maven("""
                echo asked >> '%s'
                for option in "$@"; do case "$option" in
                  -Dmdep.outputFile=*) printf '%%s' '%s' > "${option#*=}";;
                esac; done
                """.formatted(folder.resolve("log"), jar));
        RuntimeClassPath paths = new RuntimeClassPath("1", environment, "espalier-runtime-cpu");

        assertThat(paths.find(null, null)).isEqualTo(jar.toString());
        assertThat(paths.find(null, null)).isEqualTo(jar.toString());
        assertThat(folder.resolve("log")).hasContent("asked");

        Files.delete(jar);
        assertThat(paths.find(null, null)).isEqualTo(jar.toString());
        assertThat(Files.readAllLines(folder.resolve("log"))).hasSize(2);
    }

    @Test
    void whatMavenSaysIsSaidInOneLine() throws IOException {
        Map<String, String> environment = maven(
                "printf '\\033[1m[ERROR] Could not find artifact -> [Help 1]\\033[0m\\n'; echo '[ERROR] more'; exit 1\n");

        assertThatThrownBy(() -> new RuntimeClassPath("1", environment, "espalier-runtime-cpu").find(null, null))
                .isInstanceOf(FileProblem.class)
                .hasMessage("Maven does not find what networks run on, org.espalier:espalier-runtime-cpu of version 1:"
                        + " Could not find artifact");
    }

    @Test
    void withoutMavenTheVariableGivesTheClassPath() throws FileProblem {
        Map<String, String> environment =
                Map.of(RuntimeClassPath.VARIABLE, "a.jar" + File.pathSeparator + "b.jar", "PATH", "");

        assertThat(new RuntimeClassPath("1", environment, "espalier-runtime-cpu").find(null, folder))
                .isEqualTo("a.jar" + File.pathSeparator + "b.jar");
        assertThat(new RuntimeClassPath("1", environment, "espalier-runtime-cpu").find("c.jar", folder))
                .isEqualTo("c.jar");
    }

    /** An environment with a Maven of its own, which is a script. */
    private Map<String, String> maven(String script) throws IOException {
        assumeThat(File.separatorChar).isEqualTo('/');
        Path home = Files.createDirectories(folder.resolve("maven/bin"));
        Path mvn = Files.writeString(home.resolve("mvn"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.remove(RuntimeClassPath.VARIABLE);
        environment.put("MAVEN_HOME", folder.resolve("maven").toString());
        environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        return environment;
    }

    private int run(String... arguments) {
        return Espalier.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
