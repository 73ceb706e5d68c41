package org.espalier.onnx.model;

/** Kinds of elements, as far as a network tells them apart. */
public enum ElementKind {
    /** Numbers with a fraction, of any precision. */
    REAL,
    /** Whole numbers of any width. */
    WHOLE,
    /** Truth values, 1 and 0. */
    TRUTH
}
