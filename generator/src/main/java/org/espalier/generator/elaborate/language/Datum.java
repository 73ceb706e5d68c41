package org.espalier.generator.elaborate.language;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Substitution;
import org.espalier.generator.ir.Decimal;
import org.espalier.generator.ir.InitializerDecl;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.RegularizerTerm;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Identifier;

/** A value of the language, at compile time. */
public sealed interface Datum {
    /** Describes it for messages: {@code 3}, {@code a layer}. */
    String describe();

    /** Counts its parts, as many as it takes steps to copy it or to look at it. */
    default int size() {
        return 0;
    }

    /** A whole number. */
    record Int(long value) implements Datum {
        @Override
        public String describe() {
            return Long.toString(value);
        }
    }

    /** A number with a point. */
    record Real(double value) implements Datum {
        @Override
        public String describe() {
            return Decimal.of(value);
        }
    }

    /** {@code inf} or {@code -inf}, which few arguments take: it is no number to compute with. */
    record Infinity(boolean negative) implements Datum {
        @Override
        public String describe() {
            return negative ? "-inf" : "inf";
        }
    }

    /** A truth value. */
    record Bool(boolean value) implements Datum {
        @Override
        public String describe() {
            return Boolean.toString(value);
        }
    }

    /** A string. */
    record Text(String value) implements Datum {
        @Override
        public String describe() {
            return "'" + value + "'";
        }

        @Override
        public int size() {
            return value.length();
        }
    }

    /** Nothing. */
    record None() implements Datum {
        @Override
        public String describe() {
            return "none";
        }
    }

    /** {@code (0.5, 0.999)}. */
    record Tuple(List<Datum> elements) implements Datum {
        /** Maximum number of elements that a message shows. */
        private static final int DESCRIBED = 20;

        /** Copies the list. */
        public Tuple {
            elements = List.copyOf(elements);
        }

        @Override
        public String describe() {
            String shown =
                    elements.stream().limit(DESCRIBED).map(Datum::describe).collect(Collectors.joining(", "));
            int more = elements.size() - DESCRIBED;
            return "(" + shown + (more > 0 ? ", and " + more + " more)" : ")");
        }

        @Override
        public int size() {
            return elements.size();
        }
    }

    /** A list. */
    record Items(List<Datum> elements) implements Datum {
        /** Copies the list. */
        public Items {
            elements = List.copyOf(elements);
        }

        @Override
        public String describe() {
            return elements.isEmpty() ? "an empty list" : "a list";
        }

        @Override
        public int size() {
            return elements.size();
        }
    }

    /** A layer. */
    record LayerDatum(Layer layer) implements Datum {
        @Override
        public String describe() {
            return "a layer (" + layer.word() + ")";
        }
    }

    /**
     * A tensor.
     *
     * @param further what it has besides where it is taken apart, as the states of a sequence have the last of them
     */
    record Tensor(Symbol symbol, List<Datum> further) implements Datum {
        /** Copies the list. */
        public Tensor {
            further = List.copyOf(further);
        }

        /** A tensor that is nothing else. */
        public Tensor(Symbol symbol) {
            this(symbol, List.of());
        }

        /** Its parts as several names take them: itself, and what it has besides. */
        public List<Datum> parts() {
            return Stream.concat(Stream.of(new Tensor(symbol)), further.stream())
                    .toList();
        }

        @Override
        public String describe() {
            return "a tensor";
        }
    }

    /** The size of the batch, which is known when the network runs. */
    record BatchSize() implements Datum {
        @Override
        public String describe() {
            return "batch";
        }
    }

    /**
     * A comparison that has an answer for each element: {@code x > 0}. It stands where {@code where} has its condition.
     *
     * @param condition of variables
     * @param tensors what the variables stand for, by their names
     */
    record Comparison(Condition condition, Map<String, Tensor> tensors) implements Datum {
        /** Copies the map. */
        public Comparison {
            tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        }

        /** The comparison that holds where this one does not. */
        public Comparison inverted() {
            return new Comparison(new Condition.Not(condition), tensors);
        }

        /** This comparison and another one as one. A tensor that both have is one variable. */
        public Comparison joined(Comparison other, BinaryOperator<Condition> connective) {
            Map<String, Tensor> all = new LinkedHashMap<>(tensors);
            List<String> names = new ArrayList<>();
            other.tensors().forEach((variable, tensor) -> {
                Optional<String> known = all.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(tensor))
                        .map(Map.Entry::getKey)
                        .findFirst();
                String name = variable;
                for (int i = 2; known.isEmpty() && all.containsKey(name); i++) {
                    name = variable + "_" + i;
                }
                all.putIfAbsent(known.orElse(name), tensor);
                names.add(known.orElse(name));
            });
            Condition renamed =
                    Substitution.ofVariables(List.copyOf(other.tensors().keySet()), names, other.condition());
            return new Comparison(connective.apply(condition, renamed), all);
        }

        @Override
        public String describe() {
            return "a comparison of tensors";
        }

        @Override
        public int size() {
            return condition.size();
        }
    }

    /**
     * A tensor in parts along an axis, as many as its size makes, which is known only where shapes are: the parts are
     * made where they are unpacked, or where one is taken.
     *
     * @param unpacked so many parts, which is an error later on if there are others
     * @param element the part of an index, which counts from the end if it is below 0
     */
    record Sections(IntFunction<List<Datum>> unpacked, LongFunction<Datum> element) implements Datum {
        @Override
        public String describe() {
            return "parts of a tensor";
        }
    }

    /** A comparison as a layer is given it: a tensor that is 1 where it holds and 0 elsewhere. */
    record Truth(Tensor tensor) implements Datum {
        @Override
        public String describe() {
            return "a comparison of tensors";
        }
    }

    /** Target of a loss, which an output is compared with. */
    record TargetDatum(Identifier name, Optional<TensorShape> type) implements Datum {
        @Override
        public String describe() {
            return "the target '" + name + "'";
        }
    }

    /**
     * A regularizer.
     *
     * @param name its declared name, or the text that made it
     * @param terms its terms, each kind at most once
     * @param span what made it
     */
    record Penalty(String name, List<RegularizerTerm> terms, SourceSpan span) implements Datum {
        /** Copies the list. */
        public Penalty {
            terms = List.copyOf(terms);
        }

        @Override
        public String describe() {
            return "the regularizer " + name;
        }

        @Override
        public int size() {
            return terms.size();
        }
    }

    /**
     * An initializer, which may follow the shape of what it is for.
     *
     * @param name as it is called
     * @param need what it needs that a shape does not have, in words; empty if nothing
     * @param rule the start of a tensor whose shape has everything
     */
    record Start(
            String name,
            java.util.function.Function<Shape, Optional<String>> need,
            java.util.function.Function<Shape, InitializerDecl> rule)
            implements Datum {
        /** The start of a tensor of a shape; if there is none, why not is reported. */
        public Optional<InitializerDecl> of(Shape shape, Consumer<String> mistake) {
            Optional<String> missing = need.apply(shape);
            missing.ifPresent(needed -> mistake.accept(name + ", which needs " + needed));
            return missing.isPresent() ? Optional.empty() : Optional.of(rule.apply(shape));
        }

        @Override
        public String describe() {
            return "an initializer";
        }
    }

    /** A loss, or several that add up. */
    record LossDatum(List<LossTerm> terms) implements Datum {
        /** Copies the list. */
        public LossDatum {
            terms = List.copyOf(terms);
        }

        /** One loss that is not yet told what to compare. */
        public static LossDatum of(Loss.Function function, SourceSpan span) {
            return new LossDatum(List.of(new LossTerm(function, 1, List.of(), Optional.empty(), span)));
        }

        /** The sum of these losses and others. */
        public LossDatum plus(LossDatum other) {
            return new LossDatum(
                    Stream.concat(terms.stream(), other.terms().stream()).toList());
        }

        /** The same losses, each as another rule has it. */
        public LossDatum map(UnaryOperator<LossTerm> rule) {
            return new LossDatum(terms.stream().map(rule).toList());
        }

        @Override
        public String describe() {
            return "a loss";
        }
    }

    /**
     * A loss as a term of a sum.
     *
     * @param operands tensors and targets that it compares; empty if it is not told
     * @param preparation makes of what it is called with what it compares; without one that is the same
     * @param span the call
     */
    record LossTerm(
            Loss.Function function,
            double scale,
            List<Datum> operands,
            Optional<Preparation> preparation,
            SourceSpan span) {
        /** Copies the list. */
        public LossTerm {
            operands = List.copyOf(operands);
        }

        /** The same with another factor. */
        public LossTerm withScale(double other) {
            return new LossTerm(function, other, operands, preparation, span);
        }

        /** The same of these operands. */
        public LossTerm of(List<Datum> compared, SourceSpan call) {
            return new LossTerm(function, scale, compared, preparation, call);
        }
    }

    /**
     * A rule by which a loss computes, of the tensors that it is called with, those that its formula compares.
     *
     * @param arity how many tensors and targets it is called with
     * @param tensors the places at which no target can stand
     * @param rule adds operations
     */
    record Preparation(int arity, Set<Integer> tensors, BiFunction<CallSite, List<Datum>, List<Datum>> rule) {
        /** Copies the places. */
        public Preparation {
            tensors = Set.copyOf(tensors);
        }
    }

    /**
     * An optimizer.
     *
     * @param again the same optimizer to call with other settings, of which those that are not given are this one's
     */
    record OptimizerDatum(OptimizerDecl optimizer, Builtin again) implements Datum {
        @Override
        public String describe() {
            return "an optimizer";
        }
    }

    /** Something to call. */
    non-sealed interface Function extends Datum {
        /** Returns the parameters that it takes. */
        Signature signature();

        /** Calls it with arguments that fit its signature, and returns the result. */
        Datum call(CallSite site, Arguments arguments);

        /** Tells whether a call makes layers. */
        default boolean makesLayers() {
            return false;
        }

        /** Tells whether a call makes normalization layers, or what can stand for them. */
        default boolean makesNorms() {
            return false;
        }

        /** Tells whether both were declared at the same place. */
        default boolean isSame(Function other) {
            return equals(other);
        }
    }

    /**
     * Placeholder for a value missing because of a mistake that has been reported. Whatever is made of it is unknown
     * too.
     */
    record Unknown() implements Datum {
        @Override
        public String describe() {
            return "unknown";
        }
    }
}
