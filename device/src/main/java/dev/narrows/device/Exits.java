package dev.narrows.device;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The exits that runs of one model try, in order: the device's part of a run goes from exit to exit, and items that an
 * exit answers go no further.
 *
 * @param points in the order of their cuts
 * @param anyBatch whether the network takes a batch of any size, so that items can leave it one by one; else an exit
 *     answers for all items of a run or for none
 */
record Exits(List<ExitPoint> points, boolean anyBatch) {

    static final Exits NONE = new Exits(List.of(), true);

    Exits {
        points = List.copyOf(points);
    }

    /** Hears how an exit did. */
    interface Listener {
        /** Of {@code items} items that reached the exit called by its index, {@code answered} went no further. */
        void tried(int exit, long items, long answered);
    }

    /**
     * How far a run got.
     *
     * @param values the tensors at the cut it was to reach, for the items that no exit answered
     * @param items how many those are; 0 if there is nothing left to do, then {@code values} is empty
     * @param nanos spent in segments and exits
     * @param early what exits answered
     */
    record Passed(Map<String, Tensor> values, long items, long nanos, List<EarlyAnswer> early) {}

    /**
     * Runs the segments before {@code toCut} and the exits on the way, one at {@code toCut} included, on the calling
     * thread.
     *
     * @param over whether nobody wants the answers any more; the run then stops where it is
     * @param elapsed nanoseconds since the item came
     */
    Passed pass(
            Local local,
            int toCut,
            Map<String, Tensor> inputs,
            long items,
            Listener listener,
            BooleanSupplier over,
            LongSupplier elapsed) {
        Map<String, Tensor> values = inputs;
        List<Long> left = new ArrayList<>(); // the places of the items that go on
        for (long item = 0; item < items; item++) {
            left.add(item);
        }
        List<EarlyAnswer> early = new ArrayList<>();
        long nanos = 0;
        int at = 0;
        for (ExitPoint exit : points) {
            if (exit.cut() > toCut || over.getAsBoolean()) {
                break;
            }
            if (exit.cut() > at) {
                Chain.Run run = local.run(at, exit.cut(), values, left.size());
                nanos += run.totalNanos();
                values = run.outputs();
                at = exit.cut();
            }
            Local.ExitRun run = local.exit(exit.index(), values, left.size());
            nanos += run.nanos();
            List<Optional<ExitPoint.Verdict>> verdicts = exit.judge(run.logits(), left.size());
            boolean all = verdicts.stream().allMatch(Optional::isPresent);
            boolean leaves = all || (anyBatch && verdicts.stream().anyMatch(Optional::isPresent));
            Timings timings = Timings.ofNanos(nanos, 0, 0, 0, elapsed.getAsLong());
            List<Integer> rows = new ArrayList<>(); // of those that go on
            List<Long> stay = new ArrayList<>();
            for (int row = 0; row < verdicts.size(); row++) {
                if (leaves && verdicts.get(row).isPresent()) {
                    Map<String, Tensor> outputs =
                            Map.of(run.output(), run.logits().slice(row, row + 1));
                    early.add(new EarlyAnswer(
                            left.get(row), exit, verdicts.get(row).get(), outputs, timings));
                } else {
                    rows.add(row);
                    stay.add(left.get(row));
                }
            }
            listener.tried(exit.index(), verdicts.size(), verdicts.size() - rows.size());
            if (rows.isEmpty()) {
                return new Passed(Map.of(), 0, nanos, early);
            }
            if (rows.size() < verdicts.size()) {
                values = rows(values, exit.tensors(), rows);
                left = stay;
            }
        }
        if (over.getAsBoolean()) {
            return new Passed(Map.of(), 0, nanos, early);
        }
        if (at > 0 && at == toCut) {
            return new Passed(values, left.size(), nanos, early);
        }
        Chain.Run run = local.run(at, toCut, values, left.size());
        return new Passed(run.outputs(), left.size(), nanos + run.totalNanos(), early);
    }

    /** Some items' tensors; a tensor that does not count items is every item's. */
    private static Map<String, Tensor> rows(Map<String, Tensor> values, List<TensorSpec> specs, List<Integer> rows) {
        Map<String, Tensor> some = new LinkedHashMap<>(values);
        for (TensorSpec spec : specs) {
            Tensor whole = values.get(spec.name());
            if (whole != null && Messages.countsItems(spec)) {
                List<Tensor> parts = new ArrayList<>();
                for (int row : rows) {
                    parts.add(whole.slice(row, row + 1));
                }
                some.put(spec.name(), Tensor.concat(parts));
            }
        }
        return some;
    }
}
