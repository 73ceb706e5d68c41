package org.espalier.languageserver.workspace;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.syntax.Declaration;
import org.espalier.languageserver.document.Document;

/**
 * Facts of a network, which hold for as long as neither it nor anything that it uses changes. Holds no text of files.
 *
 * @param uri the file that declares it
 * @param network its name
 * @param sources a digest of each declaration that it is made of, by {@link #key}
 * @param lines where those began, which findings may mention
 * @param findings what is wrong with it, with places
 * @param shapes types of the tensors that expressions make, by the place of the expression
 * @param inputs types of its inputs, by name
 * @param instances the blocks that ran, by what the paths of their layers begin with, as {@link #key}
 * @param layers what was laid out, in that order
 * @param parameters learned tensors
 * @param whole what only a network without mistakes has
 */
public record NetworkFacts(
        String uri,
        String network,
        Map<String, Integer> sources,
        Map<String, Integer> lines,
        List<Located> findings,
        Map<DeclarationPlace, List<String>> shapes,
        Map<String, String> inputs,
        Map<String, String> instances,
        List<LayerFacts> layers,
        List<ParameterFacts> parameters,
        Optional<Whole> whole) {

    /** A finding and where it is. */
    public record Located(DeclarationPlace place, Diagnostic finding) {}

    /**
     * An operation of a layer.
     *
     * @param path the layer's path
     * @param word its word in the language
     * @param result the type of what it makes
     */
    public record LayerFacts(String path, String word, String result) {}

    /**
     * A learned tensor.
     *
     * @param name its path
     * @param role what it is to its layer; empty if the network has mistakes
     * @param shape its shape
     * @param elements how many numbers it has
     * @param regularizer its terms; empty if it has none
     * @param frozen whether training leaves it alone
     */
    public record ParameterFacts(
            String name,
            Optional<ParameterDecl.Role> role,
            String shape,
            long elements,
            String regularizer,
            boolean frozen) {}

    /**
     * Properties that only a network without mistakes has.
     *
     * @param multiplyAdds of one forward pass, for each sample
     * @param optimizer as reports describe it; empty if there is none
     * @param activities penalties on what layers compute
     */
    public record Whole(long multiplyAdds, String optimizer, List<String> activities) {}

    /** Name of a declaration among those of all files. */
    static String key(String uri, String declaration) {
        return uri + "#" + declaration;
    }

    /** Tells whether a declaration is as it was when this was found out. */
    public boolean holdsFor(String declarationUri, String declaration, String text) {
        Integer digest = sources.get(key(declarationUri, declaration));
        return digest != null && digest == text.hashCode();
    }

    /** Tells whether it is made of a declaration of a file, as that is now. */
    public boolean holdsFor(String declarationUri, String declaration, Document document) {
        Declaration found = document.names().declarations().get(declaration);
        return found != null
                && holdsFor(declarationUri, declaration, document.names().textOf(found));
    }

    /** Number of its parameters. */
    public long parameterCount() {
        return parameters.stream().mapToLong(ParameterFacts::elements).sum();
    }
}
