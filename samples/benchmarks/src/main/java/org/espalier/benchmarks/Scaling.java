package org.espalier.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.espalier.benchmarks.compile.Work;
import org.espalier.benchmarks.networks.TrainingSubject;
import org.espalier.benchmarks.networks.Unet128;
import org.espalier.benchmarks.networks.Unet256;
import org.espalier.benchmarks.networks.Unet64;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;

/**
 * The U-Net's step by size of the pictures and by batch. Sizes are compared with 64 x 64 pixels, batches with a single
 * picture: where throughput does not fall, time grows no faster than the work.
 */
final class Scaling {
    private static final String SMALLEST = name(64, 1);
    private static final String SINGLE = name(256, 1);

    private Scaling() {}

    static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(List.of(
                entry("Unet64", Unet64::create, 64, 1, SMALLEST),
                entry("Unet128", Unet128::create, 128, 1, SMALLEST),
                entry("Unet256", Unet256::create, 256, 1, SMALLEST)));
        for (int batch : List.of(2, 4, 8)) {
            entries.add(entry("Unet256", Unet256::create, 256, batch, SINGLE));
        }
        return entries;
    }

    private static <N extends Network & Supervised> Entry entry(
            String network, TrainingSubject.Maker<N> maker, int size, int batch, String reference) {
        return new Entry(
                        "scaling",
                        name(size, batch),
                        reference,
                        () -> TrainingSubject.unet(maker, batch, size, batch * Work.gigaflopsOfStep(network)))
                .withVectors();
    }

    private static String name(int size, int batch) {
        return "espalier " + size + "px batch " + batch;
    }
}
