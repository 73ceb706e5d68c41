package org.espalier.generator.ir.op;

/**
 * Marks a value whose elements along an axis are probabilities of exclusive cases.
 *
 * @param axis of the result
 * @param logarithms whether they are the logarithms of them
 */
public record Probabilities(int axis, boolean logarithms) {}
