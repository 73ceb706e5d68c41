/**
 * Intermediate representation, which flows between the stages: {@link org.espalier.generator.ir.Graph} (a network with
 * every block applied) and {@link org.espalier.generator.ir.Program} (the same with its backward pass and memory), in a
 * printed form ({@link org.espalier.generator.ir.text.IrPrinter} has its grammar) and under verifiers
 * ({@link org.espalier.generator.ir.verify.GraphVerifier}, {@link org.espalier.generator.ir.verify.ProgramVerifier}).
 */
@NullMarked
package org.espalier.generator.ir;

import org.jspecify.annotations.NullMarked;
