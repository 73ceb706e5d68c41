/** Runs networks: a program in, its inference class compiled and loaded in memory, predictions out. */
@NullMarked
package org.espalier.cli.run;

import org.jspecify.annotations.NullMarked;
