/**
 * Data for training: files of images and digits, arrays and streams come in, checked; batches of arrays, shuffled and
 * changed by seed, and PNG contact sheets of what a network made go out.
 */
@NullMarked
package org.espalier.runtime.data;

import org.jspecify.annotations.NullMarked;
