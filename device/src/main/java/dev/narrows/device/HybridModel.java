package dev.narrows.device;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.wire.bundle.Bundle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A network that runs on this device and in a cloud at once. Each item gets an answer: the cloud's if it comes in time,
 * else the device's own.
 *
 * <p>The device runs the segments before the plan's cut. Exits on the way may answer the item, then nothing is sent; else
 * the device codes the cut's tensors and sends them. If the answer is not
 * there when the device would have to start to meet the deadline, or the call fails, the device runs the remaining
 * segments itself; the first answer wins. After a failure the next items are answered on the device at once, until a
 * prober in the background finds the server well. A wrong answer is never given: the cloud's is checked (checksum,
 * identifier, names, types, shapes) and comes from a bundle of the same content hash. Where something is left to the
 * plan, it is made when the server is first reached, and again each time it comes back.
 *
 * <p>Thread-safe. Local computation is serialised on one thread, earliest deadline first; items that wait for the cloud
 * hold up nothing. Closing cancels what is under way, stops the threads and frees the native memory.
 */
public final class HybridModel implements AutoCloseable {

    /** The name that leaves the choice of cut or codec to the plan. */
    public static final String AUTO = "auto";

    private final HybridRuntime runtime;

    HybridModel(HybridRuntime runtime) {
        this.runtime = runtime;
    }

    /** A model for the bundle in a directory or a single file. */
    public static HybridModelBuilder builder(Path bundle) {
        return new HybridModelBuilder(bundle);
    }

    /**
     * Predicts one item with a network of one input; blocks until there is an answer.
     *
     * @param item the input, batch axis included: {@code (1, …)}
     * @throws InvalidException if the tensor does not fit the network's input, holds more than one item, or the model
     *     is closed
     * @throws dev.narrows.errors.ExecutionException if the runtime fails and the cloud does not answer either
     * @throws UnavailableException if the thread is interrupted; its flag stays set
     */
    public Prediction predict(Tensor item) {
        return await(predictAsync(item));
    }

    /** As {@link #predict(Tensor)}, for a network of several inputs. */
    public Prediction predict(Map<String, Tensor> item) {
        return await(predictAsync(item));
    }

    /**
     * As {@link #predict(Tensor)}, without waiting. The future ends on one of the model's own threads: do long work in
     * its {@code …Async} methods. Cancelling it ends the work for the item. A tensor that does not fit throws here.
     */
    public CompletableFuture<Prediction> predictAsync(Tensor item) {
        return predictAsync(runtime.items().single(item));
    }

    /** As {@link #predictAsync(Tensor)}, for a network of several inputs. */
    public CompletableFuture<Prediction> predictAsync(Map<String, Tensor> item) {
        Items items = runtime.items();
        Map<String, Tensor> inputs = items.checked(item);
        long count = items.count(inputs);
        if (count != 1) {
            throw new InvalidException("items: " + count + " (expected: 1; predictAll takes batches)");
        }
        CompletableFuture<Outcome> outcome = runtime.run(inputs, 1);
        CompletableFuture<Prediction> prediction =
                outcome.thenApply(ended -> items.split(ended, 1).get(0));
        CompletableFuture<Prediction> unused = prediction.whenComplete((answer, error) -> {
            if (prediction.isCancelled()) {
                outcome.cancel(false);
            }
        });
        return prediction;
    }

    /**
     * Predicts a batch with a network of one input; blocks until all answers are there. A network that takes any batch
     * runs it as one: one code, one request, one deadline, and bytes and times of the predictions are their shares and
     * the batch's. Others run piece by piece, one after the other, each with its own deadline.
     *
     * @param batch the items along axis 0; of a network with a fixed batch a multiple of it
     * @return a prediction for each item, in order
     */
    public List<Prediction> predictAll(Tensor batch) {
        Items items = runtime.items();
        Map<String, Tensor> whole = items.single(batch);
        if (batch.rank() == 0) {
            throw new InvalidException("batch: " + batch + " (expected: items along axis 0)");
        }
        long count = batch.dim(0);
        long piece = items.anyBatch() ? count : Math.max(1, items.fixedBatch());
        if (count == 0) {
            return List.of();
        }
        if (count % piece != 0) {
            throw new InvalidException(
                    "items: " + count + " (expected: a multiple of the network's batch of " + piece + ")");
        }
        List<Prediction> predictions = new ArrayList<>();
        TensorSpec spec = items.inputs().get(0);
        for (long from = 0; from < count; from += piece) {
            Map<String, Tensor> inputs = piece == count ? whole : Map.of(spec.name(), batch.slice(from, from + piece));
            predictions.addAll(items.split(await(runtime.run(items.checked(inputs), piece)), piece));
        }
        return Collections.unmodifiableList(predictions);
    }

    /** Where items are handed over now, and the times that were predicted for each way. */
    public Plan plan() {
        return runtime.plan();
    }

    /** Why items are not sent to the cloud now; empty if they are, or if no cloud was named. */
    public Optional<Why> blocked() {
        return runtime.blocked();
    }

    /** The last thing that went wrong: a call, a probe, a damaged answer. Empty as long as nothing has. */
    public Optional<NarrowsException> lastError() {
        return runtime.lastError();
    }

    /** The bundle that runs: its labels, its pre-processing, its cuts. */
    public Bundle bundle() {
        return runtime.bundle();
    }

    /** Ends what is under way with an InvalidException, stops the threads and frees the native memory. */
    @Override
    public void close() {
        runtime.close();
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            throw new UnavailableException("prediction: interrupted (expected: an answer)", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RuntimeException ours) {
                throw ours;
            } else if (cause instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(cause);
        } catch (CancellationException e) {
            throw new UnavailableException("prediction: cancelled (expected: an answer)", e);
        }
    }
}
