/** The standard library of operations: one file for each, with all that passes ask of it. */
@NullMarked
package org.espalier.generator.layer;

import org.jspecify.annotations.NullMarked;
