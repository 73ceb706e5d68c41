/**
 * Resolves the clauses of a network (regularizers, initializers, freezing, loss) to its parameters, and checks them.
 */
@NullMarked
package org.espalier.generator.elaborate.clauses;

import org.jspecify.annotations.NullMarked;
