package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import java.util.List;
import java.util.Optional;
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
     * @param guard on what it depends; empty if it is always called
     */
    record Call(
            ClassName owner, String kernel, List<Text> arguments, List<Call> steps, Text remark, Optional<Guard> guard)
            implements Emission {
        /** Copies the lists. */
        public Call {
            arguments = List.copyOf(arguments);
            steps = List.copyOf(steps);
        }

        /** A call without steps and remark. */
        Call(ClassName owner, String kernel, List<Text> arguments) {
            this(owner, kernel, arguments, List.of(), Text.EMPTY, Optional.empty());
        }

        /** The same call with a remark. */
        Call with(Text newRemark) {
            return new Call(owner, kernel, arguments, steps, newRemark, guard);
        }

        /** The same call with steps. */
        Call with(List<Call> newSteps) {
            return new Call(owner, kernel, arguments, newSteps, remark, guard);
        }

        /** The same call, if a condition holds. */
        Call with(Guard newGuard) {
            return new Call(owner, kernel, arguments, steps, remark, Optional.of(newGuard));
        }

        /** {@code batchNorm(conv, norm, training, relu())}. */
        private Text expression() {
            List<Text> all = Stream.concat(arguments.stream(), steps.stream().map(Call::expression))
                    .toList();
            return Text.of(kernel + "(", Text.join(", ", all), ")");
        }

        /** {@code relu(norm, relu);}, with its guard around it. */
        Text statement() {
            Text call = Text.of(expression(), ";");
            return guard.map(condition -> condition.around(remark.isEmpty() ? call : Text.of(call, " // ", remark)))
                    .orElse(call);
        }

        /** The remark behind the statement. */
        Text beside() {
            return guard.isEmpty() ? remark : Text.EMPTY;
        }

        /** {@code relu(norm, relu); // in place}. */
        String line() {
            return statement() + (beside().isEmpty() ? "" : " // " + beside());
        }
    }

    /**
     * A condition of a call.
     *
     * @param condition an expression
     * @param otherwise the call in its place if that is false
     */
    record Guard(String condition, Optional<Call> otherwise) {
        // Example:
        //
        // if (learning) {
        //     linearBackwardWeight(x, dY, dYWeight, accumulate); // [batch, 4], [batch, 2] -> [2, 4]
        // }
        //
        private Text around(Text statement) {
            Text guarded = Text.of("if (" + condition + ") {\n    ", statement, "\n}");
            return otherwise
                    .map(call -> Text.of(guarded, " else {\n    ", call.statement(), "\n}"))
                    .orElse(guarded);
        }
    }

    /**
     * Nothing to run, because of where the operands lie.
     *
     * @param remark the sentence that says so
     */
    record Nothing(Text remark) implements Emission {}
}
