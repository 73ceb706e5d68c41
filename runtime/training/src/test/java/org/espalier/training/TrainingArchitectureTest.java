package org.espalier.training;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** Reports and jobs stand on the runtime, and know neither the compiler nor the native libraries. */
@AnalyzeClasses(packages = "org.espalier.training", importOptions = ImportOption.DoNotIncludeTests.class)
class TrainingArchitectureTest {
    @ArchTest
    static final ArchRule nothingKnowsTheGenerator = ArchRuleDefinition.noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.espalier.generator..", "org.espalier.cli..", "org.bytedeco..");
}
