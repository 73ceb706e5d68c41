/** Text in, places out: a specification's characters and the spans that every later stage points back to. */
@NullMarked
package org.espalier.generator.source;

import org.jspecify.annotations.NullMarked;
