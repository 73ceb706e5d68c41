/** A specification in, the same specification out, laid out as {@code docs/formatting.md} says. */
@NullMarked
package org.espalier.generator.format;

import org.jspecify.annotations.NullMarked;
