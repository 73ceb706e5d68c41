/** The {@code espalier} command: arguments in; findings, tables and generated files out. */
@NullMarked
package org.espalier.cli;

import org.jspecify.annotations.NullMarked;
