/** Normalizations by statistics of batches, samples and parts of samples. */
@NullMarked
package org.espalier.generator.layer.normalization;

import org.jspecify.annotations.NullMarked;
