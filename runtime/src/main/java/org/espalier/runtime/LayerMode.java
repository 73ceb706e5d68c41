package org.espalier.runtime;

/** Mode of one normalization with running statistics: that of its network, or one of its own. */
final class LayerMode {
    private Mode mode = Mode.OF_THE_NETWORK;

    /** The mode of the last forward, which its backward has too. */
    private Mode forwardMode = Mode.OF_THE_NETWORK;

    /** False if the network is in evaluation mode, whatever layers that draw random numbers do. */
    private boolean networkTrains = true;

    /** Behaviours of a normalization. */
    enum Mode {
        OF_THE_NETWORK,
        TRAINING,
        EVALUATION
    }

    Mode mode() {
        return mode;
    }

    void mode(Mode other) {
        mode = other;
    }

    /** Begins a forward of a network that behaves as in training, or in use. */
    void begin(boolean training) {
        networkTrains = training;
        forwardMode = mode;
    }

    /**
     * Tells whether the layer behaves as in training, from a forward to its backward.
     *
     * @param training whether layers that draw random numbers do
     */
    boolean trains(boolean training) {
        return forwardMode == Mode.OF_THE_NETWORK ? training && networkTrains : forwardMode == Mode.TRAINING;
    }
}
