package org.espalier.generator.target.java.penalty;

import java.util.stream.Stream;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.RegularizerTerm;

/** The terms of a network that its {@code .net} defines, each as often as it is used. */
final class UserDefinedTerms {
    private UserDefinedTerms() {}

    static Stream<RegularizerTerm> of(Graph graph) {
        return graph.updateGroups().stream()
                .flatMap(group -> group.terms().stream())
                .filter(term -> term instanceof RegularizerTerm.UserDefined
                        || term instanceof RegularizerTerm.UserDefinedOnGroups);
    }
}
