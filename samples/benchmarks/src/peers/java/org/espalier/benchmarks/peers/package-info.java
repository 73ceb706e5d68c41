/** The work of the benchmarks comes in; libtorch, DL4J and ONNX Runtime doing it, as their users would, goes out. */
@NullMarked
package org.espalier.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
