package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.ImportResolver;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which networks can be classes, and which of them together; fixtures show the messages. */
class ClassNamesTest {
    private static SourceFile file(String name, String packageName, String network) {
        return new SourceFile(
                name,
                (packageName.isEmpty() ? "" : "package " + packageName + "\n") + "network " + network
                        + " {\n    input x: float[batch, 4]\n    output y = Linear(4, 2)(x)\n}\n");
    }

    private static List<String> found(SourceFile... files) {
        return NetCompiler.compile(new CompilationRequest(List.of(files), ImportResolver.NONE)).diagnostics().stream()
                .map(Diagnostic::headline)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_",
                "abstract",
                "assert",
                "boolean",
                "char",
                "const",
                "double",
                "enum",
                "false",
                "final",
                "goto",
                "instanceof",
                "int",
                "java",
                "javax",
                "native",
                "new",
                "null",
                "org",
                "Part",
                "permits",
                "record",
                "sealed",
                "strictfp",
                "super",
                "this",
                "throws",
                "var",
                "void",
                "yield"
            })
    void refusesWhatJavaDoesNotTake(String name) {
        assertThat(found(file("a.net", "com.example", name)))
                .singleElement()
                .asString()
                .contains("ESP1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Größe", "層", "Record", "module", "open", "with", "when", "Com10", "Console", "x"})
    void takesWhatJavaTakes(String name) {
        assertThat(found(file("a.net", "com.example", name))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Unet, UNet", "Größe, GRÖSSE", "Straße, STRASSE", "\uac01, \u1100\u1161\u11a8", "A, a"})
    void refusesTwoClassesThatAreOneFileSomewhere(String first, String second) {
        assertThat(found(file("a.net", "com.example", first), file("b.net", "com.example", second)))
                .singleElement()
                .asString()
                .startsWith("b.net:2:9: error ESP116")
                .contains("a.net:2");
        assertThat(found(file("a.net", "com.example", first), file("b.net", "com.other", second)))
                .isEmpty();
    }

    @Test
    void foldersCountToo() {
        assertThat(found(file("a.net", "com.example", "Unet"), file("b.net", "com.Example", "unet")))
                .singleElement()
                .asString()
                .contains("ESP116");
    }

    @Test
    void refusesAClassThatIsAPackageToo() {
        assertThat(found(file("a.net", "com", "example"), file("b.net", "com.example.nets", "Line")))
                .singleElement()
                .asString()
                .startsWith("a.net:2:9: error ESP113");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CON", "prn", "Aux", "nul", "com1", "LPT9"})
    void refusesWhatWindowsKeepsForDevices(String name) {
        assertThat(found(file("a.net", "", name))).singleElement().asString().contains("ESP117");
        assertThat(found(file("a.net", "com." + name + ".nets", "Line")))
                .singleElement()
                .asString()
                .contains("ESP117");
    }

    @Test
    void countsBytesOfFileNamesAndLettersOfOthers() {
        assertThat(found(file("a.net", "", "層".repeat(33)))).isEmpty();
        assertThat(found(file("a.net", "", "層".repeat(34))))
                .singleElement()
                .asString()
                .contains("ESP117");
        assertThat(found(file("a.net", "a".repeat(200) + "." + "b".repeat(54), "Line")))
                .isEmpty();
        assertThat(found(file("a.net", "a".repeat(200) + "." + "b".repeat(55), "Line")))
                .singleElement()
                .asString()
                .contains("ESP117");
        assertThat(found(file("a.net", "", "n".repeat(65_536))))
                .singleElement()
                .asString()
                .contains("ESP118");
        assertThat(found(layered("l".repeat(200)))).isEmpty();
        assertThat(found(layered("l".repeat(201)))).hasSize(2).allMatch(headline -> headline.contains("ESP118"));
    }

    private static SourceFile layered(String name) {
        return new SourceFile(
                "a.net",
                "network Line {\n    input x: float[batch, 4]\n    " + name + " = Linear(4, 2)\n    output y = " + name
                        + "(x)\n}\n");
    }

    @Test
    void aMethodTakesSoManyInputsAndOutputs() {
        assertThat(found(inputs(200))).isEmpty();
        assertThat(found(inputs(201)))
                .singleElement()
                .asString()
                .contains("ESP119")
                .contains("201 inputs");
        assertThat(found(outputs(200))).isEmpty();
        assertThat(found(outputs(201)))
                .singleElement()
                .asString()
                .contains("ESP119")
                .contains("201 outputs");
    }

    private static SourceFile inputs(int count) {
        StringBuilder text = new StringBuilder("network Wide {\n");
        Stream.iterate(0, i -> i + 1).limit(count).forEach(i -> text.append("    input x" + i + ": float[batch, 1]\n"));
        text.append("    output y = Linear(" + count + ", 1)(concat(x0");
        Stream.iterate(1, i -> i + 1).limit(count - 1L).forEach(i -> text.append(", x" + i));
        return new SourceFile(
                "a.net",
                text.append("))\n    loss MSELoss()\n    optimizer SGD(lr=0.1)\n}\n")
                        .toString());
    }

    private static SourceFile outputs(int count) {
        StringBuilder text = new StringBuilder("network Wide {\n    input x: float[batch, 1]\n");
        Stream.iterate(0, i -> i + 1)
                .limit(count)
                .forEach(i -> text.append("    output y" + i + " = Linear(1, 1)(x)\n"));
        return new SourceFile("a.net", text.append("}\n").toString());
    }
}
