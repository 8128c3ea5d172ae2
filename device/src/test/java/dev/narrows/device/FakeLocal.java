package dev.narrows.device;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.codec.CutCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A chain of three segments, each of which adds 1 and takes 10 ms of a test's time. */
final class FakeLocal implements Local {

    static final long SEGMENT_NANOS = 10_000_000;
    static final long EXIT_NANOS = 2_000_000;
    static final long ENCODE_NANOS = 1_000_000;

    private final FakeTimeline time;
    final List<String> ran = new ArrayList<>();
    Runnable afterSegment = () -> {};
    boolean uncodable;
    int failsAtSegment = -1;

    FakeLocal(FakeTimeline time) {
        this.time = time;
    }

    @Override
    public int segments() {
        return 3;
    }

    @Override
    public Chain.Run run(int fromCut, int toCut, Map<String, Tensor> inputs, long items) {
        ran.add(fromCut + "-" + toCut);
        float[] values = Objects.requireNonNull(inputs.get("x")).toFloats();
        long[] nanos = new long[toCut - fromCut];
        for (int i = 0; i < nanos.length; i++) {
            if (fromCut + i == failsAtSegment) {
                throw new dev.narrows.errors.ExecutionException("segment " + failsAtSegment);
            }
            nanos[i] = SEGMENT_NANOS;
            time.pass(SEGMENT_NANOS);
            for (int item = 0; item < values.length; item++) {
                values[item]++;
            }
            afterSegment.run();
        }
        return new Chain.Run(Map.of("x", Tensor.of(values, values.length, 1)), nanos);
    }

    /** Two classes: class 1 by a logit of {@code x}, which grows by 1 a segment, against 0. */
    @Override
    public ExitRun exit(int exit, Map<String, Tensor> atCut, long items) {
        ran.add("exit " + exit);
        time.pass(EXIT_NANOS);
        float[] values = Objects.requireNonNull(atCut.get("x")).toFloats();
        float[] logits = new float[2 * values.length];
        for (int item = 0; item < values.length; item++) {
            logits[2 * item + 1] = values[item];
        }
        return new ExitRun("logits", Tensor.of(logits, values.length, 2), EXIT_NANOS);
    }

    @Override
    public Coded encode(CutCodec codec, Map<String, Tensor> values) {
        if (uncodable) {
            throw new InvalidException("NaN");
        }
        time.pass(ENCODE_NANOS);
        return new Coded(List.of(WireTensor.of("x", Objects.requireNonNull(values.get("x")))), ENCODE_NANOS);
    }

    @Override
    public double tailNanos(int fromCut, long items) {
        return (3.0 - fromCut) * SEGMENT_NANOS;
    }

    @Override
    public void execute(long dueNanos, Runnable job) {
        job.run();
    }
}
