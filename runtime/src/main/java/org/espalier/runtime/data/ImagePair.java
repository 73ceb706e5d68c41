package org.espalier.runtime.data;

/**
 * A picture and what a network should make of it, of equal size.
 *
 * @param name the file's name without its ending
 * @param source what is given
 * @param target what is wanted
 */
public record ImagePair(String name, Image source, Image target) {}
