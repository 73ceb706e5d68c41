/** Metrics: outputs and targets come in, batch by batch; a number that says how well they fit goes out. */
@NullMarked
package org.espalier.runtime.train.metric;

import org.jspecify.annotations.NullMarked;
