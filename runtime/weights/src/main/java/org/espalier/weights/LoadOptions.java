package org.espalier.weights;

/**
 * Settings of a load: what is taken of a file, and under which names.
 *
 * @param partial whether those that fit are taken if others do not; otherwise such a file is refused
 * @param names what the file's names are called in the network
 */
public record LoadOptions(boolean partial, NameMapping names) {
    /** Takes a file only if it has exactly the network's tensors. */
    public static LoadOptions strict() {
        return new LoadOptions(false, NameMapping.NONE);
    }

    /** Takes what fits. */
    public static LoadOptions whatFits() {
        return new LoadOptions(true, NameMapping.NONE);
    }

    /** The same, with other names. */
    public LoadOptions renamedBy(NameMapping mapping) {
        return new LoadOptions(partial, mapping);
    }
}
