/**
 * Defines the values that a specification computes with: numbers, lists, layers, tensors, regularizers, and the
 * functions that make them.
 */
@NullMarked
package org.espalier.generator.elaborate.language;

import org.jspecify.annotations.NullMarked;
