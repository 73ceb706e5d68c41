package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The command is outermost: it knows the compiler, and what needs the JDK alone to run what was compiled. */
@AnalyzeClasses(packages = "org.espalier.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class CliArchitectureTest {
    @ArchTest
    static final ArchRule nothingKnowsTheRuntime = ArchRuleDefinition.noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.espalier.runtime..", "org.nd4j..", "org.bytedeco..");

    @ArchTest
    static final ArchRule theKernelsAreKnownWhereNetworksRunAlone = ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackage("org.espalier.cli.run")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.espalier.inference..");

    @ArchTest
    static final ArchRule packagesHaveNoCircles = SlicesRuleDefinition.slices()
            .matching("org.espalier.cli.(**)")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static void packagesHaveAtMostTwentyFiveFiles(JavaClasses classes) {
        Map<String, Set<String>> files = new TreeMap<>();
        for (JavaClass type : classes) {
            String file = type.getSource().orElseThrow().getFileName().orElseThrow();
            files.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
                    .add(file);
        }
        assertThat(files)
                .isNotEmpty()
                .allSatisfy((name, inside) -> assertThat(inside).hasSizeLessThanOrEqualTo(25));
    }

    @ArchTest
    static final ArchRule partsDoNotKnowTheCommand = ArchRuleDefinition.noClasses()
            .that()
            .resideInAnyPackage(
                    "org.espalier.cli.run..",
                    "org.espalier.cli.prune..",
                    "org.espalier.cli.file..",
                    "org.espalier.cli.argument..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.espalier.cli");
}
