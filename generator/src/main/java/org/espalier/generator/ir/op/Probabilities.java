package org.espalier.generator.ir.op;

/**
 * Says that numbers along an axis are probabilities, each of one of several cases.
 *
 * @param axis of the result
 * @param logarithms whether they are the logarithms of them
 */
public record Probabilities(int axis, boolean logarithms) {}
