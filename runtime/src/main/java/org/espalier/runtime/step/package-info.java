/**
 * The order of a training step: which call may follow which, by which thread, with which arrays and settings. For the
 * runtime itself.
 */
@NullMarked
package org.espalier.runtime.step;

import org.jspecify.annotations.NullMarked;
