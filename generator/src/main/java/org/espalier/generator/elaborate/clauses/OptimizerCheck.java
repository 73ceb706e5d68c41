package org.espalier.generator.elaborate.clauses;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.clauses.ParameterClauses.Claim;
import org.espalier.generator.elaborate.evaluation.Clauses.OptimizerClause;
import org.espalier.generator.elaborate.language.Frame;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Words;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.OptimizerGroup;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.source.SourceSpan;

/** Reports optimizers of parameters that they cannot step, and weights that decay in two ways. */
public final class OptimizerCheck {
    private final Session session;
    private final Frame network;
    private final Map<ParameterDecl, OptimizerDecl> optimizers = new LinkedHashMap<>();

    private OptimizerCheck(Session session, Frame network) {
        this.session = session;
        this.network = network;
    }

    public static void check(
            Session session, Frame network, Optional<OptimizerClause> optimizer, ParameterClauses clauses) {
        OptimizerCheck check = new OptimizerCheck(session, network);
        List<ParameterDecl> others = new ArrayList<>(clauses.parameters());
        others.removeIf(ParameterDecl::frozen);
        for (OptimizerGroup group : clauses.optimizerGroups()) {
            others.removeAll(group.parameters());
            check.follow(group.optimizer(), group.parameters(), group.span());
        }
        optimizer.ifPresent(own -> check.follow(own.optimizer(), others, own.span()));
        check.decays(clauses.claims());
    }

    private void follow(OptimizerDecl optimizer, List<ParameterDecl> parameters, SourceSpan span) {
        parameters.forEach(parameter -> optimizers.put(parameter, optimizer));
        List<String> shapes = parameters.stream()
                .filter(parameter -> parameter.value().shape().rank() != 2)
                .map(parameter -> parameter.name() + " " + parameter.value().shape())
                .toList();
        if (optimizer.kind().isForMatrices() && !shapes.isEmpty()) {
            String word = optimizer.kind().word();
            report(DiagnosticCode.OPTIMIZER_SHAPE
                    .at(span, word, Words.some(shapes))
                    .withHelp("let the network have another optimizer, and matrices alone this one: "
                            + "'optimize weights of … with " + word + "(…)'"));
        }
    }

    private void decays(Map<ParameterDecl, Claim> claims) {
        record Decayed(Claim claim, Optional<OptimizerDecl> optimizer) {}
        Map<Decayed, List<ParameterDecl>> decayed = new LinkedHashMap<>();
        claims.forEach((parameter, claim) -> {
            Optional<OptimizerDecl> own = Optional.ofNullable(optimizers.get(parameter))
                    .filter(optimizer -> optimizer.decay() > 0 && decays(claim).size() < 2);
            decayed.computeIfAbsent(new Decayed(claim, own), key -> new ArrayList<>())
                    .add(parameter);
        });
        decayed.forEach((one, parameters) -> decays(one.claim(), one.optimizer(), parameters));
    }

    private static List<String> decays(Claim claim) {
        return claim.penalty().terms().stream()
                .filter(term -> (term instanceof RegularizerTerm.L2 || term instanceof RegularizerTerm.Decay)
                        && term.lambda() > 0)
                .map(RegularizerTerm::describe)
                .toList();
    }

    private void decays(Claim claim, Optional<OptimizerDecl> optimizer, List<ParameterDecl> parameters) {
        List<String> decays = new ArrayList<>(decays(claim));
        String help = "l2 decays through the gradient, decay apart from it: write one of them";
        if (optimizer.isPresent()) {
            String word = optimizer.get().kind().word();
            decays.add(
                    word + "'s weight_decay=" + Decimal.written(optimizer.get().decay()));
            help = word + " decays every parameter: write " + word + "(…, weight_decay=0) to leave that to clauses";
        }
        if (decays.size() > 1) {
            report(DiagnosticCode.L2_AND_DECAY
                    .at(
                            claim.span(),
                            Words.some(
                                    parameters.stream().map(ParameterDecl::name).toList()),
                            parameters.size() == 1 ? "has" : "have",
                            decays.get(0),
                            decays.get(1),
                            parameters.size() == 1 ? "it" : "them")
                    .withHelp(help));
        }
    }

    private void report(Diagnostic diagnostic) {
        session.report(diagnostic, network);
    }
}
