/** Rewrites the operations of a graph into fewer that compute the same: one formula for many, one slice for several. */
@NullMarked
package org.espalier.generator.rewrite;

import org.jspecify.annotations.NullMarked;
