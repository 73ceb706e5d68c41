/** Generated networks come in; their training steps and predictions, ready to be measured, go out. */
@NullMarked
package org.espalier.benchmarks.networks;

import org.jspecify.annotations.NullMarked;
