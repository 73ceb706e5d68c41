/** Source files in, what was written out: declarations, statements and expressions with their spans, and findings. */
@NullMarked
package org.espalier.generator.syntax;

import org.jspecify.annotations.NullMarked;
