/**
 * A formula of one variable in, the places where its pieces meet, proved on intervals, and its derivative at every
 * number out.
 */
@NullMarked
package org.espalier.generator.formula.pieces;

import org.jspecify.annotations.NullMarked;
