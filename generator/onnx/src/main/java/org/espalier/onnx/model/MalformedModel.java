package org.espalier.onnx.model;

/** Says what is wrong with a model that no reader could make sense of. */
public final class MalformedModel extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what was expected, and what was found. */
    public MalformedModel(String message) {
        super(message);
    }
}
