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
        float value = Objects.requireNonNull(inputs.get("x")).toFloats()[0];
        long[] nanos = new long[toCut - fromCut];
        for (int i = 0; i < nanos.length; i++) {
            if (fromCut + i == failsAtSegment) {
                throw new dev.narrows.errors.ExecutionException("segment " + failsAtSegment);
            }
            nanos[i] = SEGMENT_NANOS;
            time.pass(SEGMENT_NANOS);
            value++;
            afterSegment.run();
        }
        return new Chain.Run(Map.of("x", Tensor.of(new float[] {value}, 1, 1)), nanos);
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
