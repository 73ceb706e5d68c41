/**
 * A planned {@link org.espalier.generator.ir.Program} in, tables for people out: what the compiler made of a network.
 */
@NullMarked
package org.espalier.generator.report;

import org.jspecify.annotations.NullMarked;
