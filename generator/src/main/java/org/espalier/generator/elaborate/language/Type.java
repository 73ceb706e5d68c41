package org.espalier.generator.elaborate.language;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Type of a parameter. The first ones are words of the language, the others only the built-in callees have. */
public enum Type {
    INT("int", "a whole number") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return only(Datum.Int.class, datum);
        }
    },
    FLOAT("float", "a number") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return datum instanceof Datum.Int whole
                    ? Optional.of(new Datum.Real(whole.value()))
                    : only(Datum.Real.class, datum);
        }
    },
    BOOL("bool", "true or false") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return only(Datum.Bool.class, datum);
        }
    },
    STRING("string", "a string") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return only(Datum.Text.class, datum);
        }
    },
    LAYER("layer", "a layer") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return LayerValues.of(datum, site).map(Datum.LayerDatum::new);
        }
    },
    LAYERS("layers", "a list of layers") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return LayerValues.of(datum, site).map(layers -> new Datum.Items(Type.elements(datum)));
        }
    },
    NORM("norm", "a normalization such as BatchNorm2d") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return Optional.of(datum).filter(norm -> norm instanceof Datum.Function function && function.makesNorms());
        }
    },
    REGULARIZER("regularizer", "a regularizer") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return only(Datum.Penalty.class, datum);
        }
    },
    SHAPE("shape", "a tuple of whole numbers") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            List<Datum> sizes = Type.elements(datum);
            return Optional.of((Datum) new Datum.Tuple(sizes))
                    .filter(shape -> !sizes.isEmpty() && sizes.stream().allMatch(Datum.Int.class::isInstance));
        }
    },
    BLOCK("block", "a block or a kind of layer") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return Optional.of(datum)
                    .filter(block -> block instanceof Datum.Function function && function.makesLayers());
        }
    },

    /** A size along both axes: one number, or a tuple of two. */
    SIZE("", "a whole number or a tuple of two") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            if (datum instanceof Datum.Int) {
                return Optional.of(datum);
            }
            return Type.elements(datum).size() == 2 ? SHAPE.convert(datum, site) : Optional.empty();
        }
    },
    /** A size along the one axis of a sequence. */
    LENGTH("", "a whole number") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            List<Datum> sizes = Type.elements(datum);
            return sizes.size() == 1 ? only(Datum.Int.class, sizes.get(0)) : Optional.empty();
        }
    },
    /** A size along depth, height and width. */
    VOLUME("", "a whole number or a tuple of three") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            if (datum instanceof Datum.Int) {
                return Optional.of(datum);
            }
            return Type.elements(datum).size() == 3 ? SHAPE.convert(datum, site) : Optional.empty();
        }
    },
    /** A size along both axes, of which each may stay as it is. */
    OUTPUT_SIZE("", "a whole number or a tuple of two, each a whole number or none") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return sizesOrNone(datum, 2);
        }
    },
    /** A size along depth, height and width, of which each may stay as it is. */
    OUTPUT_VOLUME("", "a whole number or a tuple of three, each a whole number or none") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return sizesOrNone(datum, 3);
        }
    },
    /** Sizes of axes: one number, or a tuple. */
    SIZES("", "a whole number or a tuple of them") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return datum instanceof Datum.Int ? Optional.of(datum) : SHAPE.convert(datum, site);
        }
    },
    /** A size, or a word for it. */
    PADDING("", "a whole number, a tuple of two, 'same' or 'valid'") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return datum instanceof Datum.Text ? Optional.of(datum) : SIZE.convert(datum, site);
        }
    },
    /** As {@link #PADDING}, of a sequence. */
    LENGTH_PADDING("", "a whole number, 'same' or 'valid'") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return datum instanceof Datum.Text ? Optional.of(datum) : LENGTH.convert(datum, site);
        }
    },
    /** As {@link #PADDING}, of a volume. */
    VOLUME_PADDING("", "a whole number, a tuple of three, 'same' or 'valid'") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return datum instanceof Datum.Text ? Optional.of(datum) : VOLUME.convert(datum, site);
        }
    },
    /** Mode by which a penalty with a kink at 0 enters the update. */
    MODE("", "subgradient or prox") {
        @Override
        public List<String> choices() {
            return List.of("subgradient", "prox");
        }

        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return Optional.of(datum)
                    .filter(word -> word instanceof Datum.Text text && choices().contains(text.value()));
        }
    },
    /** Reduction of the penalties of the samples of a batch to one. */
    REDUCTION("", "mean or sum") {
        @Override
        public List<String> choices() {
            return List.of("mean", "sum");
        }

        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return Optional.of(datum)
                    .filter(word -> word instanceof Datum.Text text && choices().contains(text.value()));
        }
    },
    /** Two numbers. */
    PAIR("", "a tuple of two numbers") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            List<Datum> numbers = Type.elements(datum).stream()
                    .flatMap(number -> FLOAT.convert(number, site).stream())
                    .toList();
            return numbers.size() == 2 && Type.elements(datum).size() == 2
                    ? Optional.of(new Datum.Tuple(numbers))
                    : Optional.empty();
        }
    },
    /** Three numbers. */
    TRIPLE("", "a tuple of three numbers") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            List<Datum> numbers = Type.elements(datum).stream()
                    .flatMap(number -> FLOAT.convert(number, site).stream())
                    .toList();
            return numbers.size() == 3 && Type.elements(datum).size() == 3
                    ? Optional.of(new Datum.Tuple(numbers))
                    : Optional.empty();
        }
    },
    /** Adjustment of Muon's learning rate to the shape of a matrix. */
    ADJUSTMENT("", "original or match_rms_adamw") {
        @Override
        public List<String> choices() {
            return List.of("original", "match_rms_adamw");
        }

        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return Optional.of(datum)
                    .filter(word -> word instanceof Datum.Text text && choices().contains(text.value()));
        }
    },
    /** Numbers: a list, a tuple, or one alone. */
    NUMBERS("", "a list of numbers") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            List<Datum> elements = Type.elements(datum);
            List<Datum> numbers = elements.stream()
                    .flatMap(number -> FLOAT.convert(number, site).stream())
                    .toList();
            return numbers.size() == elements.size() && !numbers.isEmpty()
                    ? Optional.of(new Datum.Tuple(numbers))
                    : Optional.empty();
        }
    },
    /** A number of either kind. */
    NUMBER("", "a number") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return Optional.of(datum).filter(number -> number instanceof Datum.Int || number instanceof Datum.Real);
        }
    },
    /** A tensor. */
    TENSOR("", "a tensor") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return only(Datum.Tensor.class, datum);
        }
    },
    /** Several tensors. */
    TENSORS("", "a list of tensors") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            List<Datum> tensors = Type.elements(datum);
            return Optional.of((Datum) new Datum.Tuple(tensors))
                    .filter(all -> !tensors.isEmpty() && tensors.stream().allMatch(Datum.Tensor.class::isInstance));
        }
    },
    /** Operand of tensor arithmetic: a tensor or a number. */
    OPERAND("", "a tensor or a number") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return datum instanceof Datum.Tensor ? Optional.of(datum) : NUMBER.convert(datum, site);
        }
    },
    /** The p of a p-norm. */
    ORDER("", "a number, inf, -inf or 'fro'") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            if (datum instanceof Datum.Infinity) {
                return Optional.of(datum);
            }
            return datum.equals(new Datum.Text("fro")) ? Optional.of(new Datum.Real(2)) : FLOAT.convert(datum, site);
        }
    },
    /** A comparison of tensors. */
    CONDITION("", "a comparison of tensors") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return only(Datum.Comparison.class, datum);
        }
    },
    /**
     * A mask that hides elements: a comparison of tensors that holds where they are hidden, or a tensor that is added.
     */
    MASK("", "a comparison of tensors, or a tensor to add") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return Optional.of(datum).filter(mask -> mask instanceof Datum.Tensor || mask instanceof Datum.Comparison);
        }
    },
    /** A size of an axis of a tensor, the batch's included. */
    AXIS_SIZE("", "a whole number or batch") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            List<Datum> sizes = Type.elements(datum);
            boolean fits =
                    sizes.stream().allMatch(size -> size instanceof Datum.Int || size instanceof Datum.BatchSize);
            return Optional.of(datum).filter(size -> fits && !sizes.isEmpty());
        }
    },
    /** A list, of whatever. */
    LIST("", "a list") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return Optional.of(datum)
                    .filter(list -> list instanceof Datum.Tuple
                            || LayerValues.elements(list).isPresent());
        }
    },
    /** Anything. */
    ANY("", "anything") {
        @Override
        public Optional<Datum> convert(Datum datum, Site site) {
            return Optional.of(datum);
        }
    };

    private final String word;
    private final String description;

    Type(String word, String description) {
        this.word = word;
        this.description = description;
    }

    /** The value as this type has it; empty if it is none of this type. */
    public abstract Optional<Datum> convert(Datum datum, Site site);

    /** The words that may be written for it without quotation marks; empty for most types. */
    public List<String> choices() {
        return List.of();
    }

    /** Describes what it takes, in words. */
    public String description() {
        return description;
    }

    /** A size along each of so many axes. */
    public static Type size(int axes) {
        return List.of(LENGTH, SIZE, VOLUME).get(axes - 1);
    }

    /** A size along each of so many axes, or none where it stays; a sequence has one that does not. */
    public static Type outputSize(int axes) {
        return List.of(LENGTH, OUTPUT_SIZE, OUTPUT_VOLUME).get(axes - 1);
    }

    /** One size, or as many as there are axes, each a size or none. */
    static Optional<Datum> sizesOrNone(Datum datum, int axes) {
        if (datum instanceof Datum.Int) {
            return Optional.of(datum);
        }
        List<Datum> sizes = elements(datum);
        boolean fits = sizes.stream().allMatch(size -> size instanceof Datum.Int || size instanceof Datum.None);
        return Optional.of((Datum) new Datum.Tuple(sizes)).filter(tuple -> fits && sizes.size() == axes);
    }

    /** A size along each of so many axes, or a word for it. */
    public static Type padding(int axes) {
        return List.of(LENGTH_PADDING, PADDING, VOLUME_PADDING).get(axes - 1);
    }

    /** The type of a word of the language. */
    public static Optional<Type> named(String word) {
        return Arrays.stream(values())
                .filter(type -> !word.isEmpty() && type.word.equals(word))
                .findFirst();
    }

    /** The words of the language. */
    public static List<String> words() {
        return Arrays.stream(values())
                .map(type -> type.word)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static Optional<Datum> only(Class<? extends Datum> kind, Datum datum) {
        return Optional.of(datum).filter(kind::isInstance);
    }

    /** The elements of a tuple or list; of anything else, the thing itself. */
    public static List<Datum> elements(Datum datum) {
        if (datum instanceof Datum.Tuple tuple) {
            return tuple.elements();
        }
        return LayerValues.elements(datum).orElseGet(() -> List.of(datum));
    }
}
