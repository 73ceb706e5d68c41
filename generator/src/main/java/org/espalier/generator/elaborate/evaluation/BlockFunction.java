package org.espalier.generator.elaborate.evaluation;

import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.CallSite;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.syntax.Declaration.BlockDecl;

/** A declared block, as a value. */
public record BlockFunction(Module module, BlockDecl declaration, Signature signature) implements Datum.Function {
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
    public boolean makesLayers() {
        return true;
    }

    @Override
    public boolean makesNorms() {
        return true;
    }

    @Override
    public boolean isSame(Datum.Function other) {
        return other instanceof BlockFunction block && block.declaration.span().equals(declaration.span());
    }

    @Override
    public String describe() {
        return "the block " + declaration.name();
    }
}
