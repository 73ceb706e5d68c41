package org.espalier.generator.elaborate.library;

import java.util.List;
import java.util.function.Function;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.InitializerDecl;

/** Initializers, as they are written. */
final class Initializers {
    static final List<Builtin> ALL = List.of(
            initializer(
                    Signature.of("normal").with("mean", 0.0).with("std", 1.0).build(),
                    arguments -> new InitializerDecl.Normal(
                            arguments.real("mean"), arguments.real("std", std -> std >= 0, "at least 0"))),
            initializer(
                    Signature.of("uniform").required("bound", Type.FLOAT).build(),
                    arguments ->
                            new InitializerDecl.Uniform(arguments.real("bound", bound -> bound >= 0, "at least 0"))),
            initializer(
                    Signature.of("constant").required("value", Type.FLOAT).build(),
                    arguments -> new InitializerDecl.Constant(arguments.real("value"))));

    private Initializers() {}

    private static Builtin initializer(Signature signature, Function<Arguments, InitializerDecl> initializer) {
        return new Builtin(
                Builtin.Kind.INITIALIZER,
                signature,
                (site, arguments) -> new Datum.Start(initializer.apply(arguments)));
    }
}
