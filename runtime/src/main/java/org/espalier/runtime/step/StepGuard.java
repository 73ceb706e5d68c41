package org.espalier.runtime.step;

import java.lang.ref.Reference;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.espalier.runtime.kernel.loss.DataLosses;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.kernel.memory.Guard;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.jspecify.annotations.Nullable;

/**
 * Enforces the order of calls on a network, from one thread at a time: forward, loss, backward, update. It knows the
 * loss, how far the last forward has come, and whether a whole step or a prediction is one call.
 */
public final class StepGuard {
    private final Object network;
    private final String name;
    private final Guard guard;
    private final Pass pass;
    private volatile boolean trains = true;

    /** True if a whole step, or a prediction, is one call: nobody can do anything to its arrays meanwhile. */
    private boolean isOneCall;

    /** True if that is a prediction. */
    private boolean predicts;

    /** True if a backward has all that it needs, and is under way. */
    private boolean backpropagates;

    private double loss;
    private double waitingLoss;

    /** Of a network with several losses, each of them. */
    private List<LossEntry> losses = List.of();

    private List<LossEntry> waitingLosses = List.of();

    /**
     * Guards a network that had no call yet.
     *
     * @param network is kept reachable while it is used: kernels work on addresses, which do not keep memory
     * @param name what messages call it
     */
    public StepGuard(Object network, String name) {
        this(network, name, new Guard(name));
    }

    /**
     * Guards a network that shares the weights of another.
     *
     * @param weights guards that one
     * @throws IllegalStateException if that one is closed, or shared for the first time while another thread uses it
     */
    public StepGuard(Object network, String name, StepGuard weights) {
        this(network, name, weights.guard.sharing());
        trains = false;
    }

    private StepGuard(Object network, String name, Guard guard) {
        this.network = network;
        this.name = name;
        this.guard = guard;
        this.pass = new Pass(name);
    }

    /** The guard that lets in one thread at a time. */
    public Guard guard() {
        return guard;
    }

    /**
     * Does something while no other thread does anything.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    public <T extends @Nullable Object> T use(Supplier<T> work) {
        guard.enter();
        try {
            return work.get();
        } finally {
            guard.leave();
            Reference.reachabilityFence(network);
        }
    }

    /**
     * Does something that reads weights and changes none, while no other thread does anything with this network, or
     * changes weights that it shares.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    public <T extends @Nullable Object> T read(Supplier<T> work) {
        guard.enterToRead();
        try {
            return work.get();
        } finally {
            guard.leave();
            Reference.reachabilityFence(network);
        }
    }

    /** {@link #use} without a result. */
    public void run(Runnable work) {
        use(() -> {
            work.run();
            return network;
        });
    }

    /** Tells whether layers behave as in training, except in predictions. */
    public boolean trains() {
        return trains;
    }

    /** Lets layers behave as in training, or as in use, from the next forward on. */
    public void trains(boolean trains) {
        this.trains = trains;
    }

    /** Makes a whole step one call. */
    public <T> T asOneCall(Supplier<T> work) {
        isOneCall = true;
        try {
            return work.get();
        } finally {
            isOneCall = false;
        }
    }

    /** Makes a forward in evaluation mode one call. */
    public <T> T asPrediction(Supplier<T> forward) {
        predicts = true;
        try {
            return asOneCall(forward);
        } finally {
            predicts = false;
        }
    }

    /** Tells whether a step or prediction is one call, so that its arrays stay as they are until its end. */
    public boolean isOneCall() {
        return isOneCall;
    }

    /**
     * Begins a forward of this thread.
     *
     * @return whether layers behave as in training
     */
    public boolean beginForward() {
        pass.begin();
        return trains && !predicts;
    }

    /** Ends a forward, which has all outputs. */
    public void endForward() {
        pass.end(predicts);
    }

    /**
     * Computes the data loss of the last forward, and keeps it for the report.
     *
     * @throws IllegalStateException without a forward before it
     */
    public double loss(DoubleSupplier computation) {
        pass.requireForward("loss");
        // The gradient of a loss that was computed before is overwritten.
        pass.loss(false);
        loss = computation.getAsDouble();
        pass.loss(true);
        return loss;
    }

    /**
     * Computes the data losses of the last forward, and keeps them for the report.
     *
     * @return their sum
     * @throws IllegalStateException without a forward before it
     */
    public double losses(Consumer<DataLosses> computation) {
        return loss(() -> {
            DataLosses computed = new DataLosses();
            computation.accept(computed);
            losses = computed.entries();
            return DataLosses.sum(losses);
        });
    }

    /**
     * Runs a backward, which calls {@link #beginBackward} or {@link #beginBackwardFromGradient}.
     *
     * @param learning whether it computes gradients by parameters
     * @param forget forgets all gradients, of which some have this backward in them and some have not if it fails in
     *     the middle
     * @throws IllegalStateException without a forward before it, or if that forward had its backward
     */
    public void backward(Runnable backward, boolean learning, Runnable forget) {
        pass.requireForward("backward");
        if (learning) {
            requireOwnGradients();
        }
        try {
            backward.run();
            backpropagates = false;
            pass.endBackward(learning);
        } finally {
            if (backpropagates) {
                backpropagates = false;
                pass.fail();
                if (learning) {
                    forget.run();
                }
            }
        }
    }

    /**
     * Requires a loss for a backward.
     *
     * @throws IllegalStateException if no loss was computed since the last forward or backward
     */
    public void requireLoss() {
        pass.requireLoss();
    }

    /**
     * Begins a backward from the loss.
     *
     * @param learning whether the loss waits for an update, as gradients by parameters do
     * @throws NonFiniteException if the loss is infinite or NaN
     */
    public void beginBackward(boolean learning) {
        if (!Double.isFinite(loss)) {
            throw new NonFiniteException(
                    "the loss",
                    name,
                    loss,
                    ", so there is no backward and no update; go on with the next batch, or look for such numbers in "
                            + "this one and in the weights");
        }
        if (learning) {
            waitingLoss += loss;
            waitingLosses = DataLosses.sum(waitingLosses, losses);
        }
        backpropagates = true;
    }

    /** Waits for a gradient by an output, which may prove wrong: nothing has changed yet if it does. */
    public void awaitGradient() {
        backpropagates = false;
    }

    /** Begins a backward from a gradient by an output, which overwrites that of the loss. */
    public void beginBackwardFromGradient() {
        pass.loss(false);
        backpropagates = true;
    }

    /** The sum of the losses whose backward ran since the last update. */
    public double waitingLoss() {
        return waitingLoss;
    }

    /** The same one by one, if the network has several. */
    public List<LossEntry> waitingLosses() {
        return waitingLosses;
    }

    /** Forgets whose gradients wait for an update, and their loss. */
    public void forgetGradients() {
        pass.forgetGradients();
        waitingLoss = 0;
        waitingLosses = List.of();
    }

    /** Lets no backward follow the last forward any more, since parameters are others now. */
    public void spoilBackward() {
        pass.spoilBackward();
    }

    /**
     * Requires that gradients that wait for an update are this thread's.
     *
     * @throws IllegalStateException if they are another's
     */
    public void requireOwnGradients() {
        pass.requireOwnGradients();
    }

    /**
     * Requires outputs.
     *
     * @param output its name
     * @throws IllegalStateException without a forward or prediction of this thread
     */
    public void requireOutput(String output) {
        pass.requireOutput(output);
    }

    /**
     * Requires gradients by inputs.
     *
     * @param input its name
     * @throws IllegalStateException without a backward of this thread since the last forward
     */
    public void requireInputGradient(String input) {
        pass.requireInputGradient(input);
    }
}
