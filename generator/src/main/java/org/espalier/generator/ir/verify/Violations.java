package org.espalier.generator.ir.verify;

import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.IrPrinter;

/** Violations that a verifier found. */
final class Violations {
    private final String what;
    private final List<String> found = new ArrayList<>();

    Violations(String what) {
        this.what = what;
    }

    /** Notes something wrong with an operation. */
    void at(Op op, String violation) {
        found.add(IrPrinter.print(op) + "\n    " + violation);
    }

    /** Notes what an operation reads or writes that is not of the element type that it should be. */
    void ofElements(Op op) {
        for (Value input : op.inputs()) {
            if (input.isWhole() != op.wholeInputs().contains(input)) {
                at(op, input + " is " + input.type() + ", and its elements should be of the other type");
            }
        }
        for (Value output : op.outputs()) {
            if (output.isWhole()) {
                at(op, output + " is " + output.type() + ", and operations compute floating-point numbers");
            }
        }
    }

    /** Notes something wrong with the whole. */
    void add(String violation) {
        found.add(violation);
    }

    /** Throws if anything was found: it is the compiler's fault, not the user's. */
    void check() {
        if (!found.isEmpty()) {
            throw new IllegalStateException("invalid " + what + "; this is a bug in the compiler:\n  "
                    + String.join("\n  ", found.subList(0, Math.min(found.size(), 20))));
        }
    }
}
