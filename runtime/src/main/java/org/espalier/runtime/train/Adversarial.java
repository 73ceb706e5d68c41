package org.espalier.runtime.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.weights.TensorFile;
import org.espalier.weights.WeightsFileException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a generator against a discriminator that learns to tell what it makes from what is real: a conditional
 * generative adversarial network (Goodfellow et al., arXiv:1406.2661) as pix2pix has it (Isola et al.,
 * arXiv:1611.07004).
 *
 * <p>The generator has one input, one output and a loss of its own, {@code loss 100 * L1Loss()}. The discriminator
 * scores a source with a picture, which is its input {@code with gradient}, under a loss that compares scores with ones
 * for what is real and zeros for what is not:
 *
 * <pre>
 *   var gan = new Adversarial(
 *           new Adversarial.Generator(painter, painter, painter::backwardWith),
 *           new Adversarial.Discriminator(critic, critic::forward, critic::loss, critic::backward, critic::dPicture),
 *           2); // loss BCEWithLogitsLoss() / 2: the discriminator learns from half of it, the generator from all
 *   Trainer.of(gan, batches).epochs(22).checkpoint(file).run();
 * </pre>
 *
 * <p>Loops of one's own call {@link #step} for each batch. Both networks are used in their present mode, and belong to
 * the caller.
 */
public final class Adversarial {
    private static final String DISCRIMINATOR = "adversarial.discriminator";

    private final Generator generator;
    private final Discriminator discriminator;
    private final double weight;

    /**
     * A network that makes pictures.
     *
     * @param network the generated class
     * @param supervised the same object
     * @param backwardWith its {@code backwardWith}, which adds a gradient by the output to that of its loss
     */
    public record Generator(Network network, Supervised supervised, Consumer<INDArray> backwardWith) {}

    /**
     * A network that scores pictures.
     *
     * @param network the generated class
     * @param forward its {@code forward} of a source and a picture, which returns scores
     * @param loss its {@code loss} of what the scores should be
     * @param backward its {@code backward}
     * @param gradient its gradient by the picture, {@code dPicture}
     */
    public record Discriminator(
            Network network,
            BinaryOperator<INDArray> forward,
            ToDoubleFunction<INDArray> loss,
            Runnable backward,
            Supplier<INDArray> gradient) {}

    /**
     * Reports of one step of both.
     *
     * @param generator its own loss, named {@code supervised}, and the discriminator's, named {@code adversarial}
     * @param discriminator the losses of what is {@code real} and what was {@code made}
     */
    public record Reports(StepReport generator, StepReport discriminator) {}

    /**
     * Sets two networks against each other.
     *
     * @param weight of the discriminator's loss in what the generator learns from, its own having the weight that its
     *     {@code .net} gives it
     * @throws IllegalArgumentException if the weight is not a finite number above 0
     */
    public Adversarial(Generator generator, Discriminator discriminator, double weight) {
        if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a weight above 0, found " + weight);
        }
        this.generator = generator;
        this.discriminator = discriminator;
        this.weight = weight;
    }

    /**
     * Has the discriminator learn from a batch of pairs and from what the generator makes of their sources, then the
     * generator from its own loss and from what the discriminator now takes for real.
     *
     * @param source what the generator starts from
     * @param truth what it should make of that
     * @return the losses before the updates
     * @throws IllegalArgumentException if an array has the wrong type or shape
     * @throws org.espalier.runtime.optim.update.NonFiniteException if a loss or a gradient is infinite or NaN; the
     *     network that it names is as it was, but if that is the generator, the discriminator has learnt from the batch
     */
    public Reports step(INDArray source, INDArray truth) {
        INDArray made = generator.supervised().forward(source);
        StepReport judged = learnToTell(source, truth, made);
        return new Reports(learnToMake(source, truth, made), judged);
    }

    private StepReport learnToTell(INDArray source, INDArray truth, INDArray made) {
        double real = judge(source, truth, 1);
        double fake = judge(source, made, 0);
        StepReport report = discriminator.network().update();
        return StepReport.of(
                real + fake, List.of(new LossEntry("real", 1, real), new LossEntry("made", 1, fake)), report.ledger());
    }

    private StepReport learnToMake(INDArray source, INDArray truth, INDArray made) {
        List<String> learning = discriminator.network().parameters().stream()
                .filter(parameter -> !parameter.isFrozen())
                .map(Parameter::name)
                .toList();
        double fooled;
        discriminator.network().freeze("**");
        try {
            fooled = weight * judge(source, made, 1);
        } finally {
            learning.forEach(discriminator.network()::unfreeze);
        }
        double own = generator.supervised().loss(truth);
        generator.backwardWith().accept(discriminator.gradient().get().mul(weight));
        StepReport report = generator.network().update();
        return StepReport.of(
                own + fooled,
                List.of(new LossEntry("supervised", 1, own), new LossEntry("adversarial", weight, fooled)),
                report.ledger());
    }

    /** Forward and backward of the discriminator, whose scores should be a number; returns the loss. */
    private double judge(INDArray source, INDArray picture, double wanted) {
        INDArray score = discriminator.forward().apply(source, picture);
        double loss = discriminator.loss().applyAsDouble(Nd4j.valueArrayOf(score.shape(), wanted, score.dataType()));
        discriminator.backward().run();
        return loss;
    }

    /**
     * Writes checkpoints of both networks, see {@link Network#saveCheckpoint(Path, Map)}: the generator's to the file,
     * which names that of the discriminator beside it. Whoever reads them, or finds them after this process was killed,
     * has both as they were before or both as they are now.
     *
     * @param notes what the program has to remember besides, such as how many epochs are done
     * @throws WeightsFileException if they cannot be written
     * @throws IllegalArgumentException if a name of a note is taken
     */
    public void saveCheckpoint(Path file, Map<String, String> notes) {
        saveCheckpoint(file, notes, Map.of());
    }

    private void saveCheckpoint(Path file, Map<String, String> notes, Map<String, INDArray> averages) {
        String beside = beside(file) + discriminator.network().updates();
        Map<String, String> all = new LinkedHashMap<>(notes);
        if (all.put(DISCRIMINATOR, beside) != null) {
            throw new IllegalArgumentException("a note may not be called '" + DISCRIMINATOR + "'");
        }
        discriminator.network().saveCheckpoint(file.resolveSibling(beside));
        generator.network().saveCheckpoint(file, all, averages);
        deleteOthers(file, beside);
    }

    /**
     * Goes on from where {@link #saveCheckpoint} was called.
     *
     * @return the notes
     * @throws WeightsFileException if a file cannot be read, is damaged, or of another network or optimizer; both
     *     networks are then as they were
     */
    public Map<String, String> resume(Path file) {
        return resume(file, Map.of());
    }

    private Map<String, String> resume(Path file, Map<String, INDArray> averages) {
        Map<String, String> notes;
        try (TensorFile tensors = TensorFile.open(file)) {
            notes = tensors.metadata();
        }
        String name = notes.get(DISCRIMINATOR);
        if (name == null
                || !name.startsWith(beside(file))
                || !name.substring(beside(file).length()).matches("[0-9]+")) {
            throw new WeightsFileException(
                    file, "is not the checkpoint of two networks: it does not say where the discriminator's is");
        }
        Path other = file.resolveSibling(name);
        Path before = file.resolveSibling(beside(file) + "before");
        discriminator.network().saveCheckpoint(before);
        try {
            discriminator.network().resume(other);
            resumeGenerator(file, averages, before);
        } finally {
            delete(before);
        }
        return notes;
    }

    private void resumeGenerator(Path file, Map<String, INDArray> averages, Path before) {
        try {
            generator.network().resume(file, averages);
        } catch (RuntimeException failure) {
            discriminator.network().resume(before);
            throw failure;
        }
    }

    /** These networks as a {@link Trainer} trains them. */
    Learner asLearner() {
        return new TwoLearners();
    }

    private final class TwoLearners extends Learner {
        TwoLearners() {
            super(generator.network(), discriminator.network());
        }

        @Override
        StepReport step(Batch batch) {
            Reports reports = Adversarial.this.step(batch.input(), batch.target());
            StepReport made = reports.generator();
            StepReport judged = reports.discriminator();
            return StepReport.of(
                    made.dataLoss() + judged.dataLoss(),
                    Stream.concat(made.losses().stream(), judged.losses().stream())
                            .toList(),
                    Stream.concat(
                                    made.ledger().stream(),
                                    judged.ledger().stream()
                                            .map(entry -> new LedgerEntry(
                                                    "discriminator." + entry.group(), entry.term(), entry.value())))
                            .toList());
        }

        @Override
        INDArray forward(Batch batch) {
            return generator.supervised().forward(batch.input());
        }

        @Override
        double loss(Batch batch) {
            return generator.supervised().loss(batch.target());
        }

        @Override
        void saveCheckpoint(Path file, Map<String, String> notes, Map<String, INDArray> averages) {
            Adversarial.this.saveCheckpoint(file, notes, averages);
        }

        @Override
        void resume(Path file, Map<String, INDArray> averages) {
            Adversarial.this.resume(file, averages);
        }
    }

    private static String beside(Path file) {
        return file.getFileName() + ".discriminator-";
    }

    /** Deletes the discriminator's checkpoints that no generator's names any more. */
    private static void deleteOthers(Path file, String current) {
        Path folder = file.toAbsolutePath().getParent();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                folder, found -> found.getFileName().toString().matches(Pattern.quote(beside(file)) + "[0-9]+"))) {
            for (Path found : files) {
                if (!found.getFileName().toString().equals(current)) {
                    Files.delete(found);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot delete older checkpoints beside " + file + ": " + failure, failure);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot delete " + file + ": " + failure, failure);
        }
    }
}
