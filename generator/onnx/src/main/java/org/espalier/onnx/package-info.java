/**
 * Imports ONNX models: reads a {@code .onnx}, writes a readable {@code .net} and the weights.
 *
 * <p>The stages are packages. {@code model} reads protobuf, which no other package knows, into nodes and constants.
 * {@code lower} goes through the nodes in order, knows the shape of each value with the batch as the one symbolic axis,
 * computes what depends on no input, and says every other node in the words of the language, as {@code imported}
 * operations: layers, functions, operators. {@code recognize} finds what exporters took apart: biases of products,
 * normalizations, activations, attention. {@code structure} groups operations by the modules of the model, and makes
 * one block of all modules that do the same at other sizes. {@code text} writes the result, which the compiler's
 * formatter lays out. What cannot be said is collected, node by node, and then nothing is written.
 */
@NullMarked
package org.espalier.onnx;

import org.jspecify.annotations.NullMarked;
