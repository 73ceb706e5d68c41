/**
 * The printed form of graphs and programs, which golden files, bug reports and {@code espalier dump} use:
 * {@link org.espalier.generator.ir.text.IrPrinter} has its grammar, {@link org.espalier.generator.ir.text.IrReader}
 * reads it back.
 */
@NullMarked
package org.espalier.generator.ir.text;

import org.jspecify.annotations.NullMarked;
