/**
 * Arguments that several commands take, and the console that commands report to: words of a command line in; files,
 * specifications and networks out.
 */
@NullMarked
package org.espalier.cli.argument;

import org.jspecify.annotations.NullMarked;
