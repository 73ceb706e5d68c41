package org.espalier.generator.ir.op;

import java.util.ArrayList;
import java.util.List;

/**
 * Places along an axis of an operand that are places along an axis of the result, as channels of a pool or of a part of
 * a concatenation are: neither can be removed without the other.
 *
 * @param operand the operand's position in the signature
 * @param axis of the operand
 * @param resultAxis of the result
 * @param start the place of the result where the operand's first place is
 * @param run how many places of the result each of them is, one after the other
 */
public record AxisLink(int operand, int axis, int resultAxis, int start, int run) {
    /** Places that are the same along both axes. */
    public AxisLink(int operand, int axis, int resultAxis) {
        this(operand, axis, resultAxis, 0, 1);
    }

    /** Links the channels (axis 1) of the first operand, and parameters that have a number for each channel. */
    public static List<AxisLink> ofChannels(OpSignature signature) {
        List<AxisLink> links = new ArrayList<>(List.of(new AxisLink(0, 1, 1)));
        for (int operand = 1; operand < signature.operands().size(); operand++) {
            if (signature.operands().get(operand).shape().rank() == 1) {
                links.add(new AxisLink(operand, 0, 1));
            }
        }
        return links;
    }

    /** Links axes of operands of the result's rank that are as long as the result's. */
    public static List<AxisLink> ofSameSizes(OpSignature signature) {
        Shape result = signature.results().get(0).shape();
        List<AxisLink> links = new ArrayList<>();
        for (int operand = 0; operand < signature.operands().size(); operand++) {
            Shape shape = signature.operands().get(operand).shape();
            for (int axis = result.firstAxis(); axis < result.rank(); axis++) {
                if (shape.axis(axis) == result.axis(axis)) {
                    links.add(new AxisLink(operand, axis, axis));
                }
            }
        }
        return links;
    }

    /**
     * The place of the operand that a place of the result is, or a number that none has, if it is another operand's.
     *
     * @param place along the axis of the result
     */
    public int operandPlace(int place) {
        return Math.floorDiv(place - start, run);
    }
}
