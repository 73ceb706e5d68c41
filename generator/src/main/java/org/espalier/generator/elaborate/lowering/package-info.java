/** Lays layers out over shapes: operations in order, each tensor under a name of its own. */
@NullMarked
package org.espalier.generator.elaborate.lowering;

import org.jspecify.annotations.NullMarked;
