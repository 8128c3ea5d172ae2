package dev.narrows.train;

import dev.narrows.data.Batch;
import dev.narrows.data.BatchOptions;
import dev.narrows.data.Batches;
import dev.narrows.data.Dataset;
import dev.narrows.data.Labels;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A network's accuracy as ONNX Runtime computes it: what is deployed, not what the trainer thinks of it. */
public final class Measured {

    private static final int BATCH = 250;

    private Measured() {}

    /**
     * The share of right answers of each task, in the outputs' order; the answer is the largest of an output's elements.
     *
     * @param network whose file leaves the batch free, or fixes it at one item
     * @throws InvalidException if no label of the data is known
     */
    public static List<Double> accuracy(Network network, Inputs inputs, Dataset data) {
        inputs.require(data);
        List<String> outputs = network.outputs().stream().map(ValueInfo::name).toList();
        int[] right = new int[outputs.size()];
        int[] known = new int[outputs.size()];
        BatchOptions order = BatchOptions.DEFAULT.withSize(FreeBatch.isFixed(network) ? 1 : BATCH);
        try (Session session = Session.open("trained", OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT);
                Batches batches = Batches.open(data, order, 0)) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                Map<String, Tensor> made = session.run(inputs.ofHost(batch.values()));
                for (int task = 0; task < outputs.size(); task++) {
                    Tensor answers = made.get(outputs.get(task));
                    if (answers == null) {
                        throw new IllegalStateException(outputs.get(task));
                    }
                    count(answers, batch.labels().get(task), right, known, task);
                }
            }
        }
        List<Double> shares = new ArrayList<>();
        for (int task = 0; task < right.length; task++) {
            if (known[task] == 0) {
                throw new InvalidException("labels: none is known (expected: some, to measure accuracy)");
            }
            shares.add((double) right[task] / known[task]);
        }
        return shares;
    }

    private static void count(Tensor answers, int[] classes, int[] right, int[] known, int task) {
        float[] values = answers.toFloats();
        int width = values.length / classes.length;
        for (int item = 0; item < classes.length; item++) {
            if (classes[item] == Labels.UNKNOWN) {
                continue;
            }
            int best = 0;
            for (int i = 1; i < width; i++) {
                best = values[item * width + i] > values[item * width + best] ? i : best;
            }
            known[task]++;
            right[task] += best == classes[item] ? 1 : 0;
        }
    }
}
