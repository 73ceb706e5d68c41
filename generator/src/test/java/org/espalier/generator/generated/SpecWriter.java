package org.espalier.generator.generated;

import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.ir.LibraryLayers;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.layer.api.LayerDefinition.Example;

/** Writes the pieces of a random specification as layers that fit the image they are applied to. */
final class SpecWriter {
    private static final int MANY_CHANNELS = 6;

    /** Images grow no larger, but for one doubling. */
    private static final int LARGEST = 4;

    private final List<String> blocks = new ArrayList<>();
    private List<String> bindings = new ArrayList<>();
    private int count;

    /** The image that the next layer reads: its channels, and its height, which is its width. */
    static final class Image {
        private int channels;
        private int size;
        private final boolean resizable;

        Image(int channels, int size, boolean resizable) {
            this.channels = channels;
            this.size = size;
            this.resizable = resizable;
        }

        int channels() {
            return channels;
        }

        int size() {
            return size;
        }

        private Image fixed() {
            return new Image(channels, size, false);
        }

        private Shape shape() {
            return Shape.batch(channels, size, size);
        }
    }

    /** The blocks that the chains written so far use. */
    List<String> blocks() {
        return blocks;
    }

    /** Takes the bindings of the last chain to names. */
    List<String> takeBindings() {
        List<String> taken = bindings;
        bindings = new ArrayList<>();
        return taken;
    }

    /** {@code [Conv2d(2, 3, 3, padding=1), ReLU()]}. */
    String chain(Image image, List<SpecPiece> pieces) {
        List<String> layers = new ArrayList<>();
        for (SpecPiece piece : pieces) {
            if (piece instanceof SpecPiece.Layer layer) {
                layers.add(layer(image, layer));
            } else if (piece instanceof SpecPiece.Twice twice) {
                layers.addAll(twice(image, twice));
            } else if (piece instanceof SpecPiece.Group group) {
                layers.add(group(image, group));
            }
            if (image.channels > MANY_CHANNELS) {
                layers.add("Conv2d(" + image.channels + ", 3, 1)");
                image.channels = 3;
            }
        }
        return layers.isEmpty() ? "[Identity()]" : "[" + String.join(", ", layers) + "]";
    }

    private List<String> twice(Image image, SpecPiece.Twice twice) {
        count++;
        String name = "shared" + count;
        bindings.add(name + " = Conv2d(" + image.channels + ", " + image.channels + ", 3, padding=1)");
        return List.of(name, twice.number() % 2 == 0 ? "Tanh()" : "SiLU()", name);
    }

    private String group(Image image, SpecPiece.Group group) {
        return switch (group.kind()) {
            case BLOCK -> block(image, group) + "()";
            case REPEAT -> "sequential(repeat(" + (1 + group.number() % 2) + ", " + keeping(image, group) + "()))";
            case RESIDUAL -> "residual(" + back(image, image.fixed(), group.pieces()) + ")";
            case SKIP -> {
                Image inner = image.fixed();
                String model = chain(inner, group.pieces());
                image.channels += inner.channels;
                yield "skip(" + model + ")";
            }
            case ADD ->
                "branches(" + back(image, image.fixed(), group.pieces()) + ", "
                        + back(image, image.fixed(), group.other()) + ", merge=add)";
            case CONCAT -> {
                Image left = image.fixed();
                Image right = image.fixed();
                String branches = chain(left, group.pieces()) + ", " + chain(right, group.other());
                image.channels = left.channels + right.channels;
                yield "branches(" + branches + ", merge=concat)";
            }
        };
    }

    /** A chain that ends with as many channels as it began with. */
    private String back(Image image, Image inner, List<SpecPiece> pieces) {
        String chain = chain(inner, pieces);
        return inner.channels == image.channels
                ? chain
                : chain + " + [Conv2d(" + inner.channels + ", " + image.channels + ", 1)]";
    }

    private String block(Image image, SpecPiece.Group group) {
        List<String> outside = takeBindings();
        return declare(chain(image, group.pieces()), outside);
    }

    private String keeping(Image image, SpecPiece.Group group) {
        List<String> outside = takeBindings();
        return declare(back(image, image.fixed(), group.pieces()), outside);
    }

    private String declare(String chain, List<String> outside) {
        count++;
        String name = "Block" + count;
        StringBuilder body = new StringBuilder();
        takeBindings().forEach(binding -> body.append("    ").append(binding).append('\n'));
        bindings = outside;
        blocks.add("block " + name + "() {\n" + body + "    return sequential(" + chain + ")\n}\n\n");
        return name;
    }

    /** A convolution, which changes the image as it likes, or any layer of the library. */
    private String layer(Image image, SpecPiece.Layer layer) {
        int number = layer.number();
        int c = image.channels;
        switch (layer.choice() % 16) {
            case 0, 1 -> {
                image.channels = 1 + number % 4;
                return "Conv2d(" + c + ", " + image.channels + ", 3, padding='same', bias="
                        + (number % 3 == 0 ? "false" : "true") + ")";
            }
            case 2 -> {
                return image.resizable && image.size % 2 == 0 ? halved(image, number) : pointwise(image, number);
            }
            case 3 -> {
                return image.resizable && image.size <= LARGEST ? doubled(image, number) : pointwise(image, number);
            }
            case 4, 5 -> {
                count++;
                String name = "Block" + count;
                String statements = RandomExpression.statements(number, c, image.size);
                blocks.add("block " + name + "() {\n" + statements + "}\n\n");
                return name + "()";
            }
            default -> {
                return library(image, LibraryLayers.choose(number, image.shape()));
            }
        }
    }

    /** A layer of the library, behind what brings the image to its example, and before what brings it back. */
    private static String library(Image image, Example example) {
        String written = (LibraryLayers.isOfPositive(example) ? "Sigmoid(), " : "") + example.layer();
        Shape x = image.shape();
        if (!LibraryLayers.fits(example, x)) {
            List<Integer> sizes = LibraryLayers.sizes(example);
            x = Shape.batch(sizes.toArray(Integer[]::new));
            if (sizes.size() < 3 || !LibraryLayers.fits(example, x)) {
                return "Tanh()";
            }
            written = "Conv2d(" + image.channels + ", " + sizes.get(0) + ", 1), AdaptiveAvgPool2d((" + sizes.get(1)
                    + ", " + sizes.get(2) + ")), " + written;
        }
        Shape y = LibraryLayers.result(example, x).orElseThrow();
        int smaller = Math.min(y.axis(2), y.axis(3));
        int size = image.resizable ? Math.min(LARGEST, smaller) : image.size;
        image.channels = y.axis(1);
        image.size = size;
        return size == y.axis(2) && size == y.axis(3) ? written : written + ", AdaptiveAvgPool2d(" + size + ")";
    }

    private static String pointwise(Image image, int number) {
        int from = image.channels;
        image.channels = 1 + number % 3;
        return "Conv2d(" + from + ", " + image.channels + ", 1)";
    }

    private static String halved(Image image, int number) {
        int from = image.channels;
        image.channels = 1 + number % 4;
        image.size /= 2;
        return "Conv2d(" + from + ", " + image.channels + ", 2, stride=2)";
    }

    private static String doubled(Image image, int number) {
        int from = image.channels;
        image.channels = 1 + number % 4;
        image.size *= 2;
        return "ConvTranspose2d(" + from + ", " + image.channels + ", 4, stride=2, padding=1)";
    }
}
