package org.espalier.generator.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.elaborate.evaluation.Module;
import org.espalier.generator.elaborate.evaluation.Modules;
import org.espalier.generator.elaborate.evaluation.NameCheck;
import org.espalier.generator.elaborate.evaluation.Uses;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.Session.Budget;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.source.ImportResolver;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.FileDecl;

/** Elaborates the networks that files declare into graphs. */
public final class Elaborator {
    private Elaborator() {}

    /**
     * Elaborates every network of some files.
     *
     * @return the graphs of the networks without mistakes, in the order of the files and their declarations; every
     *     mistake is reported
     */
    public static List<Graph> elaborate(List<FileDecl> files, ImportResolver imports, Diagnostics diagnostics) {
        Modules modules = new Modules(imports, diagnostics);
        modules.load(files);
        Uses uses = new Uses();
        modules.all().forEach(module -> NameCheck.check(module, uses, diagnostics));
        uses.warn(modules.all(), files.size(), diagnostics);

        List<Graph> graphs = new ArrayList<>();
        List<FileDecl> requested = modules.all().subList(0, files.size()).stream()
                .map(Module::file)
                .toList();
        ClassNames classes = new ClassNames(requested, diagnostics);
        for (Module module : modules.all().subList(0, files.size())) {
            if (hasTooManyNetworks(module.file(), diagnostics)) {
                continue;
            }
            Budget budget = new Budget();
            for (Declaration declaration : module.file().declarations()) {
                if (declaration instanceof Declaration.NetworkDecl network && classes.take(module.file(), network)) {
                    NetworkElaboration.elaborate(module, network, budget, diagnostics)
                            .ifPresent(graphs::add);
                }
            }
        }
        return graphs;
    }

    private static boolean hasTooManyNetworks(FileDecl file, Diagnostics diagnostics) {
        Optional<Declaration.NetworkDecl> beyond = file.declarations().stream()
                .filter(Declaration.NetworkDecl.class::isInstance)
                .map(Declaration.NetworkDecl.class::cast)
                .skip(Limits.NETWORKS)
                .findFirst();
        beyond.ifPresent(network -> diagnostics.report(DiagnosticCode.TOO_MANY_NETWORKS
                .at(network.span(), Limits.NETWORKS)
                .withHelp("move networks to files of their own")));
        return beyond.isPresent();
    }
}
