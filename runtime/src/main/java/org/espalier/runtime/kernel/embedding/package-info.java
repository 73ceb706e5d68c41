/** Rows of a table by their numbers, and the gradients of those that occur. */
@NullMarked
package org.espalier.runtime.kernel.embedding;

import org.jspecify.annotations.NullMarked;
