/**
 * Data-parallel training and prediction on Apache Spark: examples lie on a cluster, copies of a network compute their
 * gradients where they lie, and the network that takes the steps is the driver's.
 */
@NullMarked
package org.espalier.spark;

import org.jspecify.annotations.NullMarked;
