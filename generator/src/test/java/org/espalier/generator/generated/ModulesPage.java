package org.espalier.generator.generated;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.elaborate.library.Builtins;

/** Writes {@code docs/pytorch-modules.md}: what came of PyTorch's samples of each module. */
final class ModulesPage {
    private ModulesPage() {}

    /**
     * The page.
     *
     * @param refused cases that the compiler refuses, each with what it says
     */
    static String of(List<ModuleSamples> modules, Map<ModuleCase, String> refused) {
        Map<Boolean, List<ModuleSamples>> whole = modules.stream()
                .filter(module -> failing(module, refused).isEmpty())
                .collect(Collectors.partitioningBy(module -> module.cases().isEmpty()));
        List<String> excused =
                whole.get(true).stream().map(ModuleSamples::module).toList();
        return """
                # PyTorch's own samples

                PyTorch tests its modules with samples: constructor calls, and shapes of tensors to call the module with. This
                page covers the samples of PyTorch 2.13, `torch.testing._internal.common_modules.module_db`, of %d modules.
                Each is compiled from a `.net` with PyTorch's call, unchanged. Outputs, running statistics, and gradients with
                respect to inputs and parameters agree with PyTorch's to 1e-10 in double precision and to 1e-4 in single
                precision, in training mode and, where that differs, in eval mode. Both sides fill the tensors by the same
                formula; memory formats such as `channels_last` make no difference here.

                The batch is the first axis. Where a sample has it second, the call here has `batch_first=true`, and the first
                two axes of tensors are exchanged. Samples of recurrences, their cells and MultiheadAttention have no batch:
                here they have a batch of one; last states and attention weights are compared, too. Boolean masks are written
                as comparisons, `tgt_mask=x3 > 0.5`.

                **%d of %d modules pass**: at least one of their samples passes, and the others are excused. All samples of %d
                more are excused, so this page says nothing about them: %s.

                A sample is excused for one of these reasons:

                %s

                A sample fails if the compiler rejects it, with the message in the table;
                [modules.txt](../generator/src/golden/modules.txt) lists the calls.

                | Module | Samples | Passing | Excused | Failing |
                | --- | ---: | ---: | --- | --- |
                %s
                """.formatted(
                        modules.size(),
                        whole.get(false).size(),
                        modules.size(),
                        excused.size(),
                        String.join(", ", excused),
                        reasons(modules),
                        modules.stream().map(module -> row(module, refused)).collect(Collectors.joining("\n")));
    }

    private static String reasons(List<ModuleSamples> modules) {
        return modules.stream()
                .flatMap(module -> module.excused().keySet().stream())
                .distinct()
                .sorted()
                .map(reason -> "- " + reason + ";")
                .collect(Collectors.joining("\n"))
                .replaceFirst(";\\z", ".");
    }

    private static String row(ModuleSamples module, Map<ModuleCase, String> refused) {
        int passing = module.cases().stream()
                .filter(each -> !refused.containsKey(each))
                .mapToInt(ModuleCase::samples)
                .sum();
        Map<String, Integer> counted = isAbsent(module) ? Map.of() : module.excused();
        String excused = counted.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey().split(":")[0])
                .collect(Collectors.joining(", "));
        String failing = failing(module, refused).entrySet().stream()
                .map(entry -> entry.getValue() + ": " + entry.getKey())
                .collect(Collectors.joining("; "))
                .replace("|", "\\|");
        return Stream.of(module.module(), String.valueOf(module.samples()), String.valueOf(passing), excused, failing)
                .map(cell -> cell.isEmpty() ? "| " : "| " + cell + " ")
                .collect(Collectors.joining("", "", "|"));
    }

    /** Counts the samples that fail, by reasons. */
    private static Map<String, Integer> failing(ModuleSamples module, Map<ModuleCase, String> refused) {
        if (isAbsent(module)) {
            return Map.of("the language has no " + module.module(), module.samples());
        }
        Map<String, Integer> failing = new TreeMap<>(module.missing());
        module.cases().stream()
                .filter(refused::containsKey)
                .forEach(each -> failing.merge(refused.get(each), each.samples(), Integer::sum));
        return failing;
    }

    /** Tells that there is nothing to excuse: no sample has a batch, and the language does not have the module. */
    private static boolean isAbsent(ModuleSamples module) {
        return module.cases().isEmpty()
                && module.excused().keySet().stream().allMatch(reason -> reason.startsWith("unbatched"))
                && Builtins.named(module.module()).isEmpty();
    }
}
