/** Lists the names that the language itself binds, and defines its operators and compositions of layers. */
@NullMarked
package org.espalier.generator.elaborate.library;

import org.jspecify.annotations.NullMarked;
