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
        return elaborate(
                files,
                imports,
                diagnostics,
                (module, network, budget) -> NetworkElaboration.elaborate(module, network, budget, diagnostics));
    }

    /**
     * Checks files as {@link #elaborate(List, ImportResolver, Diagnostics)} does, and lets an observer follow their
     * networks.
     *
     * @param diagnostics takes what is wrong with the files; what is wrong with a network, its sketch tells
     */
    public static void elaborate(
            List<FileDecl> files, ImportResolver imports, Diagnostics diagnostics, Observer observer) {
        elaborate(files, imports, diagnostics, (module, network, budget) -> {
            if (observer.wants(module.file(), network)) {
                observer.elaborated(module.file(), NetworkElaboration.sketch(module, network, budget));
            }
            return Optional.empty();
        });
    }

    /** Follows the elaboration of networks: for tools that keep what they know of a network that has not changed. */
    public interface Observer {
        /** Tells whether a network shall be elaborated. May throw to end the elaboration. */
        boolean wants(FileDecl file, Declaration.NetworkDecl network);

        /** Takes what became of a network that was wanted. */
        void elaborated(FileDecl file, Sketch sketch);
    }

    /** Elaborates one network, within the budget of its file. */
    @FunctionalInterface
    private interface Networks {
        Optional<Graph> elaborate(Module module, Declaration.NetworkDecl network, Budget budget);
    }

    private static List<Graph> elaborate(
            List<FileDecl> files, ImportResolver imports, Diagnostics diagnostics, Networks networks) {
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
                    networks.elaborate(module, network, budget).ifPresent(graphs::add);
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
