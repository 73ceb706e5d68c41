/**
 * Training loops: a network and batches come in; a trained network, its weights file, a ledger of the loss and signs of
 * progress go out.
 */
@NullMarked
package org.espalier.runtime.train;

import org.jspecify.annotations.NullMarked;
