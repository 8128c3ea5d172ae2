package dev.narrows.shrink;

import dev.narrows.data.Dataset;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.train.Inputs;
import dev.narrows.train.Measured;
import java.util.List;
import java.util.Optional;

/**
 * A changed network beside the one that it was made of.
 *
 * @param before what the old one takes
 * @param after what the new one takes
 * @param latency of an item here, old and new by turns
 * @param difference of the new one's answers
 * @param randomItems whether those items were made up
 * @param scores on labelled items, if there were any
 */
public record Comparison(
        Footprint before,
        Footprint after,
        PairedLatency latency,
        Reference.Difference difference,
        boolean randomItems,
        Optional<Scores> scores) {

    /**
     * Shares of right answers, the mean of all tasks.
     *
     * @param items how many were asked
     */
    public record Scores(int items, double before, double after) {

        /** What was lost, from -1 to 1; below 0 if it was gained. */
        public double drop() {
            return before - after;
        }
    }

    /**
     * Measures both.
     *
     * @param shapes of the old one's values
     * @param newShapes of the new one's
     * @param seconds that runs for the latency may take
     */
    public static Comparison of(
            Network old, Shapes shapes, Network changed, Shapes newShapes, Evidence evidence, double seconds) {
        return new Comparison(
                Footprint.of(old, shapes),
                Footprint.of(changed, newShapes),
                PairedLatency.of(old, changed, evidence.items(), seconds),
                Reference.of(old, evidence.items()).difference(changed),
                evidence.random(),
                evidence.labelled()
                        .map(labelled -> new Scores(
                                labelled.data().size(),
                                accuracy(old, labelled.inputs(), labelled.data()),
                                accuracy(changed, labelled.inputs(), labelled.data()))));
    }

    /**
     * The share of right answers, the mean of all tasks. A network whose file fixes one item a run gets one.
     *
     * @throws IncompatibleException if it has not one output for each task
     */
    public static double accuracy(Network network, Inputs inputs, Dataset data) {
        int tasks = data.labels().size();
        if (network.outputs().size() != tasks) {
            throw new IncompatibleException("outputs: " + network.outputs().size() + " (expected: " + tasks
                    + ", one for each task of the labelled data)");
        }
        List<Double> shares = Measured.accuracy(network, inputs, data);
        return shares.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }
}
