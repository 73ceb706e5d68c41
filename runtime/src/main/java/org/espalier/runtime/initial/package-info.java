/** Random numbers that parameters start from and that take more than a line to draw. For the runtime itself. */
@NullMarked
package org.espalier.runtime.initial;

import org.jspecify.annotations.NullMarked;
