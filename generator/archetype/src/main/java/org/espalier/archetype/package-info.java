/** The Maven archetype: the files of {@code espalier init}, as {@code mvn archetype:generate} reads them. */
@NullMarked
package org.espalier.archetype;

import org.jspecify.annotations.NullMarked;
