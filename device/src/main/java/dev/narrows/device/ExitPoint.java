package dev.narrows.device;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.wire.bundle.Gate;
import dev.narrows.wire.bundle.Manifest;
import dev.narrows.wire.bundle.Softmax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where a run passes an exit.
 *
 * @param index among the bundle's exits
 * @param cut the index of its cut
 * @param cutName its cut's name
 * @param tensors of its cut
 * @param temperature of its logits
 * @param labels how many classes the bundle names; 0 if none
 */
record ExitPoint(
        int index, int cut, String cutName, List<TensorSpec> tensors, double temperature, Gate gate, int labels) {

    /** All exits of a bundle, in order. */
    static List<ExitPoint> of(Manifest manifest, int labels) {
        List<ExitPoint> points = new ArrayList<>();
        for (Manifest.Exit exit : manifest.exits()) {
            int cut = manifest.cutIndex(exit.cut());
            points.add(new ExitPoint(
                    points.size(),
                    cut,
                    exit.cut(),
                    manifest.cuts().get(cut).tensors(),
                    exit.temperature(),
                    exit.gate(),
                    labels));
        }
        return points;
    }

    /**
     * What the exit makes of one item.
     *
     * @param index the most probable class
     * @param probability of that class, at the exit's temperature
     * @param confidence the gate's
     */
    record Verdict(int index, double probability, double confidence) {}

    /**
     * For each item, in order, what the exit says; empty where its gate is not content.
     *
     * @param logits (items, classes)
     * @throws IncompatibleException if the exit gave something else
     */
    List<Optional<Verdict>> judge(Tensor logits, long items) {
        boolean fits = logits.rank() == 2
                && logits.dim(0) == items
                && logits.dim(1) >= 2
                && (labels == 0 || logits.dim(1) == labels);
        if (!fits) {
            throw new IncompatibleException("logits: " + logits + " (expected: (" + items + ", "
                    + (labels == 0 ? "2 classes or more" : labels) + ")), exit at cut \"" + cutName + "\"");
        }
        int classes = (int) logits.dim(1);
        float[] all = logits.toFloats();
        List<Optional<Verdict>> verdicts = new ArrayList<>();
        for (int item = 0; item < items; item++) {
            verdicts.add(judge(Arrays.copyOfRange(all, item * classes, (item + 1) * classes)));
        }
        return verdicts;
    }

    private Optional<Verdict> judge(float[] logits) {
        double[] probabilities = Softmax.of(logits, temperature);
        if (!gate.answers(probabilities)) {
            return Optional.empty();
        }
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            best = probabilities[i] > probabilities[best] ? i : best;
        }
        return Optional.of(new Verdict(best, probabilities[best], gate.confidence(probabilities)));
    }
}
