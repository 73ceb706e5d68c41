package org.espalier.generator.analysis;

import org.espalier.generator.formula.Effort;

/**
 * What the networks of one file have used up of what they may take together. Whatever a file says, elaborating it ends
 * and fits into memory; how many networks share that is the file's business.
 */
final class Budget {
    private final Effort formulas = new Effort();
    private long steps;
    private int layers;
    private long pathCharacters;

    /** The work that went into formulas. */
    Effort formulas() {
        return formulas;
    }

    /** Takes steps of evaluation; false if there are none left. */
    boolean takeSteps(long count) {
        steps += count;
        return steps <= Limits.STEPS;
    }

    /** Takes a layer; false if there is none left. */
    boolean takeLayer() {
        layers++;
        return layers <= Limits.LAYERS;
    }

    /** Takes the characters of a path; false if there are not so many left. */
    boolean takePath(int characters) {
        pathCharacters += characters;
        return pathCharacters <= Limits.PATH_CHARACTERS;
    }
}
