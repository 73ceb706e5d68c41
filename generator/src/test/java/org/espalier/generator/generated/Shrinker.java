package org.espalier.generator.generated;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Makes what fails smaller for as long as it fails. */
final class Shrinker {
    private Shrinker() {}

    /** Subject that fails, with the message of its failure. */
    record Failing<T>(T subject, String message) {}

    /**
     * The smallest failing thing that is reached by taking one thing away at a time.
     *
     * @param smaller what is one thing smaller
     * @param failure how something fails, empty if it does not
     */
    static <T> Failing<T> shrink(
            Failing<T> failing, Function<T, List<T>> smaller, Function<T, Optional<String>> failure) {
        Failing<T> smallest = failing;
        boolean shrunk = true;
        while (shrunk) {
            shrunk = false;
            for (T candidate : smaller.apply(smallest.subject())) {
                Optional<String> message = failure.apply(candidate);
                if (message.isPresent()) {
                    smallest = new Failing<>(candidate, message.get());
                    shrunk = true;
                    break;
                }
            }
        }
        return smallest;
    }
}
