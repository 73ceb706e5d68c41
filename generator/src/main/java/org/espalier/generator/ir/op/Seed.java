package org.espalier.generator.ir.op;

/**
 * A gradient that backward starts from and does not compute: the loss writes it, or the caller gives it, and all that
 * follows is the same. A network with losses has one for each value that they judge; a network without has one for each
 * output whose gradient leads to a parameter.
 *
 * @param output what is judged: an output of the network, or of losses also a value within it
 * @param gradient the gradient by it; {@code output.gradient()}, unless the output is also read within the network:
 *     then a part of that
 */
public record Seed(Value output, Value gradient) {}
