/** The nested classes of regularizers that a specification defines by a formula. */
@NullMarked
package org.espalier.generator.target.java.penalty;

import org.jspecify.annotations.NullMarked;
