package dev.narrows.device;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.bundle.Bundle;
import java.util.Map;
import java.util.function.LongSupplier;

/** Warms the device's tier up and measures it on a sample item: each segment, and each codec of each cut. */
final class SelfTest {

    private static final int WARM_UPS = 3;
    private static final int RUNS = 5;
    /** Slow devices get fewer runs than {@link #RUNS}: none starts later than this. */
    private static final long BUDGET_NANOS = 1_000_000_000L;

    private SelfTest() {}

    /** Throws the runtime's error if the network cannot run on the sample. */
    static void run(LocalTier local, Bundle bundle, Planner planner, LongSupplier nanoTime) {
        Map<String, Tensor> sample = Sample.of(bundle.manifest().cuts().get(0).tensors());
        long items = Math.max(1, bundle.manifest().fixedBatch());
        long start = nanoTime.getAsLong();
        for (int i = 0; i < WARM_UPS && (i == 0 || nanoTime.getAsLong() - start < BUDGET_NANOS); i++) {
            local.warmUp(sample);
        }
        for (int i = 0; i < RUNS && (i == 0 || nanoTime.getAsLong() - start < 2 * BUDGET_NANOS); i++) {
            local.run(0, local.segments(), sample, items);
        }
        codecs(local, bundle, planner, sample, items);
    }

    private static void codecs(
            LocalTier local, Bundle bundle, Planner planner, Map<String, Tensor> sample, long items) {
        Map<String, Tensor> values = sample;
        int reached = 0;
        for (CutChooser.Code code : planner.codes()) { // ordered by cut
            if (code.cut() > reached) {
                Chain.Run run = local.run(reached, code.cut(), values, items);
                values = run.outputs();
                reached = code.cut();
            }
            String cut = bundle.manifest().cuts().get(code.cut()).name();
            for (int i = 0; i < 3; i++) {
                try {
                    long nanos = local.encode(bundle.codec(cut, code.codec()), values)
                            .nanos();
                    if (i > 0) { // the first one runs cold
                        planner.sampled(code.cut(), code.codec(), nanos / items);
                    }
                } catch (InvalidException e) {
                    break; // noise can lead to NaN where items do not: then this codec's time is not known beforehand
                }
            }
        }
    }
}
