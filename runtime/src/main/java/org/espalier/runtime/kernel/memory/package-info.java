/**
 * Memory and threads of the kernels: arrays come in, operands go out that can be read block by block on all cores; the
 * one door to ND4J.
 */
@NullMarked
package org.espalier.runtime.kernel.memory;

import org.jspecify.annotations.NullMarked;
