package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.List;

/** Finds where the batch is after a reshape. */
final class ReshapeNodes {
    private ReshapeNodes() {}

    /**
     * The form that a reshape makes.
     *
     * @param from the form before
     * @param target the sizes asked for, one of which may be −1
     * @param fixedBatch the size of the batch that the model fixes, or 0
     */
    static Form of(Form from, List<Long> target, long fixedBatch) throws Unsupported {
        List<Long> sizes = new ArrayList<>(target);
        int open = sizes.indexOf(-1L);
        if (sizes.stream().anyMatch(size -> size < -1) || open != sizes.lastIndexOf(-1L)) {
            throw new Unsupported("the shape " + target + " is no shape");
        }
        long own = product(from.sizes());
        if (from.batch() == Form.NONE) {
            if (open >= 0) {
                sizes.set(open, quotient(own, sizes, open, from, target));
            }
            require(product(sizes) == own, from, target);
            return from.sized(sizes);
        }
        int batch = batchAxis(from, sizes, open, own, fixedBatch);
        if (batch < 0) {
            throw new Unsupported("the shape " + target + " of what was " + from
                    + " keeps no axis for the batch, or tears samples apart");
        }
        if (open >= 0 && open != batch) {
            sizes.set(open, quotient(own, sizes, open, from, target));
        } else if (open == batch) {
            sizes.set(batch, quotient(own, sizes, batch, from, target));
        }
        require(product(sizes) == own, from, target);
        return new Form(from.kind(), sizes, batch);
    }

    /** The axis of the batch; the size there becomes what the batch is multiplied with. */
    private static int batchAxis(Form from, List<Long> sizes, int open, long own, long fixed) throws Unsupported {
        long before = product(from.sizes().subList(0, from.batch()));
        for (int i = 0; i < sizes.size(); i++) {
            if (sizes.get(i) != 0 && sizes.get(i) % Form.BATCH == 0) {
                sizes.set(i, sizes.get(i) / Form.BATCH);
                return startsAt(sizes, i, open, before) ? i : -1;
            }
        }
        if (fixed > 0) {
            List<Integer> candidates = new ArrayList<>();
            candidates.add(from.batch());
            for (int i = 0; i < sizes.size(); i++) {
                candidates.add(i);
            }
            for (int i : candidates) {
                if (i < sizes.size()
                        && i != open
                        && sizes.get(i) % fixed == 0
                        && startsAt(sizes, i, open, before)
                        && fits(sizes, i, open, own, fixed)) {
                    sizes.set(i, sizes.get(i) / fixed);
                    return i;
                }
            }
        }
        if (open >= 0 && startsAt(sizes, open, open, before)) {
            return open;
        }
        return -1;
    }

    private static boolean startsAt(List<Long> sizes, int axis, int open, long before) {
        return (open < 0 || open >= axis) && product(sizes.subList(0, axis)) == before;
    }

    private static boolean fits(List<Long> sizes, int axis, int open, long own, long fixed) {
        long rest = 1;
        for (int i = 0; i < sizes.size(); i++) {
            rest *= i == open ? 1 : i == axis ? sizes.get(i) / fixed : sizes.get(i);
        }
        return open >= 0 ? rest != 0 && own % rest == 0 : rest == own;
    }

    private static long quotient(long own, List<Long> sizes, int open, Form from, List<Long> target)
            throws Unsupported {
        long rest = 1;
        for (int i = 0; i < sizes.size(); i++) {
            rest *= i == open ? 1 : sizes.get(i);
        }
        require(rest != 0 && own % rest == 0, from, target);
        return own / rest;
    }

    private static void require(boolean right, Form from, List<Long> target) throws Unsupported {
        if (!right) {
            throw new Unsupported("the shape " + target + " has not as many elements as " + from);
        }
    }

    static long product(List<Long> sizes) {
        return sizes.stream().reduce(1L, (a, b) -> a * b);
    }
}
