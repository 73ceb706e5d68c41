/** Specifications in, Java sources and diagnostics out: the compiler as its users call it. */
@NullMarked
package org.espalier.generator;

import org.jspecify.annotations.NullMarked;
