/** Finds what exporters took apart, and says it in one step again: biases, normalisations, activations, attention. */
@NullMarked
package org.espalier.onnx.recognise;

import org.jspecify.annotations.NullMarked;
