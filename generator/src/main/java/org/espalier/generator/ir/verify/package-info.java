/**
 * Holds graphs and programs to their rules after each stage: {@link org.espalier.generator.ir.verify.GraphVerifier},
 * {@link org.espalier.generator.ir.verify.ProgramVerifier}.
 */
@NullMarked
package org.espalier.generator.ir.verify;

import org.jspecify.annotations.NullMarked;
