package org.espalier.generator.analysis;

import org.espalier.generator.syntax.Declaration.BlockDecl;

/** A declared block, as a value. */
record BlockFunction(Module module, BlockDecl declaration, Signature signature) implements Datum.Function {
    BlockFunction(Module module, BlockDecl declaration) {
        this(module, declaration, Signatures.of(declaration));
    }

    @Override
    public Datum call(CallSite site, Arguments arguments) {
        return Application.of(module, declaration, "block", site, arguments)
                .<Datum>map(application -> application.run(declaration.body()))
                .orElseGet(() -> site.session().unknown());
    }

    @Override
    public String describe() {
        return "the block " + declaration.name();
    }
}
