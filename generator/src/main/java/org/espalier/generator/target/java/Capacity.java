package org.espalier.generator.target.java;

import org.espalier.generator.target.java.block.Layers;

/**
 * Capacity of one class for layers. A class file has at most 65,535 constants (JVMS 4.1), and a reader finds nothing
 * any more in a class long before that.
 *
 * @param whole the size (see {@link Layers#size}) up to which all layers are in one class, as all of those networks are
 *     that people draw on paper
 * @param ofObjects the size up to which blocks are nested classes: what is left of an object in the class itself is
 *     where its arrays lie
 * @param part the size of the layers in one of several classes, at most
 * @param layers how many of them that are, at most
 * @param declarations how many initializers of fields a class has, at most: they are one method
 */
record Capacity(long whole, long ofObjects, long part, int layers, int declarations) {
    /** One unit of size brings about at most eight constants, one declaration at most 75 bytecodes. */
    static final Capacity OF_A_CLASS = new Capacity(8_000, 25_000, 8_000, 150, 100);

    /** Tells whether a class can hold all of these layers. */
    boolean holds(Layers all) {
        return all.size() <= whole
                && all.all().stream().mapToInt(all::declarations).sum() <= declarations;
    }
}
