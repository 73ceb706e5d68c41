/** Recognizes layers that exporters took apart: biases, normalisations, activations, attention. */
@NullMarked
package org.espalier.onnx.recognise;

import org.jspecify.annotations.NullMarked;
