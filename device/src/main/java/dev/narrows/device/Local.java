package dev.narrows.device;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.codec.CutCodec;
import java.util.List;
import java.util.Map;

/** The device's own processor: the whole chain, and the one thread that runs it. */
interface Local {

    int segments();

    /** Runs segments on the calling thread and remembers how long each took for that many items. */
    Chain.Run run(int fromCut, int toCut, Map<String, Tensor> inputs, long items);

    /**
     * Codes a cut's tensors on the calling thread.
     *
     * @throws dev.narrows.errors.InvalidException if the codec cannot carry them
     */
    Coded encode(CutCodec codec, Map<String, Tensor> values);

    /** Coded tensors, and the nanoseconds it took. */
    record Coded(List<WireTensor> tensors, long nanos) {}

    /** Runs an exit on the tensors of its cut on the calling thread and remembers how long it took for that many items. */
    ExitRun exit(int exit, Map<String, Tensor> atCut, long items);

    /**
     * What an exit gave, and the nanoseconds it took.
     *
     * @param output the name that the exit's network gives its logits
     */
    record ExitRun(String output, Tensor logits, long nanos) {}

    /** The time to allow for the segments from {@code fromCut} to the end: the 95th percentile of each so far, summed. */
    double tailNanos(int fromCut, long items);

    /**
     * Runs a job on the compute thread; of the jobs that wait, the one whose item is due first goes first.
     *
     * @throws java.util.concurrent.RejectedExecutionException after the tier was closed
     */
    void execute(long dueNanos, Runnable job);
}
