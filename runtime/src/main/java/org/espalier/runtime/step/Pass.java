package org.espalier.runtime.step;

import org.jspecify.annotations.Nullable;

/**
 * A network's last forward: how far it has come, so what its memory has and what may follow, and whose it is.
 *
 * <p>Two threads that take turns, each with steps of its own, would go on with each other's. So the calls of a step
 * must come from one thread.
 */
final class Pass {
    private final String network;
    private Stage stage = Stage.NOTHING;

    /** The thread of the last forward or prediction. */
    private @Nullable Thread owner;

    /** The thread whose gradients wait for an update. */
    private @Nullable Thread gradientsOwner;

    private enum Stage {
        /** None was made, or it failed. */
        NOTHING,
        /** Outputs of a prediction, or of a forward that can have no backward any more. */
        OUTPUTS,
        /** Outputs, and what a backward needs but the loss. */
        FORWARD,
        /** All that a backward needs. */
        LOSS,
        /** Outputs, and gradients by inputs. */
        BACKWARD
    }

    /** None, of a network of this name. */
    Pass(String network) {
        this.network = network;
    }

    /** A forward of this thread begins. */
    void begin() {
        stage = Stage.NOTHING;
        owner = Thread.currentThread();
    }

    /** It has all outputs. */
    void end(boolean isPrediction) {
        stage = isPrediction ? Stage.OUTPUTS : Stage.FORWARD;
    }

    /** It failed. */
    void fail() {
        stage = Stage.NOTHING;
    }

    /** There is a loss, or none any more. */
    void loss(boolean has) {
        stage = has ? Stage.LOSS : Stage.FORWARD;
    }

    /**
     * It had its backward.
     *
     * @param waits whether gradients of it wait for an update by this thread
     */
    void endBackward(boolean waits) {
        stage = Stage.BACKWARD;
        if (waits) {
            gradientsOwner = Thread.currentThread();
        }
    }

    /** It can have no backward any more, since parameters are others now. */
    void spoilBackward() {
        if (stage == Stage.FORWARD || stage == Stage.LOSS) {
            stage = Stage.OUTPUTS;
        }
    }

    /** Nobody's gradients wait any more. */
    void forgetGradients() {
        gradientsOwner = null;
    }

    void requireForward(String next) {
        requireOwn();
        if (stage != Stage.FORWARD && stage != Stage.LOSS) {
            throw new IllegalStateException(next + " of " + network
                    + " needs a forward of its own; call forward first, and once for each backward");
        }
    }

    void requireLoss() {
        if (stage != Stage.LOSS) {
            throw new IllegalStateException(
                    "backward of " + network + " needs a loss; call loss after forward, or give backward a gradient");
        }
    }

    void requireOutput(String name) {
        requireOwn();
        if (stage == Stage.NOTHING) {
            throw new IllegalStateException("output '" + name + "' of " + network + " needs a forward or a predict");
        }
    }

    void requireInputGradient(String name) {
        requireOwn();
        if (stage != Stage.BACKWARD) {
            throw new IllegalStateException(
                    "gradient by '" + name + "' of " + network + " needs a backward since the last forward");
        }
    }

    private void requireOwn() {
        Thread thread = Thread.currentThread();
        if (owner != null && owner != thread) {
            throw new IllegalStateException("the last step of " + network + " was begun by thread '" + owner.getName()
                    + "', so thread '" + thread.getName() + "' cannot go on with it; call forward, loss, backward and"
                    + " update in one thread");
        }
    }

    void requireOwnGradients() {
        if (gradientsOwner != null && gradientsOwner != Thread.currentThread()) {
            throw new IllegalStateException("gradients of " + network + " that thread '" + gradientsOwner.getName()
                    + "' computed wait for an update; update in that thread, or forget them with zeroGradients");
        }
    }
}
