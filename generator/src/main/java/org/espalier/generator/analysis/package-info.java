/**
 * Declarations in, graphs and findings out: names are resolved, blocks applied as compile-time functions, layers laid
 * out over shapes, and the clauses of each network resolved to its parameters.
 */
@NullMarked
package org.espalier.generator.analysis;

import org.jspecify.annotations.NullMarked;
