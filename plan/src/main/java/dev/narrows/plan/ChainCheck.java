package dev.narrows.plan;

import dev.narrows.engine.Chain;
import dev.narrows.engine.DType;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a chain of segments is the network that it was cut from: the same outputs on the same items, at the same
 * options of the runtime.
 */
public final class ChainCheck {

    private ChainCheck() {}

    /**
     * How one output differs.
     *
     * @param output its name
     * @param maxDifference the largest |chain − network| over all items
     * @param maxRelativeDifference the same, for each item relative to the output's largest magnitude in it (absolute
     *     where that is 0)
     * @param identical whether every bit is the same in all items
     */
    public record Difference(String output, double maxDifference, double maxRelativeDifference, boolean identical) {}

    /**
     * How a chain compares.
     *
     * @param items how many items were run
     * @param outputs in the network's order
     */
    public record Result(int items, List<Difference> outputs) {

        public Result {
            outputs = List.copyOf(outputs);
        }

        /** Whether every bit of every output is the same. */
        public boolean identical() {
            return outputs.stream().allMatch(Difference::identical);
        }

        /** The largest |chain − network| of any output. */
        public double maxDifference() {
            return outputs.stream().mapToDouble(Difference::maxDifference).max().orElse(0);
        }

        /** The largest difference relative to its output's largest magnitude. */
        public double maxRelativeDifference() {
            return outputs.stream()
                    .mapToDouble(Difference::maxRelativeDifference)
                    .max()
                    .orElse(0);
        }
    }

    /** Loads the network and the chain that it was cut into, and compares them. */
    public static Result run(
            Network network, Segments.Chain split, SessionOptions options, List<Map<String, Tensor>> items) {
        List<Map<String, Tensor>> expected;
        try (Session whole = Session.open(network.name(), OnnxWriter.write(network), Map.of(), options)) {
            expected = items.stream().map(whole::run).toList();
        }
        try (Chain chain = Chains.open(split, options)) {
            return compare(expected, chain, items);
        }
    }

    /**
     * Compares a loaded chain with the loaded network. Where the network takes float16 and the chain float32, both get
     * what float16 can hold of an item.
     */
    public static Result compare(Session whole, Chain chain, List<Map<String, Tensor>> items) {
        List<Map<String, Tensor>> expected = new ArrayList<>();
        List<Map<String, Tensor>> taken = new ArrayList<>();
        for (Map<String, Tensor> item : items) {
            Map<String, Tensor> half = new LinkedHashMap<>(item);
            Map<String, Tensor> wide = new LinkedHashMap<>(item);
            for (TensorSpec input : whole.inputs()) {
                Tensor value = item.get(input.name());
                if (value != null && input.dtype() == DType.FLOAT16 && value.dtype() == DType.FLOAT32) {
                    half.put(input.name(), value.to(DType.FLOAT16));
                    wide.put(input.name(), value.to(DType.FLOAT16).to(DType.FLOAT32));
                }
            }
            expected.add(whole.run(half));
            taken.add(wide);
        }
        return compare(expected, chain, taken);
    }

    /**
     * Compares a loaded chain with what the network gave. Outputs in float32 where the network has float16 (a widened
     * network's chain) are rounded first.
     *
     * @param expected the network's outputs for each item
     * @throws IncompatibleException if the chain's outputs have other names or shapes
     */
    public static Result compare(List<Map<String, Tensor>> expected, Chain chain, List<Map<String, Tensor>> items) {
        if (items.isEmpty() || items.size() != expected.size()) {
            throw new InvalidException("items: " + items.size() + " (expected: as many as outputs, " + expected.size()
                    + ", and 1 or more)");
        }
        Map<String, Difference> differences = new LinkedHashMap<>();
        for (int i = 0; i < items.size(); i++) {
            Map<String, Tensor> actual =
                    chain.run(0, chain.segments(), items.get(i)).outputs();
            if (!actual.keySet().equals(expected.get(i).keySet())) {
                throw new IncompatibleException("outputs: " + actual.keySet() + " (expected: "
                        + expected.get(i).keySet() + "), chain");
            }
            expected.get(i).forEach((name, tensor) -> {
                Tensor other = actual.get(name);
                if (other != null) {
                    differences.merge(name, difference(name, tensor, other), ChainCheck::worse);
                }
            });
        }
        return new Result(items.size(), new ArrayList<>(differences.values()));
    }

    private static Difference difference(String name, Tensor expected, Tensor actual) {
        if (expected.dtype() == DType.FLOAT16 && actual.dtype() == DType.FLOAT32) {
            return difference(name, expected, actual.to(DType.FLOAT16));
        }
        if (expected.dtype() != actual.dtype() || !Arrays.equals(expected.shape(), actual.shape())) {
            throw new IncompatibleException(
                    "output: " + actual + " (expected: " + expected + "), output \"" + name + "\"");
        }
        return new Difference(
                name,
                expected.maxAbsDifference(actual),
                Answers.relativeDifference(expected, actual),
                expected.sameBits(actual));
    }

    private static Difference worse(Difference a, Difference b) {
        return new Difference(
                a.output(),
                Math.max(a.maxDifference(), b.maxDifference()),
                Math.max(a.maxRelativeDifference(), b.maxRelativeDifference()),
                a.identical() && b.identical());
    }
}
