/**
 * Groups operations by the modules that they came from. Modules that do the same at other sizes become calls of one
 * block, chains become lists, and what is there only once stays where it is.
 */
@NullMarked
package org.espalier.onnx.structure;

import org.jspecify.annotations.NullMarked;
