package org.espalier.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.espalier.spark", importOptions = ImportOption.DoNotIncludeTests.class)
class SparkArchitectureTest {
    @ArchTest
    static final ArchRule standsOnTheRuntimeAlone = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.espalier.generator..", "org.espalier.training..", "org.espalier.inference..");

    @ArchTest
    static final ArchRule onlyWhatReadsRowsAndTheStageOfAPipelineKnowSparkMl = noClasses()
            .that()
            .doNotHaveSimpleName("RowReader")
            .and()
            .doNotHaveSimpleName("NetworkTransformer")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark.ml..", "org.apache.spark.mllib..");
}
