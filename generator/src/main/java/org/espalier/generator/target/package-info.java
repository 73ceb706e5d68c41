/** Targets of the compiler, which turn a planned program into files of one kind, such as Java on ND4J. */
@NullMarked
package org.espalier.generator.target;

import org.jspecify.annotations.NullMarked;
