package org.espalier.runtime.file;

import java.util.List;
import org.espalier.runtime.optim.optimizer.Optimizer;

/**
 * An optimizer and the parameters that follow it.
 *
 * @param optimizer what they follow
 * @param parameters their names; none for the network's optimizer, which all others follow
 */
public record Followed(Optimizer optimizer, List<String> parameters) {
    /** Copies the list. */
    public Followed {
        parameters = List.copyOf(parameters);
    }
}
