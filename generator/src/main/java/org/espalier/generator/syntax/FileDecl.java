package org.espalier.generator.syntax;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;

/**
 * A file as it was written.
 *
 * @param file where it was written
 * @param packageName the Java package of its networks, with an empty text for the unnamed one
 * @param imports in the order written
 * @param declarations in the order written
 * @param broken whether something between declarations did not parse, so that declarations may be missing
 */
public record FileDecl(
        SourceFile file, Identifier packageName, List<Import> imports, List<Declaration> declarations, boolean broken) {
    /** Copies the lists. */
    public FileDecl {
        imports = List.copyOf(imports);
        declarations = List.copyOf(declarations);
    }

    /** {@code import UnetBlock, Unet as BigUnet from "blocks/unet.net"}. */
    public record Import(List<ImportedName> names, String path, SourceSpan pathSpan, SourceSpan span) {
        /** Copies the list. */
        public Import {
            names = List.copyOf(names);
        }
    }

    /** One name of an import, and the name that it has here if that is another. */
    public record ImportedName(Identifier name, Optional<Identifier> alias) {
        /** The name it has here. */
        public Identifier local() {
            return alias.orElse(name);
        }
    }
}
