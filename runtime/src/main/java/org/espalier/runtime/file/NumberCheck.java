package org.espalier.runtime.file;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;

/** Looks through the numbers of a tensor, piece by piece, for one that cannot be there. */
final class NumberCheck {
    private final TensorInfo tensor;
    private final Range range;
    private long done;

    /** The numbers that can be there. */
    enum Range {
        /** Weights, means, momentum. */
        FINITE("finite numbers"),
        /** Variances. */
        FINITE_FROM_ZERO("finite numbers of at least 0"),
        /** Sums of squares, which overflow to infinity long before anything else does. */
        FROM_ZERO("numbers of at least 0");

        private final String words;

        Range(String words) {
            this.words = words;
        }

        boolean has(double number) {
            return switch (this) {
                case FINITE -> Double.isFinite(number);
                case FINITE_FROM_ZERO -> number >= 0 && Double.isFinite(number);
                case FROM_ZERO -> number >= 0;
            };
        }
    }

    /**
     * @param tensor of type F32 or F64
     * @param range what its numbers must lie in
     */
    NumberCheck(TensorInfo tensor, Range range) {
        this.tensor = tensor;
        this.range = range;
    }

    /** Looks at the numbers that remain in a piece, which stays as it is, and says what is wrong. */
    Optional<String> next(ByteBuffer piece) {
        ByteBuffer numbers = piece.duplicate().order(piece.order());
        if (tensor.type() == TensorType.F32) {
            FloatBuffer floats = numbers.asFloatBuffer();
            for (int i = 0; i < floats.limit(); i++) {
                if (!range.has(floats.get(i))) {
                    return Optional.of(problem(floats.get(i), done + i));
                }
            }
            done += floats.limit();
        } else {
            DoubleBuffer doubles = numbers.asDoubleBuffer();
            for (int i = 0; i < doubles.limit(); i++) {
                if (!range.has(doubles.get(i))) {
                    return Optional.of(problem(doubles.get(i), done + i));
                }
            }
            done += doubles.limit();
        }
        return Optional.empty();
    }

    private String problem(double number, long index) {
        return tensor + " should have " + range.words + ", but has " + number + " at " + place(index);
    }

    private List<Long> place(long index) {
        Long[] place = new Long[tensor.shape().size()];
        long rest = index;
        for (int axis = place.length - 1; axis >= 0; axis--) {
            long size = tensor.shape().get(axis);
            place[axis] = rest % size;
            rest /= size;
        }
        return List.of(place);
    }
}
