/** Graphs of ONNX as the operations of a network write themselves into them; what comes out is a model. */
@NullMarked
package org.espalier.onnx.export;

import org.jspecify.annotations.NullMarked;
