package org.espalier.runtime.optim.update;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.runtime.optim.optimizer.Adadelta;
import org.espalier.runtime.optim.optimizer.Adagrad;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.Adamax;
import org.espalier.runtime.optim.optimizer.NAdam;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.RAdam;
import org.espalier.runtime.optim.optimizer.RmsProp;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.Decay;
import org.espalier.runtime.optim.regularizer.GroupLasso;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.L2Norm;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.MaxNorm;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Orthogonal;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.Term;
import org.espalier.runtime.pytorch.UpdateCase;
import org.espalier.runtime.pytorch.UpdateCase.OptimizerArguments;
import org.espalier.runtime.pytorch.UpdateCase.Trajectory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A case of PyTorch's fixtures, run by the fused update; each parameter is a group of the ledger by itself. */
final class UpdateRun {
    static final int STEPS = 5;

    private static final Set<String> OPTIMIZERS =
            Set.of("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam");
    private static final Set<String> WORDS = Set.of(
            "l1", "l2", "weight_decay", "elastic_net", "decay", "l2_norm", "group_lasso", "max_norm", "orthogonal");

    private final UpdateCase expected;
    private final Optimizer optimizer;
    private final List<Regularizer> regularizers = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private final INDArray values;
    private final INDArray gradients;
    private final FusedUpdate<?> update;

    UpdateRun(UpdateCase expected, DataType type) {
        this.expected = expected;
        this.optimizer = optimizer(expected);
        List<FusedUpdate.Tensor> tensors = new ArrayList<>();
        long length = 0;
        for (Trajectory parameter : expected.parameters()) {
            Regularizer regularizer = new Regularizer(
                    parameter.name(),
                    expected.terms().stream()
                            .flatMap(term -> terms(term).stream())
                            .toArray(Term[]::new));
            regularizers.add(regularizer);
            offsets.add(length);
            tensors.add(new FusedUpdate.Tensor(
                    length, Arrays.stream(parameter.shape()).boxed().toList(), regularizer));
            length += parameter.initial().length;
        }
        values = Nd4j.create(type, length);
        gradients = Nd4j.create(type, length);
        for (int i = 0; i < offsets.size(); i++) {
            put(values, i, expected.parameters().get(i).initial());
        }
        update = FusedUpdate.over(values, gradients, tensors);
    }

    /** Tells whether this runtime has the case's optimizer and all its terms. */
    static boolean understands(UpdateCase expected) {
        return OPTIMIZERS.contains(expected.optimizer().name())
                && expected.terms().stream().allMatch(term -> WORDS.contains(term.word()));
    }

    private static Adam adam(OptimizerArguments from) {
        return new Adam(from.lr()[0], beta1(from), beta2(from), from.number("eps", 1e-8));
    }

    private static double beta1(OptimizerArguments from) {
        return from.number("betas[0]", 0.9);
    }

    private static double beta2(OptimizerArguments from) {
        return from.number("betas[1]", 0.999);
    }

    private static Optimizer optimizer(UpdateCase expected) {
        OptimizerArguments from = expected.optimizer();
        Optimizer optimizer = switch (from.name()) {
            case "SGD" ->
                new Sgd(
                        from.lr()[0],
                        from.number("momentum", 0),
                        from.number("dampening", 0),
                        from.flags().contains("nesterov"));
            case "Adam" -> from.flags().contains("amsgrad") ? adam(from).amsgrad() : adam(from);
            case "Adadelta" -> new Adadelta(from.lr()[0], from.number("rho", 0.9), from.number("eps", 1e-6));
            case "Adamax" -> new Adamax(from.lr()[0], beta1(from), beta2(from), from.number("eps", 1e-8));
            case "NAdam" ->
                new NAdam(
                        from.lr()[0],
                        beta1(from),
                        beta2(from),
                        from.number("eps", 1e-8),
                        0,
                        from.number("momentum_decay", 4e-3));
            case "RAdam" -> new RAdam(from.lr()[0], beta1(from), beta2(from), from.number("eps", 1e-8), 0);
            case "AdamW" ->
                new AdamW(
                        from.lr()[0],
                        from.number("betas[0]", 0.9),
                        from.number("betas[1]", 0.999),
                        from.number("eps", 1e-8),
                        from.number("weight_decay", 0.01));
            case "RMSprop" ->
                new RmsProp(
                        from.lr()[0],
                        from.number("alpha", 0.99),
                        from.number("eps", 1e-8),
                        from.number("momentum", 0),
                        from.flags().contains("centered"));
            case "Adagrad" ->
                new Adagrad(
                        from.lr()[0],
                        from.number("lr_decay", 0),
                        from.number("initial_accumulator_value", 0),
                        from.number("eps", 1e-10));
            default -> throw new IllegalArgumentException("no optimizer " + from.name());
        };
        optimizer.clipNorm(expected.clipNorm());
        optimizer.clipValue(expected.clipValue());
        return optimizer;
    }

    private static List<Term> terms(UpdateCase.Term term) {
        Mode mode = term.proximal() ? Mode.PROX : Mode.SUBGRADIENT;
        double lambda = term.lambda()[0];
        return switch (term.word()) {
            case "l1" -> List.of(new L1(lambda, mode));
            case "l2", "weight_decay" -> List.of(new L2(lambda));
            case "elastic_net" -> List.of(new L1(lambda * ratio(term), mode), new L2(lambda * (1 - ratio(term))));
            case "l2_norm" -> List.of(new L2Norm(lambda));
            case "group_lasso" -> List.of(new GroupLasso(lambda, axis(term), mode));
            case "orthogonal" -> List.of(new Orthogonal(lambda, axis(term)));
            case "max_norm" -> List.of(new MaxNorm(term.numbers().get("c"), axis(term)));
            case "decay" -> List.of(new Decay(lambda));
            default -> throw new IllegalArgumentException("no term " + term.word());
        };
    }

    /** λ of each of the terms that a term became, at a step. */
    private static double[] lambdas(UpdateCase.Term term, int step) {
        if (term.word().equals("max_norm")) {
            return new double[] {term.numbers().get("c")};
        }
        double lambda = term.lambda()[step];
        return term.word().equals("elastic_net")
                ? new double[] {lambda * ratio(term), lambda * (1 - ratio(term))}
                : new double[] {lambda};
    }

    private static int axis(UpdateCase.Term term) {
        return term.numbers().get("axis").intValue();
    }

    private static double ratio(UpdateCase.Term term) {
        return term.numbers().get("ratio");
    }

    /** Takes a step, counted from 0; returns the penalties of the weights before it by the parameters' names. */
    Map<String, Double> step(int step) {
        optimizer.lr(expected.optimizer().lr()[step]);
        double[] lambdas = expected.terms().stream()
                .flatMapToDouble(term -> Arrays.stream(lambdas(term, step)))
                .toArray();
        for (int i = 0; i < regularizers.size(); i++) {
            List<Term> terms = regularizers.get(i).terms();
            for (int term = 0; term < terms.size(); term++) {
                terms.get(term).lambda(lambdas[term]);
            }
            put(gradients, i, expected.parameters().get(i).gradients().get(step));
        }
        Map<String, Double> ledger = update.update(optimizer).stream()
                .collect(Collectors.groupingBy(LedgerEntry::group, Collectors.summingDouble(LedgerEntry::value)));
        expected.parameters().forEach(parameter -> ledger.putIfAbsent(parameter.name(), 0.0));
        return ledger;
    }

    void allSteps() {
        for (int step = 0; step < STEPS; step++) {
            step(step);
        }
    }

    /** The weights of a parameter as they are. */
    double[] weights(Trajectory parameter) {
        long offset = offsets.get(expected.parameters().indexOf(parameter));
        double[] weights = new double[parameter.initial().length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = values.getDouble(offset + i);
        }
        return weights;
    }

    /** Returns the optimizer's state of a parameter under a name, in single precision. */
    List<Float> state(Trajectory parameter, String name) throws IOException {
        List<Float> numbers = new ArrayList<>();
        update.writeState(
                expected.parameters().indexOf(parameter), optimizer.stateNames().indexOf(name), piece -> {
                    piece.order(ByteOrder.LITTLE_ENDIAN);
                    while (piece.hasRemaining()) {
                        numbers.add(piece.getFloat());
                    }
                });
        return numbers;
    }

    private void put(INDArray flat, int parameter, float[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            if (flat.dataType() == DataType.FLOAT) {
                flat.putScalar(offsets.get(parameter) + i, numbers[i]);
            } else {
                flat.putScalar(offsets.get(parameter) + i, (double) numbers[i]);
            }
        }
    }
}
