/** Reads the bytes of a model, which nobody vouches for, into nodes, constants and inputs that nobody can change. */
@NullMarked
package org.espalier.onnx.model;

import org.jspecify.annotations.NullMarked;
