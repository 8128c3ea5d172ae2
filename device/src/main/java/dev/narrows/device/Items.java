package dev.narrows.device;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Tier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts, checks and splits items for one network.
 *
 * @param inputs the network's inputs
 * @param outputs the network's outputs
 * @param fixedBatch the only batch that the network takes, or 0 if it takes any
 * @param labels the classes' names; may be empty
 */
record Items(List<TensorSpec> inputs, List<TensorSpec> outputs, int fixedBatch, List<String> labels) {

    /** The only input's tensor under its name. */
    Map<String, Tensor> single(Tensor item) {
        if (inputs.size() != 1) {
            throw new InvalidException("inputs: 1 tensor (expected: a tensor for each of " + inputs + ")");
        }
        return Map.of(inputs.get(0).name(), item);
    }

    /**
     * The inputs in the network's order, checked.
     *
     * @throws InvalidException if one is missing, unknown or does not fit
     */
    Map<String, Tensor> checked(Map<String, Tensor> given) {
        Map<String, Tensor> ordered = new LinkedHashMap<>();
        for (TensorSpec spec : inputs) {
            Tensor tensor = given.get(spec.name());
            if (tensor == null || !tensor.fits(spec)) {
                throw new InvalidException("input \"" + spec.name() + "\": " + (tensor == null ? "missing" : tensor)
                        + " (expected: " + spec + ")");
            }
            ordered.put(spec.name(), tensor);
        }
        for (String name : given.keySet()) {
            if (!ordered.containsKey(name)) {
                throw new InvalidException("input \"" + name + "\": unknown (expected: " + ordered.keySet() + ")");
            }
        }
        return ordered;
    }

    /** How many items checked inputs hold. */
    long count(Map<String, Tensor> checked) {
        long items = -1;
        for (TensorSpec spec : inputs) {
            Tensor tensor = checked.get(spec.name());
            if (tensor != null && Messages.countsItems(spec)) {
                if (items != -1 && items != tensor.dim(0)) {
                    throw new InvalidException("items: " + tensor.dim(0) + " (expected: " + items
                            + " as in the inputs before it), input \"" + spec.name() + "\"");
                }
                items = tensor.dim(0);
            }
        }
        return items != -1 ? items : Math.max(1, fixedBatch);
    }

    /** Whether a batch of any size can run as one and its outputs be told apart. */
    boolean anyBatch() {
        return inputs.stream().allMatch(Messages::countsItems)
                && outputs.stream().allMatch(Messages::countsItems);
    }

    /** The predictions for the items of one run, in order. */
    List<Prediction> split(Outcome outcome, long items) {
        Map<Long, EarlyAnswer> early = new HashMap<>();
        outcome.early().forEach(answer -> early.put(answer.item(), answer));
        List<Prediction> predictions = new ArrayList<>();
        long rest = items - early.size();
        long row = 0; // among those that no exit answered
        for (long item = 0; item < items; item++) {
            EarlyAnswer answer = early.get(item);
            predictions.add(answer == null ? prediction(outcome, row++, rest) : prediction(answer));
        }
        return predictions;
    }

    private Prediction prediction(EarlyAnswer answer) {
        ExitPoint.Verdict verdict = answer.verdict();
        String cut = answer.exit().cutName();
        return new Prediction(
                labels.isEmpty() ? Integer.toString(verdict.index()) : labels.get(verdict.index()),
                verdict.index(),
                verdict.probability(),
                answer.outputs(),
                Tier.DEVICE,
                cut,
                "raw",
                0,
                0,
                0,
                0,
                answer.timings(),
                Optional.of(new Why(Reason.EXIT, "the exit at cut \"" + cut + "\" was sure enough")),
                Optional.of(new Prediction.Exit(answer.exit().index(), cut, verdict.confidence())));
    }

    private Prediction prediction(Outcome outcome, long item, long items) {
        Map<String, Tensor> own = new LinkedHashMap<>();
        for (TensorSpec spec : outputs) {
            Tensor all = outcome.outputs().get(spec.name());
            if (all == null) {
                throw new InvalidException("output \"" + spec.name() + "\": missing (expected: " + spec + ")");
            }
            own.put(spec.name(), items == 1 ? all : slice(all, item, items, spec));
        }
        Decision decision = Decision.of(own, outputs, labels);
        return new Prediction(
                decision.label(),
                decision.index(),
                decision.probability(),
                own,
                outcome.answeredBy(),
                outcome.cut(),
                outcome.codec(),
                share(outcome.codeBytesUp(), item, items),
                share(outcome.codeBytesDown(), item, items),
                share(outcome.wireBytesUp(), item, items),
                share(outcome.wireBytesDown(), item, items),
                outcome.timings(),
                outcome.why(),
                Optional.empty());
    }

    private static Tensor slice(Tensor all, long item, long items, TensorSpec spec) {
        if (all.rank() == 0 || all.dim(0) != items) {
            throw new InvalidException("output \"" + spec.name() + "\": " + all + " (expected: axis 0 of " + items
                    + ", one for each item)");
        }
        return all.slice(item, item + 1);
    }

    /** An even share; all shares sum to {@code total}. */
    private static long share(long total, long item, long items) {
        return (item + 1) * total / items - item * total / items;
    }
}
