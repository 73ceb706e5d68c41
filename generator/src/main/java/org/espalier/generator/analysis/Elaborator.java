package org.espalier.generator.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.lang.model.SourceVersion;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.source.ImportResolver;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.generator.syntax.Identifier;

/** Makes graphs of the networks that files declare. */
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
        uses.warn(modules.all(), diagnostics);

        List<Graph> graphs = new ArrayList<>();
        Map<String, Declaration> classes = new HashMap<>();
        for (Module module : modules.all().subList(0, files.size())) {
            checkPackage(module.file(), diagnostics);
            Budget budget = new Budget();
            for (Declaration declaration : module.file().declarations()) {
                if (declaration instanceof Declaration.NetworkDecl network
                        && isSound(module.file(), network, classes, diagnostics)) {
                    NetworkElaboration.elaborate(module, network, budget, diagnostics)
                            .ifPresent(graphs::add);
                }
            }
        }
        return graphs;
    }

    private static void checkPackage(FileDecl file, Diagnostics diagnostics) {
        Identifier name = file.packageName();
        if (!name.text().isEmpty() && !SourceVersion.isName(name.text())) {
            diagnostics.report(DiagnosticCode.NOT_A_JAVA_NAME.at(name.span(), "the package", name));
        }
    }

    private static boolean isSound(
            FileDecl file, Declaration network, Map<String, Declaration> classes, Diagnostics diagnostics) {
        String name = network.name().text();
        if (!SourceVersion.isName(name)) {
            diagnostics.report(DiagnosticCode.NOT_A_JAVA_NAME.at(network.name().span(), "the network", name));
            return false;
        }
        String packageName = file.packageName().text();
        String className = packageName.isEmpty() ? name : packageName + "." + name;
        Declaration before = classes.putIfAbsent(className, network);
        if (before != null) {
            diagnostics.report(DiagnosticCode.DUPLICATE_NETWORK.at(
                    network.name().span(), className, before.span().citation()));
        }
        return before == null;
    }
}
