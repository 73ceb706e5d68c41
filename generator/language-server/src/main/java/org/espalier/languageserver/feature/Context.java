package org.espalier.languageserver.feature;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.source.SourceSpan;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.workspace.Analyzer;
import org.espalier.languageserver.workspace.NameDefinitions;
import org.espalier.languageserver.workspace.NetworkFacts;
import org.espalier.languageserver.workspace.WorkspaceView;

/**
 * A question about a file, with everything that answers need.
 *
 * @param document the file that is asked about
 * @param view all files
 * @param analyzer what is known of networks
 */
public record Context(Document document, WorkspaceView view, Analyzer analyzer) {
    NameDefinitions definitions() {
        return new NameDefinitions(view);
    }

    List<NetworkFacts> facts() {
        return analyzer.facts();
    }

    /** The facts of a network of this file. */
    Optional<NetworkFacts> network(String name) {
        return facts().stream()
                .filter(facts ->
                        facts.uri().equals(document.uri()) && facts.network().equals(name))
                .findFirst();
    }

    Map<SourceSpan, Set<String>> shapes() {
        return analyzer.shapes(document);
    }
}
