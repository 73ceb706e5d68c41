/** Helps to define layers: sizes of windows, biases, callees made of a shape rule. */
@NullMarked
package org.espalier.generator.layer.api;

import org.jspecify.annotations.NullMarked;
