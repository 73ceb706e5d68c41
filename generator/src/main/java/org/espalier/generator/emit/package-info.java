/**
 * A planned {@link org.espalier.generator.ir.Program} in, one Java class as text out: names, comments and layout as an
 * expert would have written them by hand.
 */
@NullMarked
package org.espalier.generator.emit;

import org.jspecify.annotations.NullMarked;
