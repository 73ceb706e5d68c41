package org.espalier.onnx.lower;

/** Says why a node cannot be imported. */
final class Unsupported extends Exception {
    private static final long serialVersionUID = 1L;

    Unsupported(String reason) {
        super(reason);
    }
}
