package org.espalier.generator;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.InstanceofCheck;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.espalier.generator.ir.op.Op;

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
            .layer("language")
            .definedBy(ROOT + ".elaborate.language")
            .layer("loss")
            .definedBy(ROOT + ".loss..")
            .layer("regularizer")
            .definedBy(ROOT + ".regularizer..")
            .layer("optimizer")
            .definedBy(ROOT + ".optimizer..")
            .layer("library")
            .definedBy(ROOT + ".elaborate.library")
            .layer("evaluation")
            .definedBy(ROOT + ".elaborate.evaluation")
            .layer("lowering")
            .definedBy(ROOT + ".elaborate.lowering")
            .layer("clauses")
            .definedBy(ROOT + ".elaborate.clauses")
            .layer("elaborate")
            .definedBy(ROOT + ".elaborate")
            .layer("rewrite")
            .definedBy(ROOT + ".rewrite..")
            .layer("autodiff")
            .definedBy(ROOT + ".autodiff..")
            .layer("plan")
            .definedBy(ROOT + ".plan..")
            .layer("target")
            .definedBy(ROOT + ".target..")
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
            .whereLayer("language")
            .mayOnlyAccessLayers("source", "diagnostic", "syntax", "formula", "ir")
            .whereLayer("layer")
            .mayOnlyAccessLayers("formula", "source", "diagnostic", "ir", "language", "loss", "regularizer")
            .whereLayer("loss")
            .mayOnlyAccessLayers("formula", "source", "diagnostic", "ir", "language")
            .whereLayer("regularizer")
            .mayOnlyAccessLayers("source", "diagnostic", "ir", "language")
            .whereLayer("optimizer")
            .mayOnlyAccessLayers("source", "diagnostic", "ir", "language")
            .whereLayer("library")
            .mayOnlyAccessLayers(
                    "source",
                    "diagnostic",
                    "syntax",
                    "formula",
                    "ir",
                    "language",
                    "layer",
                    "loss",
                    "regularizer",
                    "optimizer")
            .whereLayer("evaluation")
            .mayOnlyAccessLayers("source", "diagnostic", "syntax", "formula", "ir", "language", "layer", "library")
            .whereLayer("lowering")
            .mayOnlyAccessLayers("layer", "source", "diagnostic", "syntax", "ir", "language")
            .whereLayer("clauses")
            .mayOnlyAccessLayers("source", "diagnostic", "syntax", "ir", "language", "evaluation", "lowering")
            .whereLayer("elaborate")
            .mayOnlyAccessLayers(
                    "source",
                    "diagnostic",
                    "syntax",
                    "ir",
                    "language",
                    "library",
                    "evaluation",
                    "lowering",
                    "clauses",
                    "regularizer")
            .whereLayer("rewrite")
            .mayOnlyAccessLayers("formula", "ir", "layer")
            .whereLayer("autodiff")
            .mayOnlyAccessLayers("layer", "source", "ir", "loss", "regularizer")
            .whereLayer("plan")
            .mayOnlyAccessLayers("source", "ir")
            .whereLayer("target")
            .mayOnlyAccessLayers("source", "formula", "ir")
            .whereLayer("report")
            .mayOnlyAccessLayers("source", "diagnostic", "ir")
            .whereLayer("output")
            .mayOnlyAccessLayers("source", "target");

    @ArchTest
    static final ArchRule packagesHaveNoCircles =
            SlicesRuleDefinition.slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theVocabularyKnowsNeitherItsTextNorItsVerifiers = ArchRuleDefinition.noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".ir", ROOT + ".ir.op")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".ir.text..", ROOT + ".ir.verify..");

    @ArchTest
    static final ArchRule familiesOfLayersDoNotKnowEachOther = SlicesRuleDefinition.slices()
            .matching(ROOT + ".layer.(*)")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(
                    JavaClass.Predicates.resideInAPackage(ROOT + ".layer.."),
                    // What layers of all families are composed of: formulas, products, softmax, dropout, what moves
                    // elements.
                    JavaClass.Predicates.resideInAnyPackage(
                            ROOT + ".layer.api",
                            ROOT + ".layer.dropout",
                            ROOT + ".layer.elementwise",
                            ROOT + ".layer.linear",
                            ROOT + ".layer.activation",
                            ROOT + ".layer.shape",
                            ROOT + ".layer.spread"));

    @ArchTest
    static void packagesHaveAtMostTwentyFiveFiles(JavaClasses classes) {
        Map<String, Set<String>> files = new TreeMap<>();
        for (JavaClass type : classes) {
            String file = type.getSource().orElseThrow().getFileName().orElseThrow();
            files.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
                    .add(file);
        }
        assertThat(files).allSatisfy((name, inside) -> assertThat(inside).hasSizeLessThanOrEqualTo(25));
    }

    @ArchTest
    static final ArchRule passesAskTraitsOfOperationsNotTheirNames = ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".layer..")
            .should(new ArchCondition<>("ask whether an operation is a certain one") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    for (InstanceofCheck check : type.getInstanceofChecks()) {
                        JavaClass asked = check.getRawType();
                        boolean named = asked.isAssignableTo(Op.class)
                                && !asked.isInterface()
                                && asked.getPackageName().startsWith(ROOT + ".layer.");
                        events.add(
                                new SimpleConditionEvent(type, named, type.getName() + " asks for " + asked.getName()));
                    }
                }
            });

    @ArchTest
    static final ArchRule onlyTheSyntaxAndTheFormatterKnowAntlr = ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".syntax..", ROOT + ".format..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.antlr..", "org.espalier.grammar..");

    @ArchTest
    static final ArchRule onlyTargetsOfJavaKnowJavaPoet = ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".target.java..", ROOT + ".target.inference..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.palantir.javapoet..");

    @ArchTest
    static final ArchRule theCompilerDoesNotKnowTheRuntime = ArchRuleDefinition.noClasses()
            .should()
            .dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage("org.espalier.runtime..", "org.nd4j.."));
}
