/**
 * Blocks of the {@code .net} as classes nested in a generated one. In comes a program whose memory is planned, out
 * comes which block's object does which operation, and for each block what its objects have in common and where they
 * differ.
 */
@NullMarked
package org.espalier.generator.target.java.block;

import org.jspecify.annotations.NullMarked;
