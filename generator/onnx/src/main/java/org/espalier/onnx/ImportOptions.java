package org.espalier.onnx;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Options of an import.
 *
 * @param name the name of the network and, in lower case, of its files
 * @param packageName the package of the class that it becomes, or an empty text
 * @param batchAxis the axis of the batch in the inputs of the model, or {@link #NO_BATCH} if the model computes one
 *     sample; the network then gets a batch in front
 * @param loss the loss that the network is to have, as {@code .net} files say it, or null for none
 */
public record ImportOptions(
        String name,
        String packageName,
        int batchAxis,
        @Nullable String loss) {
    /** A model without a batch. */
    public static final int NO_BATCH = -1;

    /** A network with a batch, and without a package and a loss. */
    public static ImportOptions named(String name) {
        return new ImportOptions(name, "", 0, null);
    }

    /** In a package. */
    public ImportOptions in(String newPackage) {
        return new ImportOptions(name, newPackage, batchAxis, loss);
    }

    /** With a loss. */
    public ImportOptions with(@Nullable String newLoss) {
        return new ImportOptions(name, packageName, batchAxis, newLoss);
    }

    /** Of a model that has the batch at this axis of its inputs, or none. */
    public ImportOptions batchedAlong(int axis) {
        return new ImportOptions(name, packageName, axis, loss);
    }

    /** Makes the name of a class of that of a file: of {@code vit_tiny-16} {@code VitTiny16}. */
    public static String className(String base) {
        StringBuilder made = new StringBuilder();
        for (String part : base.split("[^A-Za-z0-9]+", -1)) {
            if (!part.isEmpty()) {
                made.append(part.substring(0, 1).toUpperCase(Locale.ROOT)).append(part.substring(1));
            }
        }
        return made.isEmpty() || Character.isDigit(made.charAt(0)) ? "Net" + made : made.toString();
    }
}
