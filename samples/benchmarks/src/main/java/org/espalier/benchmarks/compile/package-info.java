/** Specifications come in; what it takes to compile them, or to find that nothing changed, goes out. */
@NullMarked
package org.espalier.benchmarks.compile;

import org.jspecify.annotations.NullMarked;
