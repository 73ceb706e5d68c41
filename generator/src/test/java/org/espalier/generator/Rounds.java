package org.espalier.generator;

/**
 * Number of random cases that a test takes: a few in the quick loop, all of them where failsafe runs the class again in
 * {@code mvn verify}, which it does with every class that has the tag {@value #TAG}.
 */
public final class Rounds {
    /** Of test classes that ask {@link #of}. */
    public static final String TAG = "rounds";

    private Rounds() {}

    /** One of two numbers; {@code -Despalier.rounds=all} asks for the second. */
    public static int of(int quick, int all) {
        return "all".equals(System.getProperty("espalier.rounds")) ? all : quick;
    }
}
