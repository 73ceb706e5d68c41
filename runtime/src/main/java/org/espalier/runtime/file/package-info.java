/**
 * Weights files and checkpoints of a network: its tensors, its optimizer's state and the next step's random numbers go
 * out, and come in checked. Files that a run writes are its own meanwhile. For the runtime itself.
 */
@NullMarked
package org.espalier.runtime.file;

import org.jspecify.annotations.NullMarked;
