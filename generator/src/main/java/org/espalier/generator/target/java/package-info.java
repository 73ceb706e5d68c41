/**
 * A planned {@link org.espalier.generator.ir.Program} in, one Java class as text out: names, comments and layout as an
 * expert would have written them by hand.
 *
 * <p>A block of the {@code .net} is a nested class, whose objects are the block's applications: see
 * {@link org.espalier.generator.target.java.block}. Each layer outside of blocks has its fields and a method for each
 * pass, in one class as long as a reader finds his way in it and a class file holds it: some 400 layers. The class of a
 * longer network, or of one of more than 80 blocks, has all layers in {@link org.espalier.generator.target.java.Parts
 * parts}, classes nested in it of up to 150 layers each, cut between blocks and named by them; the methods that users
 * call stay where they are, and so do all names. What layers of two parts share is a field of the part that computes
 * it, written {@code stage1.relu7} in the other.
 */
@NullMarked
package org.espalier.generator.target.java;

import org.jspecify.annotations.NullMarked;
