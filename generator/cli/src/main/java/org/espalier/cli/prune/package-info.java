/**
 * Makes networks smaller by what their weights do without: a network and its weights in, sizes for its specification
 * and smaller weights out.
 */
@NullMarked
package org.espalier.cli.prune;

import org.jspecify.annotations.NullMarked;
