package org.espalier.generator.emit;

import com.palantir.javapoet.ClassName;
import java.util.ArrayList;
import java.util.List;

/** What one operation becomes. */
sealed interface Emission {
    /**
     * A call of a kernel.
     *
     * @param owner {@code Kernels}, {@code Activations} or {@code ActivityPenalties}
     * @param kernel its method
     * @param arguments as written
     * @param remark what stands behind it: how the shape changes, or that it works in place; empty if nothing does
     */
    record Call(ClassName owner, String kernel, List<String> arguments, String remark) implements Emission {
        /** Copies the list. */
        public Call {
            arguments = List.copyOf(arguments);
        }

        /** The same call with a remark. */
        Call with(String newRemark) {
            return new Call(owner, kernel, arguments, newRemark);
        }

        /** {@code relu(norm, relu); // in place}. */
        String line() {
            String statement = kernel + "(" + String.join(", ", arguments) + ");";
            List<String> remarks = new ArrayList<>();
            if (!remark.isEmpty()) {
                remarks.add(remark);
            }
            if (arguments.contains(Operands.ADD)) {
                remarks.add("added");
            }
            return remarks.isEmpty() ? statement : statement + " // " + String.join(", ", remarks);
        }
    }

    /**
     * Nothing to run, because of where the operands lie.
     *
     * @param remark the sentence that says so
     */
    record Nothing(String remark) implements Emission {}
}
