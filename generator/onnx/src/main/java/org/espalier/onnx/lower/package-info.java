/**
 * Lowers ONNX nodes to operations of the language: shapes, with the batch wherever the model has it, and a rule for
 * each operator.
 */
@NullMarked
package org.espalier.onnx.lower;

import org.jspecify.annotations.NullMarked;
