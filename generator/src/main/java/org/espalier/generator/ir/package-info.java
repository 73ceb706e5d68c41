/**
 * What flows between the stages: {@link org.espalier.generator.ir.Graph} (a network with every block applied) and
 * {@link org.espalier.generator.ir.Program} (the same with its backward pass, update groups and memory), in a printed
 * form and under a verifier.
 */
@NullMarked
package org.espalier.generator.ir;

import org.jspecify.annotations.NullMarked;
