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
 * The U-Net's step by batch and by size of the pictures. A figure is compared with that of a single picture of 64 x 64
 * pixels: where throughput does not fall, time grows no faster than the work.
 */
final class Scaling {
    private static final List<Integer> BATCHES = List.of(1, 2, 4, 8);

    private Scaling() {}

    static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        BATCHES.forEach(batch -> entries.add(entry("Unet64", Unet64::create, 64, batch)));
        BATCHES.forEach(batch -> entries.add(entry("Unet128", Unet128::create, 128, batch)));
        BATCHES.forEach(batch -> entries.add(entry("Unet256", Unet256::create, 256, batch)));
        return entries;
    }

    private static <N extends Network & Supervised> Entry entry(
            String network, TrainingSubject.Maker<N> maker, int size, int batch) {
        return new Entry(
                "scaling",
                name(size, batch),
                name(64, 1),
                () -> TrainingSubject.unet(maker, batch, size, batch * Work.gigaflopsOfStep(network)));
    }

    private static String name(int size, int batch) {
        return "espalier " + size + "px batch " + batch;
    }
}
