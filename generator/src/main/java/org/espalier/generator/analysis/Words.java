package org.espalier.generator.analysis;

/** Small words for messages. */
final class Words {
    private Words() {}

    /** {@code 1 tensor}, {@code 2 tensors}. */
    static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
