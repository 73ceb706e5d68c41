package org.espalier.benchmarks;

import java.util.List;

/** The participants besides Espalier. Found by {@link java.util.ServiceLoader}, since peers are large to download. */
public interface Peers {
    /** Every benchmark and what takes part in it, in the order in which they are shown. */
    List<Entry> entries();
}
