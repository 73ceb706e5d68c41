/** A question of an editor in, the answer out. */
@NullMarked
package org.espalier.languageserver.feature;

import org.jspecify.annotations.NullMarked;
