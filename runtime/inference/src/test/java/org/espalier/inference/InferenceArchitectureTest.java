package org.espalier.inference;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
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

/** An inference class can be compiled ahead of time, in a closed world: there is the JDK, and nothing is looked up. */
@AnalyzeClasses(packages = "org.espalier.inference", importOptions = ImportOption.DoNotIncludeTests.class)
class InferenceArchitectureTest {
    @ArchTest
    static final ArchRule needsTheJdkAlone = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "org.espalier.inference..", "java..", "jdk.incubator.vector", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule packagesHaveNoCircles =
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
    static final ArchRule usesNoReflection = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.lang.reflect", "java.lang.invoke")
            .orShould()
            .callMethod(Class.class, "forName", String.class)
            .orShould()
            .callMethod(Class.class, "getResourceAsStream", String.class)
            .orShould()
            .dependOnClassesThat(JavaClass.Predicates.type(java.util.ServiceLoader.class));

    @ArchTest
    static final ArchRule onlyThreeClassesNeedTheVectorApi = noClasses()
            .that(DescribedPredicate.not(JavaClass.Predicates.simpleName("VectorTileProduct")
                    .or(JavaClass.Predicates.simpleName("SixPointVectors"))
                    .or(JavaClass.Predicates.simpleName("VectorCurves"))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.vector");
}
