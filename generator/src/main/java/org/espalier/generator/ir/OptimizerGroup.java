package org.espalier.generator.ir;

import java.util.List;
import org.espalier.generator.source.SourceSpan;

/**
 * Parameters that follow an optimizer of their own.
 *
 * @param optimizer what they follow
 * @param clause what says so in the {@code .net}, in one line: {@code optimize head.** with lr=1e-2}
 * @param parameters in the order of the graph, at least one
 * @param span of the clause
 */
public record OptimizerGroup(OptimizerDecl optimizer, String clause, List<ParameterDecl> parameters, SourceSpan span) {
    /** Copies the list. */
    public OptimizerGroup {
        parameters = List.copyOf(parameters);
    }
}
