package dev.narrows.device;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.bundle.Bundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Warms the device's tier up and measures it on a sample item: each segment, each exit, and each codec of each cut. */
final class SelfTest {

    private static final int WARM_UPS = 3;
    private static final int RUNS = 5;
    /** Slow devices get fewer runs: no warm-up starts later than this, no run later than twice this. */
    private static final long BUDGET_NANOS = 1_000_000_000L;

    private SelfTest() {}

    /**
     * Throws the runtime's error if the network cannot run on the sample.
     *
     * @return the sample's tensors at each cut but the last
     */
    static List<Map<String, Tensor>> run(
            LocalTier local, Bundle bundle, Planner planner, Exits exits, LongSupplier nanoTime) {
        Map<String, Tensor> sample = Sample.of(bundle.manifest().cuts().get(0).tensors());
        long items = Math.max(1, bundle.manifest().fixedBatch());
        long start = nanoTime.getAsLong();
        for (int i = 0; i < WARM_UPS && (i == 0 || nanoTime.getAsLong() - start < BUDGET_NANOS); i++) {
            local.warmUp(sample);
        }
        for (int i = 0; i < RUNS && (i == 0 || nanoTime.getAsLong() - start < 2 * BUDGET_NANOS); i++) {
            local.run(0, local.segments(), sample, items);
        }
        List<Map<String, Tensor>> atCut = new ArrayList<>();
        atCut.add(sample);
        for (int cut = 1; cut < local.segments(); cut++) {
            atCut.add(local.run(cut - 1, cut, atCut.get(cut - 1), items).outputs());
        }
        for (ExitPoint exit : exits.points()) {
            Map<String, Tensor> values = atCut.get(exit.cut());
            exit.judge(local.warmUpExit(exit.index(), values).logits(), items);
            long begin = nanoTime.getAsLong();
            for (int i = 0; i < RUNS && (i == 0 || nanoTime.getAsLong() - begin < BUDGET_NANOS); i++) {
                local.exit(exit.index(), values, items);
            }
        }
        for (CutChooser.Code code : planner.codes()) {
            time(local, bundle, planner, code, atCut.get(code.cut()), items);
        }
        return atCut;
    }

    private static void time(
            LocalTier local,
            Bundle bundle,
            Planner planner,
            CutChooser.Code code,
            Map<String, Tensor> values,
            long items) {
        String cut = bundle.manifest().cuts().get(code.cut()).name();
        try {
            for (int i = 0; i < 3; i++) {
                long nanos =
                        local.encode(bundle.codec(cut, code.codec()), values).nanos();
                if (i > 0) { // the first one runs cold
                    planner.sampled(code.cut(), code.codec(), nanos / items);
                }
            }
        } catch (InvalidException e) {
            return; // noise can lead to NaN where items do not: then this codec's time is not known beforehand
        }
    }
}
