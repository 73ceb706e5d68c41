package org.espalier.runtime.cpu;

import java.nio.ByteBuffer;
import org.espalier.runtime.optim.update.InPlaceAdam;

/** Adam's steps by the Vector API. This class does not touch it, so that it can be loaded without. */
public final class VectorAdam implements InPlaceAdam {
    /** For the service loader. */
    public VectorAdam() {}

    @Override
    public boolean isAvailable() {
        return VectorApi.LANES > 1;
    }

    @Override
    public Stretch over(ByteBuffer values, ByteBuffer gradients) {
        VectorWarmUp.adam();
        return new VectorAdamStretch(values, gradients);
    }
}
