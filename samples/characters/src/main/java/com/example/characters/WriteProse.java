package com.example.characters;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.DatasetBatches;
import org.espalier.runtime.data.text.Alphabet;
import org.espalier.runtime.data.text.Sampling;
import org.espalier.runtime.data.text.TokenWindows;
import org.espalier.runtime.train.Callback;
import org.espalier.runtime.train.EpochReport;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.metric.Perplexity;
import org.espalier.runtime.train.schedule.CosineAnnealingLR;
import org.espalier.runtime.train.schedule.LRScheduler;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Trains the network of characters.net on a novel, and lets it write as it learns. */
public final class WriteProse {
    static final Path NOVEL = Path.of("src", "main", "data", "austen", "pride_and_prejudice.txt");

    /** Characters that the network sees at once; characters.net has the same number. */
    static final int CONTEXT = 64;

    private static final int BATCH = 16;
    private static final int STEPS_OF_EPOCH = 200;
    private static final int EPOCHS = 10;
    private static final double TEMPERATURE = 0.7;
    private static final long SEED = 42;
    private static final String PROMPT = "Elizabeth ";

    private WriteProse() {}

    /** Prints what the network writes after each epoch, and how well it foretells a text that it has not seen. */
    public static void main(String[] args) {
        Novel novel = Novel.read(NOVEL);
        Path demo = Path.of("target", "demo");

        try (CharacterModel net = CharacterModel.create(Init.seed(SEED))) {
            Perplexity perplexity = new Perplexity();
            trainer(net, training(novel).limit(STEPS_OF_EPOCH), EPOCHS)
                    .validation(test(novel), perplexity)
                    .callback(new Callback() {
                        @Override
                        public void onEpoch(EpochReport report) {
                            System.out.printf("%nAfter %d steps%n", STEPS_OF_EPOCH * report.epoch());
                            System.out.println(write(net, novel.alphabet(), PROMPT, 250, SEED)
                                    .indent(2));
                        }
                    })
                    .ledger(demo.resolve("characters.csv"))
                    .weights(demo.resolve("characters.safetensors"))
                    .progress(Progress.console())
                    .run();
            compare(novel, Math.log(perplexity.value()));
            System.out.println("Losses of each epoch, and weights  " + demo.toAbsolutePath());
        }
    }

    /** Transformers need small steps at first; so that they settle, the steps become small again. */
    static Trainer trainer(CharacterModel net, Batches batches, int epochs) {
        int steps = epochs * batches.perEpoch();
        int first = steps / 10;
        return Trainer.of(net, batches)
                .epochs(epochs)
                .scheduleSteps(LRScheduler.warmUp(first, new CosineAnnealingLR(steps - first)))
                .clipNorm(1);
    }

    /** Windows that begin anywhere in the novel, in an order that is new in every epoch. */
    static DatasetBatches training(Novel novel) {
        return windows(novel, novel.training(), 1).batches(BATCH).shuffled(SEED);
    }

    /** Windows side by side, so that each character is foretold once. */
    static DatasetBatches test(Novel novel) {
        return windows(novel, novel.test(), CONTEXT).batches(BATCH);
    }

    private static TokenWindows windows(Novel novel, String text, int stride) {
        return new TokenWindows(novel.alphabet().encode(text), CONTEXT, stride);
    }

    /**
     * Goes on with a text, each character drawn by the scores that the network gives after those before it.
     *
     * @param characters how many to add
     */
    static String write(CharacterModel net, Alphabet alphabet, String prompt, int characters, long seed) {
        Sampling sampling = new Sampling(TEMPERATURE);
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(prompt);
        for (int i = 0; i < characters; i++) {
            int[] seen = alphabet.encode(text.substring(Math.max(0, text.length() - CONTEXT)));
            // Attention is causal: nothing before it sees what stands behind a shorter text.
            INDArray window = Nd4j.createFromArray(new int[][] {Arrays.copyOf(seen, CONTEXT)});
            INDArray scores = net.predict(window); // [1, alphabet, CONTEXT]
            INDArray last = scores.get(point(0), all(), point(seen.length - 1));
            text.append(alphabet.decode(sampling.draw(last, random)));
        }
        return text.toString();
    }

    /** Prints what the network's loss is worth: beside what counting alone knows of the next character. */
    private static void compare(Novel novel, double loss) {
        System.out.printf(
                "%,d characters not trained on: loss in nats, and perplexity%n",
                novel.test().length());
        for (int known = 0; known <= 3; known++) {
            Counts counts = new Counts(novel.training(), novel.alphabet().size(), known);
            print("counted, by " + known + " characters", counts.loss(novel.test()));
        }
        print("network, by up to " + CONTEXT, loss);
    }

    private static void print(String name, double loss) {
        System.out.printf("  %-26s%.3f  %6.2f%n", name, loss, Math.exp(loss));
    }
}
