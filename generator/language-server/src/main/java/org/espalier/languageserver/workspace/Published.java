package org.espalier.languageserver.workspace;

import java.util.Optional;
import org.eclipse.lsp4j.Diagnostic;

/**
 * A finding as the editor was told it.
 *
 * @param told what it was told
 * @param suggestion the name that was meant in its place, if it is known
 */
public record Published(Diagnostic told, Optional<String> suggestion) {}
