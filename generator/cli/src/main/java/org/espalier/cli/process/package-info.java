/**
 * Processes that train networks, which this command itself cannot: a class path and a main class in; what it says out.
 */
@NullMarked
package org.espalier.cli.process;

import org.jspecify.annotations.NullMarked;
