/** Event files of TensorBoard: numbers, histograms and pictures by step in; records that it shows out. */
@NullMarked
package org.espalier.training.tensorboard;

import org.jspecify.annotations.NullMarked;
