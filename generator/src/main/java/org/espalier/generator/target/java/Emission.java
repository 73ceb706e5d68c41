package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.target.java.text.Text;

/** Code of one operation. */
sealed interface Emission {
    /**
     * A call of a kernel.
     *
     * @param owner {@code Kernels}, {@code Activations} or {@code ActivityPenalties}
     * @param kernel its method
     * @param arguments as written
     * @param steps what it does on the way, given to it behind its other arguments
     * @param remark what stands behind it: how the shape changes, or that it works in place; empty if nothing does
     */
    record Call(ClassName owner, String kernel, List<Text> arguments, List<Call> steps, Text remark)
            implements Emission {
        /** Copies the lists. */
        public Call {
            arguments = List.copyOf(arguments);
            steps = List.copyOf(steps);
        }

        /** A call without steps and remark. */
        Call(ClassName owner, String kernel, List<Text> arguments) {
            this(owner, kernel, arguments, List.of(), Text.EMPTY);
        }

        /** The same call with a remark. */
        Call with(Text newRemark) {
            return new Call(owner, kernel, arguments, steps, newRemark);
        }

        /** The same call with steps. */
        Call with(List<Call> newSteps) {
            return new Call(owner, kernel, arguments, newSteps, remark);
        }

        /** {@code batchNorm(conv, norm, training, relu())}. */
        private Text expression() {
            List<Text> all = Stream.concat(arguments.stream(), steps.stream().map(Call::expression))
                    .toList();
            return Text.of(kernel + "(", Text.join(", ", all), ")");
        }

        /** {@code relu(norm, relu);}. */
        Text statement() {
            return Text.of(expression(), ";");
        }

        /** {@code relu(norm, relu); // in place}. */
        String line() {
            return statement() + (remark.isEmpty() ? "" : " // " + remark);
        }
    }

    /**
     * Nothing to run, because of where the operands lie.
     *
     * @param remark the sentence that says so
     */
    record Nothing(Text remark) implements Emission {}
}
