/**
 * For the tests of one's own networks: a network and examples come in, an {@link AssertionError} that says what is
 * wrong comes out, or nothing.
 */
@NullMarked
package org.espalier.testing;

import org.jspecify.annotations.NullMarked;
