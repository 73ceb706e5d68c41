/** Cells over time: the states of a sequence, one step after the other. */
@NullMarked
package org.espalier.runtime.kernel.recurrence;

import org.jspecify.annotations.NullMarked;
