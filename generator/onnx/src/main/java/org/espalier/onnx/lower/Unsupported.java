package org.espalier.onnx.lower;

/** Thrown where a node cannot be imported; the message says why. */
final class Unsupported extends Exception {
    private static final long serialVersionUID = 1L;

    Unsupported(String reason) {
        super(reason);
    }
}
