package org.espalier.generator;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** The packages are the compiler's stages, in order, and know only those before them. */
@AnalyzeClasses(packages = "org.espalier.generator", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "org.espalier.generator";

    @ArchTest
    static final ArchRule stagesKnowOnlyEarlierOnes = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
            .layer("source")
            .definedBy(ROOT + ".source..")
            .layer("diagnostic")
            .definedBy(ROOT + ".diagnostic..")
            .layer("syntax")
            .definedBy(ROOT + ".syntax..")
            .layer("format")
            .definedBy(ROOT + ".format..")
            .layer("formula")
            .definedBy(ROOT + ".formula..")
            .layer("ir")
            .definedBy(ROOT + ".ir..")
            .layer("layer")
            .definedBy(ROOT + ".layer..")
            .layer("analysis")
            .definedBy(ROOT + ".analysis..")
            .layer("autodiff")
            .definedBy(ROOT + ".autodiff..")
            .layer("plan")
            .definedBy(ROOT + ".plan..")
            .layer("emit")
            .definedBy(ROOT + ".emit..")
            .layer("report")
            .definedBy(ROOT + ".report..")
            .layer("output")
            .definedBy(ROOT + ".output..")
            .layer("compiler")
            .definedBy(ROOT)
            .whereLayer("source")
            .mayNotAccessAnyLayer()
            .whereLayer("diagnostic")
            .mayOnlyAccessLayers("source")
            .whereLayer("syntax")
            .mayOnlyAccessLayers("source", "diagnostic")
            .whereLayer("format")
            .mayOnlyAccessLayers("source", "diagnostic", "syntax")
            .whereLayer("formula")
            .mayNotAccessAnyLayer()
            .whereLayer("ir")
            .mayOnlyAccessLayers("source", "formula")
            .whereLayer("layer")
            .mayOnlyAccessLayers("source", "ir")
            .whereLayer("analysis")
            .mayOnlyAccessLayers("source", "diagnostic", "syntax", "formula", "ir", "layer")
            .whereLayer("autodiff")
            .mayOnlyAccessLayers("source", "ir", "layer")
            .whereLayer("plan")
            .mayOnlyAccessLayers("source", "ir")
            .whereLayer("emit")
            .mayOnlyAccessLayers("source", "formula", "ir")
            .whereLayer("report")
            .mayOnlyAccessLayers("source", "diagnostic", "ir")
            .whereLayer("output")
            .mayOnlyAccessLayers("source", "emit");

    @ArchTest
    static final ArchRule stagesHaveNoCircles =
            SlicesRuleDefinition.slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theVocabularyKnowsNeitherItsTextNorItsVerifiers = ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage(ROOT + ".ir")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".ir.*..");

    @ArchTest
    static final ArchRule familiesOfLayersDoNotKnowEachOther =
            SlicesRuleDefinition.slices().matching(ROOT + ".layer.(*)").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule onlyTheSyntaxAndTheFormatterKnowAntlr = ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".syntax..", ROOT + ".format..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.antlr..", "org.espalier.grammar..");

    @ArchTest
    static final ArchRule onlyEmitKnowsJavaPoet = ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".emit..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.palantir.javapoet..");

    @ArchTest
    static final ArchRule theCompilerDoesNotKnowTheRuntime = ArchRuleDefinition.noClasses()
            .should()
            .dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage("org.espalier.runtime..", "org.nd4j.."));
}
