package org.espalier.runtime.doctor;

import java.util.Optional;

/**
 * One thing that was looked at.
 *
 * @param subject its name, {@code BLAS}
 * @param found what it is like here
 * @param advice one sentence that says what to change, if something is missing or slow
 * @param isMissing true if networks cannot be trained as it is
 */
public record Finding(String subject, String found, Optional<String> advice, boolean isMissing) {
    /** Something that is as it should be. */
    static Finding fine(String subject, String found) {
        return new Finding(subject, found, Optional.empty(), false);
    }

    /** Something that could be faster. */
    static Finding slow(String subject, String found, String advice) {
        return new Finding(subject, found, Optional.of(advice), false);
    }

    /** Something without which nothing runs. */
    static Finding missing(String subject, String found, String advice) {
        return new Finding(subject, found, Optional.of(advice), true);
    }
}
