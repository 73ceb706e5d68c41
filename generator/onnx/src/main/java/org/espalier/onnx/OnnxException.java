package org.espalier.onnx;

import java.util.List;

/** Thrown where a model cannot be imported: everything that is in the way, at once. */
public final class OnnxException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /** The problems of a model, of which there is at least one. */
    public OnnxException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** Each problem in a line. */
    public List<String> problems() {
        return problems;
    }
}
