package org.espalier.generator.layer.recurrent;

import java.util.List;
import org.espalier.generator.layer.api.LayerDefinition;

/** The layers that are recurrences. */
public final class RecurrentLayers {
    public static final List<LayerDefinition> ALL =
            List.of(RecurrentLayer.RNN, RecurrentLayer.LSTM, RecurrentLayer.GRU);

    private RecurrentLayers() {}
}
