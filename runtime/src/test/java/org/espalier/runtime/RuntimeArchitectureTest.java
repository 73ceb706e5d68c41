package org.espalier.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.espalier.runtime.kernel.memory.Operand;

@AnalyzeClasses(packages = "org.espalier.runtime", importOptions = ImportOption.DoNotIncludeTests.class)
class RuntimeArchitectureTest {
    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("org.espalier.(**)").should().beFreeOfCycles();

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
    static final ArchRule kernelsDoNotKnowWhatGeneratedClassesCall = noClasses()
            .that()
            .resideInAPackage("org.espalier.runtime.kernel.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.espalier.runtime.kernel");

    @ArchTest
    static final ArchRule kernelsAreChosenByTypeOnce = noClasses()
            .that()
            .areNotAssignableTo(Operand.class)
            .and()
            .doNotHaveSimpleName("KernelSet")
            .and()
            .doNotHaveSimpleName("LossKernels")
            .should()
            .accessField(Operand.class, "isFloat");

    @ArchTest
    static final ArchRule onlyTheKernelsKnowTheOperationsOfNd4j = noClasses()
            .that()
            .resideOutsideOfPackage("org.espalier.runtime.kernel..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j.linalg.api.ops..", "org.nd4j.linalg.api.blas..", "org.nd4j.linalg.ops..");

    @ArchTest
    static final ArchRule theRuntimeDoesNotKnowTheGenerator =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("org.espalier.generator..");

    @ArchTest
    static final ArchRule kernelsStandOnNothingElseHere = noClasses()
            .that()
            .resideInAPackage("org.espalier.runtime.kernel..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.espalier.runtime",
                    "org.espalier.runtime.optim..",
                    "org.espalier.weights",
                    "org.espalier.runtime.data",
                    "org.espalier.runtime.file",
                    "org.espalier.runtime.step",
                    "org.espalier.runtime.storage",
                    "org.espalier.runtime.train");

    @ArchTest
    static final ArchRule jsonIsForFilesOnly =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("tools.jackson..");

    @ArchTest
    static final ArchRule theRuntimeKnowsNoCluster =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("org.apache.spark..", "org.espalier.spark..");
}
