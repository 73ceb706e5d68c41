/** Java as text: escapes, comments, literals, identifiers, and the layout of lines. */
@NullMarked
package org.espalier.generator.target.java.text;

import org.jspecify.annotations.NullMarked;
