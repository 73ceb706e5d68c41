/**
 * Data for training: files of images, digits and tables come in, checked; batches of arrays, shuffled and augmented by
 * seed, and PNG contact sheets of what a network made go out.
 */
@NullMarked
package org.espalier.runtime.data;

import org.jspecify.annotations.NullMarked;
