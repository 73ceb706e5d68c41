package org.espalier.generator.ir.op;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A way in which a value can be seen in the memory of another one, so that nothing needs to be computed or copied. */
public sealed interface View {
    /** The value in whose memory it is seen. */
    Value of();

    /** Tells whether a value of a shape can be seen so, as far as shapes are concerned. */
    boolean fits(Shape shape);

    /**
     * The elements of a value of a shape that is seen so, where the whole has these; empty if strides cannot say it.
     */
    Optional<StridedLayout> layout(StridedLayout whole, Shape shape);

    /** The view of the whole in the value, where that has all of its elements. */
    Optional<View> inverse(Value value);

    /** The same elements in the same order, under a shape of its own: an in-place operation, a flattening. */
    record Same(Value of) implements View {
        @Override
        public boolean fits(Shape shape) {
            return shape.batched() == of.shape().batched()
                    && shape.elements() == of.shape().elements();
        }

        @Override
        public Optional<StridedLayout> layout(StridedLayout whole, Shape shape) {
            return whole.reshaped(shape.dimensions());
        }

        @Override
        public Optional<View> inverse(Value value) {
            return Optional.of(new Same(value));
        }
    }

    /**
     * A part along an axis.
     *
     * @param axis counted with the batch, which it is not
     * @param from its first place there
     */
    record Part(Value of, int axis, int from) implements View {
        @Override
        public boolean fits(Shape shape) {
            return shape.isPartOf(of.shape(), axis, from);
        }

        @Override
        public Optional<StridedLayout> layout(StridedLayout whole, Shape shape) {
            return Optional.of(whole.narrowed(axis - shape.firstAxis(), from, shape.axis(axis)));
        }

        @Override
        public Optional<View> inverse(Value value) {
            return Optional.empty();
        }
    }

    /**
     * The axes in another order.
     *
     * @param order for each axis that of the whole which it is, counted with the batch
     */
    record Permuted(Value of, List<Integer> order) implements View {
        /** Copies the list. */
        public Permuted {
            order = List.copyOf(order);
        }

        @Override
        public boolean fits(Shape shape) {
            Shape whole = of.shape();
            return shape.batched() == whole.batched()
                    && shape.rank() == whole.rank()
                    && (!shape.batched() || order.get(0) == 0)
                    && order.stream()
                            .sorted()
                            .toList()
                            .equals(IntStream.range(0, whole.rank()).boxed().toList())
                    && IntStream.range(shape.firstAxis(), shape.rank())
                            .allMatch(axis -> shape.axis(axis) == whole.axis(order.get(axis)));
        }

        @Override
        public Optional<StridedLayout> layout(StridedLayout whole, Shape shape) {
            int first = shape.firstAxis();
            return Optional.of(whole.permuted(
                    order.stream().skip(first).map(axis -> axis - first).toList()));
        }

        @Override
        public Optional<View> inverse(Value value) {
            return Optional.of(new Permuted(value, back(order)));
        }

        /** The order that undoes another one. */
        public static List<Integer> back(List<Integer> order) {
            List<Integer> back = new ArrayList<>(Collections.nCopies(order.size(), 0));
            for (int axis = 0; axis < order.size(); axis++) {
                back.set(order.get(axis), axis);
            }
            return back;
        }
    }
}
