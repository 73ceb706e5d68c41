/** Findings of every stage in, messages for people out: coded, located, and with help. */
@NullMarked
package org.espalier.generator.diagnostic;

import org.jspecify.annotations.NullMarked;
