/** Recognizes layers that exporters took apart: biases, normalizations, activations, attention. */
@NullMarked
package org.espalier.onnx.recognize;

import org.jspecify.annotations.NullMarked;
