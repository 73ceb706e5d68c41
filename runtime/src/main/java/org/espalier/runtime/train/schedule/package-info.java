/** Schedules of the learning rate under PyTorch's names: how far training is comes in, a learning rate goes out. */
@NullMarked
package org.espalier.runtime.train.schedule;

import org.jspecify.annotations.NullMarked;
