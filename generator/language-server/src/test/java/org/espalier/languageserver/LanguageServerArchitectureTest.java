package org.espalier.languageserver;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The server asks the compiler, up to the elaboration; its rooms are in a row. */
@AnalyzeClasses(packages = "org.espalier.languageserver", importOptions = ImportOption.DoNotIncludeTests.class)
class LanguageServerArchitectureTest {
    private static final String ROOT = "org.espalier.languageserver";

    @ArchTest
    static final ArchRule theServerAsksForNothingThatItDoesNotShow = ArchRuleDefinition.noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.espalier.generator.autodiff..",
                    "org.espalier.generator.plan..",
                    "org.espalier.generator.rewrite..",
                    "org.espalier.generator.target..",
                    "org.espalier.runtime..",
                    "org.espalier.inference..",
                    "org.nd4j..");

    @ArchTest
    static final ArchRule roomsKnowOnlyEarlierOnes = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
            .layer("names")
            .definedBy(ROOT + ".names")
            .layer("document")
            .definedBy(ROOT + ".document")
            .layer("workspace")
            .definedBy(ROOT + ".workspace")
            .layer("feature")
            .definedBy(ROOT + ".feature")
            .layer("server")
            .definedBy(ROOT)
            .whereLayer("names")
            .mayNotAccessAnyLayer()
            .whereLayer("document")
            .mayOnlyAccessLayers("names")
            .whereLayer("workspace")
            .mayOnlyAccessLayers("names", "document")
            .whereLayer("feature")
            .mayOnlyAccessLayers("names", "document", "workspace")
            .whereLayer("server")
            .mayOnlyAccessLayers("document", "workspace", "feature");

    @ArchTest
    static final ArchRule theServerParsesNothingItself = ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage(ROOT + "..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.espalier.grammar.NetParser");

    @ArchTest
    static void packagesHaveAtMostTwentyFiveFiles(JavaClasses classes) {
        Map<String, Set<String>> files = new TreeMap<>();
        for (JavaClass type : classes) {
            if (type.getPackageName().startsWith(ROOT)) {
                String file = type.getSource().orElseThrow().getFileName().orElseThrow();
                files.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
                        .add(file);
            }
        }
        assertThat(files)
                .isNotEmpty()
                .allSatisfy((name, inside) -> assertThat(inside).hasSizeLessThanOrEqualTo(25));
    }
}
