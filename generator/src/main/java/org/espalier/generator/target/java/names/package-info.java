/** The names that generated classes use: their own, and those of the runtime. */
@NullMarked
package org.espalier.generator.target.java.names;

import org.jspecify.annotations.NullMarked;
