/** Names of benchmarks come in; what Espalier and its peers take, side by side, goes out as lines and as CSV files. */
@NullMarked
package org.espalier.benchmarks;

import org.jspecify.annotations.NullMarked;
