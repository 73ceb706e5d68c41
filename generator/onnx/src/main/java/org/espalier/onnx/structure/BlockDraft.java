package org.espalier.onnx.structure;

import java.util.List;
import org.espalier.onnx.imported.Ref;

/**
 * A block: what several modules do at different sizes.
 *
 * @param number its number, the one that it is known by while names are not given
 * @param kind the name of the class of its modules, or of what they are called
 * @param parameters its parameters
 * @param words for each slot of its items, in order, the parameter that stands there, or −1 for the number itself
 * @param inputs the tensors that it is given
 * @param items the items of the first module
 * @param output the tensor that it makes
 */
public record BlockDraft(
        int number,
        String kind,
        List<Parameter> parameters,
        List<Integer> words,
        List<Ref> inputs,
        List<Item> items,
        Ref output) {
    /** Copies the lists. */
    public BlockDraft {
        parameters = List.copyOf(parameters);
        words = List.copyOf(words);
        inputs = List.copyOf(inputs);
        items = List.copyOf(items);
    }

    /**
     * A parameter of a block.
     *
     * @param name its name
     * @param isWhole whether it is a whole number
     */
    public record Parameter(String name, boolean isWhole) {}
}
