package org.espalier.generator.elaborate.library;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.layer.elementwise.Elementwise;
import org.espalier.generator.layer.elementwise.ElementwiseFunctions;

/** Initializers of parameters and buffers, as they are written. */
final class Initializers {
    private static final List<String> MATRIX = List.of("i", "j");

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
                    arguments -> new InitializerDecl.Constant(arguments.real("value"))),
            initializer(Signature.of("zeros").build(), arguments -> new InitializerDecl.Constant(0)),
            initializer(Signature.of("ones").build(), arguments -> new InitializerDecl.Constant(1)),
            places(
                    Signature.of("arange").with("start", 0.0).with("step", 1.0).build(),
                    List.of("i"),
                    "start + step * i"),
            places(
                    Signature.of("linspace")
                            .required("start", Type.FLOAT)
                            .required("end", Type.FLOAT)
                            .build(),
                    List.of("i"),
                    "start + (end - start) * i / max(1, count - 1)"),
            places(Signature.of("eye").build(), MATRIX, "if i == j then 1 else 0"),
            places(
                    Signature.of("tril")
                            .with("diagonal", Type.INT, new Datum.Int(0))
                            .build(),
                    MATRIX,
                    "if j <= i + diagonal then 1 else 0"),
            places(
                    Signature.of("triu")
                            .with("diagonal", Type.INT, new Datum.Int(0))
                            .build(),
                    MATRIX,
                    "if i + diagonal <= j then 1 else 0"));

    private Initializers() {}

    /**
     * An initializer of buffers: a formula of the place of each element, with numbers in the place of the arguments.
     */
    private static Builtin places(Signature signature, List<String> places, String formula) {
        return new Builtin(Builtin.Kind.INITIALIZER, signature, (site, arguments) -> {
            Map<String, Double> numbers = new HashMap<>();
            arguments.names().forEach(name -> numbers.put(name, ElementwiseFunctions.number(arguments.get(name))));
            return new Datum.Places(Elementwise.formula(signature.callee(), places, formula, numbers));
        });
    }

    private static Builtin initializer(Signature signature, Function<Arguments, InitializerDecl> initializer) {
        return new Builtin(
                Builtin.Kind.INITIALIZER,
                signature,
                (site, arguments) -> new Datum.Start(initializer.apply(arguments)));
    }
}
