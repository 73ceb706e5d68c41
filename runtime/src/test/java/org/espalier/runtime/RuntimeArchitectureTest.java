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
    static final ArchRule packages_have_no_cycles =
            slices().matching("org.espalier.(**)").should().beFreeOfCycles();

    @ArchTest
    static void packages_have_at_most_twenty_five_files(JavaClasses classes) {
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
    static final ArchRule kernels_do_not_know_what_generated_classes_call = noClasses()
            .that()
            .resideInAPackage("org.espalier.runtime.kernel.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.espalier.runtime.kernel");

    @ArchTest
    static final ArchRule kernels_are_chosen_by_type_once = noClasses()
            .that()
            .areNotAssignableTo(Operand.class)
            .and()
            .doNotHaveSimpleName("KernelSet")
            .and()
            .doNotHaveSimpleName("LossKernels")
            .should()
            .accessField(Operand.class, "isFloat");

    @ArchTest
    static final ArchRule only_the_kernels_know_the_operations_of_nd4j = noClasses()
            .that()
            .resideOutsideOfPackage("org.espalier.runtime.kernel..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j.linalg.api.ops..", "org.nd4j.linalg.api.blas..", "org.nd4j.linalg.ops..");

    @ArchTest
    static final ArchRule the_runtime_does_not_know_the_generator =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("org.espalier.generator..");

    @ArchTest
    static final ArchRule kernels_stand_on_nothing_else_here = noClasses()
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
    static final ArchRule json_is_for_files_only =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("tools.jackson..");
}
