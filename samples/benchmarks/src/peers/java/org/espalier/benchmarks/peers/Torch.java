package org.espalier.benchmarks.peers;

import java.util.Collection;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.espalier.benchmarks.Natives;

/** What all of libtorch's subjects need. */
final class Torch {
    private Torch() {}

    /** Numbers as a tensor of its own. */
    static Tensor tensor(float[] numbers, long... shape) {
        try (FloatPointer pointer = new FloatPointer(numbers);
                Tensor view = torch.from_blob(pointer, shape)) {
            return view.clone();
        }
    }

    /** A tensor's numbers. */
    static float[] numbers(Tensor tensor) {
        try (Tensor plain = tensor.detach().contiguous()) {
            float[] numbers = new float[Math.toIntExact(plain.numel())];
            plain.data_ptr_float().get(numbers);
            return numbers;
        }
    }

    /** Adam with the betas that are given, ε 1e-8. */
    static Adam adam(Collection<Tensor> parameters, double lr, double beta1, double beta2) {
        AdamOptions options = new AdamOptions(lr);
        // A std::tuple of GCC's library lies in memory from its last element to its first.
        options.betas().put(beta2, beta1);
        return new Adam(new TensorVector(parameters.toArray(Tensor[]::new)), options);
    }

    /** λ₁ Σ|w| + ½ λ₂ Σw², as the forum's answers write it: over every weight, added to the loss. */
    static Tensor penalty(Collection<Tensor> weights, double l1, double l2) {
        return weights.stream()
                .map(weight -> weight.norm(new Scalar(1.0))
                        .mul(new Scalar(l1))
                        .add(weight.mul(weight).sum().mul(new Scalar(0.5 * l2))))
                .reduce(Tensor::add)
                .orElseThrow();
    }

    /** Does something, and frees the tensors that it made. */
    static void freeing(Runnable work) {
        PointerScope scope = new PointerScope();
        try {
            work.run();
        } finally {
            scope.close();
        }
    }

    static String build() {
        return Natives.jars("pytorch", "openblas") + ", " + torch.get_num_threads() + " threads, "
                + torch.get_cpu_capability().getString();
    }
}
