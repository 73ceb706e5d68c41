package org.espalier.generator.elaborate.evaluation;

import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.library.StandardBlocks;
import org.espalier.generator.syntax.Declaration;

/** Reads the signatures of declarations. */
final class Signatures {
    private Signatures() {}

    /**
     * Makes the signature of a declaration. A parameter of an unknown type takes anything; the name check reports it.
     */
    static Signature of(Declaration declaration) {
        Signature.Builder signature = Signature.of(declaration.name().text());
        if (!StandardBlocks.holds(declaration)) {
            signature.declared();
        }
        declaration.formals().forEach(formal -> signature.add(formal(formal)));
        return signature.build();
    }

    private static Signature.Formal formal(Declaration.Formal formal) {
        return new Signature.Formal(
                formal.name().text(),
                Type.named(formal.type().text()).orElse(Type.ANY),
                formal.type().optional(),
                formal.defaultValue()
                        .<Signature.Default>map(Signature.Default.Written::new)
                        .orElseGet(Signature.Default.Required::new),
                Signature.Passing.EITHER);
    }
}
