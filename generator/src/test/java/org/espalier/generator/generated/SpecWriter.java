package org.espalier.generator.generated;

import java.util.ArrayList;
import java.util.List;

/** Writes the pieces of a random specification as layers that fit the image they are applied to. */
final class SpecWriter {
    private static final int MANY_CHANNELS = 6;

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

        private int elements() {
            return channels * size * size;
        }
    }

    /** The blocks that the chains written so far use. */
    List<String> blocks() {
        return blocks;
    }

    /** What the last chain binds to names. */
    List<String> takeBindings() {
        List<String> taken = bindings;
        bindings = new ArrayList<>();
        return taken;
    }

    /** {@code [Conv2d(2, 3, 3, padding=1), ReLU()]}. */
    String chain(Image image, List<Piece> pieces) {
        List<String> layers = new ArrayList<>();
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Layer layer) {
                layers.add(layer(image, layer));
            } else if (piece instanceof Piece.Twice twice) {
                layers.addAll(twice(image, twice));
            } else if (piece instanceof Piece.Group group) {
                layers.add(group(image, group));
            }
            if (image.channels > MANY_CHANNELS) {
                layers.add("Conv2d(" + image.channels + ", 3, 1)");
                image.channels = 3;
            }
        }
        return layers.isEmpty() ? "[Identity()]" : "[" + String.join(", ", layers) + "]";
    }

    private List<String> twice(Image image, Piece.Twice twice) {
        count++;
        String name = "shared" + count;
        bindings.add(name + " = Conv2d(" + image.channels + ", " + image.channels + ", 3, padding=1)");
        return List.of(name, twice.number() % 2 == 0 ? "Tanh()" : "SiLU()", name);
    }

    private String group(Image image, Piece.Group group) {
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
    private String back(Image image, Image inner, List<Piece> pieces) {
        String chain = chain(inner, pieces);
        return inner.channels == image.channels
                ? chain
                : chain + " + [Conv2d(" + inner.channels + ", " + image.channels + ", 1)]";
    }

    private String block(Image image, Piece.Group group) {
        List<String> outside = takeBindings();
        return declare(chain(image, group.pieces()), outside);
    }

    private String keeping(Image image, Piece.Group group) {
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

    private String layer(Image image, Piece.Layer layer) {
        int number = layer.number();
        int c = image.channels;
        boolean several = image.size > 1;
        switch (layer.choice() % 26) {
            case 25 -> {
                return "Linear(" + image.size + ", " + image.size + ")";
            }
            case 2 -> {
                image.channels = c * (1 + number % 2);
                return "Conv2d(" + c + ", " + image.channels + ", 3, padding=1, groups=" + c + ")";
            }
            case 0, 1 -> {
                image.channels = 1 + number % 4;
                return "Conv2d(" + c + ", " + image.channels + ", 3, padding='same', bias="
                        + (number % 3 == 0 ? "false" : "true") + ")";
            }
            case 3 -> {
                return image.resizable && image.size % 2 == 0 ? halved(image, number) : pointwise(image, number);
            }
            case 4 -> {
                return image.resizable && image.size <= 4 ? doubled(image, number) : pointwise(image, number);
            }
            case 5 -> {
                return "BatchNorm2d(" + c + (number % 2 == 0 ? ", affine=false)" : ")");
            }
            case 6 -> {
                return several ? "InstanceNorm2d(" + c + ", affine=" + (number % 2 == 0) + ")" : "Tanh()";
            }
            case 7 -> {
                int groups = c % 2 == 0 ? 2 : 1;
                return several ? "GroupNorm(" + groups + ", " + c + ")" : "Tanh()";
            }
            case 8 -> {
                return image.elements() > 1
                        ? "LayerNorm((" + c + ", " + image.size + ", " + image.size + "))"
                        : "Sigmoid()";
            }
            case 9 -> {
                return "MaxPool2d(3, 1, 1)";
            }
            case 10 -> {
                return "AvgPool2d(3, 1, 1, count_include_pad=" + (number % 2 == 0) + ")";
            }
            case 11 -> {
                image.size = image.resizable ? 2 + number % 2 : image.size;
                return "AdaptiveAvgPool2d(" + image.size + ")";
            }
            case 12 -> {
                return number % 2 == 0 ? "Dropout(0.3)" : "Dropout2d(0.3)";
            }
            case 13 -> {
                return (number % 2 == 0 ? "Softmax(dim=" : "LogSoftmax(dim=") + (1 + number % 3) + ")";
            }
            case 14 -> {
                return spread(image, number);
            }
            default -> {
                return activation(layer.choice() % 26 - 15, number % 2 == 0);
            }
        }
    }

    private static String activation(int choice, boolean inPlace) {
        return switch (choice) {
            case 0 -> "ReLU(inplace=" + inPlace + ")";
            case 1 -> "LeakyReLU(0.2, inplace=" + inPlace + ")";
            case 2 -> "ELU(0.7)";
            case 3 -> "SiLU()";
            case 4 -> inPlace ? "GELU()" : "GELU(approximate='tanh')";
            case 5 -> "Softplus(2)";
            case 6 -> "Hardtanh(-0.7, 0.9)";
            case 7 -> "ReLU6()";
            case 8 -> "Tanh()";
            default -> "Sigmoid()";
        };
    }

    private static String spread(Image image, int number) {
        if (!image.resizable || image.size > 4) {
            return "Identity()";
        }
        if (number % 4 == 0) {
            image.size *= 2;
            return "Upsample(scale_factor=2)";
        }
        image.size += image.size > 1 ? 2 : 0;
        return image.size > 1
                ? List.of("Zero", "Reflection", "Replication").get(number % 4 - 1) + "Pad2d(1)"
                : "Tanh()";
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
