/** Weights and gradients come in; one update with Adam, L1 and L2 goes out, by Espalier, by ND4J, and at its least. */
@NullMarked
package org.espalier.benchmarks.update;

import org.jspecify.annotations.NullMarked;
