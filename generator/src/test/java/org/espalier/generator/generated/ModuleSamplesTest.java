package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Pages;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * PyTorch's own samples of its modules, compiled: outputs, gradients by inputs and parameters, and statistics are those
 * of {@code runtime/src/test/python/module_fixtures.py}. {@code src/golden/modules.txt} lists what the compiler refuses
 * and why, and {@code docs/pytorch-modules.md} says what came of each module.
 */
class ModuleSamplesTest {
    /** Both sides compute in double precision. */
    private static final double TOLERANCE = 1e-10;

    private static final double SINGLE_TOLERANCE = 1e-4;

    private static final List<ModuleSamples> MODULES = ModuleSamples.all();
    private static final List<ModuleSamples> FURTHER = ModuleSamples.further();
    private static final Map<ModuleCase, Compilation> COMPILED = compilations("Sample", "float64");
    private static final Map<ModuleCase, Compilation> SINGLE = compilations("Single", "float32");
    private static GeneratedCode code;

    private static Map<ModuleCase, Compilation> compilations(String name, String precision) {
        Map<ModuleCase, Compilation> compilations = new LinkedHashMap<>();
        Stream.concat(MODULES.stream(), FURTHER.stream())
                .flatMap(module -> module.cases().stream())
                .forEach(each -> {
                    String network = name + compilations.size();
                    SourceFile file = new SourceFile(network + ".net", each.specification(network, precision));
                    compilations.put(each, NetCompiler.compile(CompilationRequest.of(file)));
                });
        return compilations;
    }

    @BeforeAll
    static void compile() {
        code = GeneratedCode.compile(Stream.concat(COMPILED.values().stream(), SINGLE.values().stream())
                .flatMap(compilation -> compilation.sources().stream())
                .toList());
    }

    private static Stream<ModuleCase> cases() {
        return COMPILED.keySet().stream().filter(each -> !COMPILED.get(each).hasErrors());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void numbersArePytorchs(ModuleCase each) {
        check(each, COMPILED.get(each), TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void numbersInSinglePrecisionAreNearThem(ModuleCase each) {
        check(each, SINGLE.get(each), SINGLE_TOLERANCE);
    }

    private static void check(ModuleCase each, Compilation compilation, double tolerance) {
        assertThat(compilation.diagnostics()).isEmpty();
        Class<?> type = code.load(compilation.sources().get(0));
        try (CompiledNetwork network =
                new CompiledNetwork(compilation.programs().get(0), type, each.batch(), 42)) {
            each.check(compilation.programs().get(0), network, tolerance);
        }
    }

    @Test
    void everySampleIsACaseOrHasAReason() {
        assertThat(MODULES)
                .hasSize(114)
                .allSatisfy(module -> assertThat(module.samples())
                        .isEqualTo(module.cases().stream()
                                        .mapToInt(ModuleCase::samples)
                                        .sum()
                                + sum(module.excused())
                                + sum(module.missing())));
    }

    private static int sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** A case that is refused and was not is a difference here, as is one that is refused no more. */
    @Test
    void whatIsRefusedIsListed() {
        Goldens.check(
                "modules.txt",
                COMPILED.keySet().stream()
                        .filter(each -> COMPILED.get(each).hasErrors())
                        .map(each -> each + "\n    " + refusal(each) + "\n")
                        .collect(Collectors.joining()));
    }

    private static String refusal(ModuleCase each) {
        return COMPILED.get(each).diagnostics().stream()
                .filter(Diagnostic::isError)
                .findFirst()
                .map(error -> error.code() + ": " + error.message())
                .orElseThrow();
    }

    @Test
    void pageSaysWhatCameOfEachModule() {
        Pages.check(
                "pytorch-modules.md",
                ModulesPage.of(
                        MODULES,
                        COMPILED.keySet().stream()
                                .filter(each -> COMPILED.get(each).hasErrors())
                                .collect(Collectors.toMap(each -> each, ModuleSamplesTest::refusal))));
    }
}
