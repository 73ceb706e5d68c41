package org.espalier.onnx.model;

/** Thrown where a model is malformed; the message says how. */
public final class MalformedModel extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what was expected, and what was found. */
    public MalformedModel(String message) {
        super(message);
    }
}
