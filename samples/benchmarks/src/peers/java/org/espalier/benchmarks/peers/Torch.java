package org.espalier.benchmarks.peers;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.espalier.benchmarks.subject.Natives;

/** Helpers of all of libtorch's subjects: tensors, Adam, penalties. */
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

    /** Adam over weights, which its own weight decay meets, and over the other parameters, which it leaves alone. */
    static Adam adam(Recipe recipe, List<Tensor> weights, List<Tensor> others) {
        Adam adam = new Adam(vector(weights), options(recipe, recipe.weightDecay()));
        if (!others.isEmpty()) {
            adam.add_param_group(new OptimizerParamGroup(vector(others), options(recipe, 0)));
        }
        return adam;
    }

    /** SGD as ResNets are trained by, over weights, which its weight decay meets, and over the other parameters. */
    static Optimizer sgd(double weightDecay, List<Tensor> weights, List<Tensor> others) {
        SGD sgd = new SGD(vector(weights), sgdOptions(weightDecay));
        sgd.add_param_group(new OptimizerParamGroup(vector(others), sgdOptions(0)));
        return sgd;
    }

    private static SGDOptions sgdOptions(double weightDecay) {
        SGDOptions options = new SGDOptions(0.01);
        options.momentum().put(0.9);
        options.weight_decay().put(weightDecay);
        return options;
    }

    /** AdamW with PyTorch's defaults. */
    static Optimizer adamW(List<Tensor> parameters) {
        return new AdamW(vector(parameters), new AdamWOptions(1e-3));
    }

    private static TensorVector vector(List<Tensor> tensors) {
        return new TensorVector(tensors.toArray(Tensor[]::new));
    }

    private static AdamOptions options(Recipe recipe, double weightDecay) {
        AdamOptions options = new AdamOptions(recipe.lr());
        // A std::tuple of GCC's library lies in memory from its last element to its first.
        options.betas().put(0.999, recipe.beta1());
        options.weight_decay().put(weightDecay);
        return options;
    }

    /** λ₁ Σ|w| + ½ λ₂ Σw², as the forum's answers write it: over every weight, added to the loss. */
    static Tensor penalty(Recipe recipe, List<Tensor> weights) {
        return weights.stream()
                .map(weight -> weight.norm(new Scalar(1.0))
                        .mul(new Scalar(recipe.l1()))
                        .add(weight.mul(weight).sum().mul(new Scalar(0.5 * recipe.l2()))))
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
