package org.espalier.generator.syntax;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.source.SourceSpan;

/** Declaration of a file: a regularizer, loss, block or network. */
public sealed interface Declaration {
    /** The declared name. */
    Identifier name();

    /** Returns the formal parameters that it can be called with. */
    List<Formal> formals();

    /** The text of the doc comment before it, without the stars; empty if there is none. */
    String documentation();

    /** From its keyword to its name, which is what messages and the generated class cite. */
    SourceSpan span();

    /** {@code regularizer elastic = l1(1e-6) + l2(1e-5)}, {@code regularizer huber(d) = w -> …}. */
    record RegularizerDecl(
            Identifier name, List<Formal> formals, Expression value, String documentation, SourceSpan span)
            implements Declaration {
        /** Copies the list. */
        public RegularizerDecl {
            formals = List.copyOf(formals);
        }
    }

    /** {@code loss Charbonnier(eps = 1e-3) = (y, t) -> sqrt((y - t) ** 2 + eps ** 2)}. */
    record LossDecl(
            Identifier name,
            List<Formal> formals,
            List<Identifier> variables,
            Expression value,
            String documentation,
            SourceSpan span)
            implements Declaration {
        /** Copies the lists. */
        public LossDecl {
            formals = List.copyOf(formals);
            variables = List.copyOf(variables);
        }
    }

    /** {@code block UnetBlock(outer: int, inner: int) { … }}. */
    record BlockDecl(Identifier name, List<Formal> formals, Body body, String documentation, SourceSpan span)
            implements Declaration {
        /** Copies the list. */
        public BlockDecl {
            formals = List.copyOf(formals);
        }
    }

    /** {@code network UnetGenerator(ngf: int = 64) { … }}. */
    record NetworkDecl(Identifier name, List<Formal> formals, Body body, String documentation, SourceSpan span)
            implements Declaration {
        /** Copies the list. */
        public NetworkDecl {
            formals = List.copyOf(formals);
        }
    }

    /**
     * Body of a declaration: the statements between its braces.
     *
     * @param statements in the order written
     * @param broken whether something in it did not parse, so that names may be missing
     * @param end the closing brace
     */
    record Body(List<Statement> statements, boolean broken, SourceSpan end) {
        /** Copies the list. */
        public Body {
            statements = List.copyOf(statements);
        }
    }

    /** {@code submodule: layer? = none}. */
    record Formal(Identifier name, TypeName type, Optional<Expression> defaultValue, SourceSpan span) {}

    /** {@code layer?}. A regularizer's parameter without a type is a {@code float}, with the span of its name. */
    record TypeName(String text, boolean optional, SourceSpan span) {}
}
