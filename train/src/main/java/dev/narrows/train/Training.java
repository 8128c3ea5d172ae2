package dev.narrows.train;

import dev.narrows.data.BatchOptions;
import dev.narrows.data.Batches;
import dev.narrows.data.Dataset;
import dev.narrows.data.Labels;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.gradient.Torch;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The loop that teaches an {@link Objective}: batches, gradients, steps, evaluation, checkpoints. All chance follows from
 * the seed and the step's number, so that a training that was interrupted and goes on from its checkpoint ends with the
 * same weights, with one thread bit by bit.
 */
public final class Training {

    private static final int SCHEDULE_POINTS = 16;

    private final Objective objective;
    private final Dataset data;
    private final Dataset held;
    private final TrainOptions options;
    private final TrainingListener listener;
    private final List<Integer> classes;

    private Training(Objective objective, Dataset data, Dataset held, TrainOptions options, TrainingListener listener) {
        this.objective = objective;
        this.data = data;
        this.held = held;
        this.options = options;
        this.listener = listener;
        classes = data.labels().stream().map(Labels::classes).map(List::size).toList();
    }

    /**
     * Trains, and leaves the objective with the weights that were best on {@code held}.
     *
     * @param held items that are not trained on, to evaluate after each epoch
     * @throws dev.narrows.errors.IncompatibleException if the data do not fit the objective
     * @throws ExecutionException if the loss is no number any more
     * @throws InvalidException if there is nothing to learn from or nothing that may change, or the checkpoint is of a
     *     training with other settings
     * @throws dev.narrows.errors.MalformedException if the checkpoint is damaged
     */
    public static Curve run(
            Objective objective, Dataset data, Dataset held, TrainOptions options, TrainingListener listener) {
        return new Training(objective, data, held, options, listener).run();
    }

    private Curve run() {
        if (data.size() == 0) {
            throw new InvalidException("items: 0 (expected: some to learn from)");
        }
        if (objective.parameters().isEmpty()) {
            throw new InvalidException("weights: none that may change (expected: some that are not frozen)");
        }
        objective.require(data);
        objective.require(held);
        Torch.threads(options.threads());
        try (Descent descent = new Descent(options.optimizer(), weights(false), weights(true), options.trainedShare());
                ZeroMask mask = new ZeroMask(options.keepZeros() ? objective.parameters() : Map.of());
                SharedWeights shared = new SharedWeights(options.keepShared() ? objective.parameters() : Map.of());
                Best best = new Best(objective.state());
                Ema average = new Ema(options.ema(), objective.state())) {
            double first = options.startCounts() ? score(evaluate()) : Double.NEGATIVE_INFINITY;
            double start = Double.isNaN(first) ? Double.NEGATIVE_INFINITY : first;
            Optional<Checkpoint> newest = options.checkpoints().flatMap(Checkpoint::newest);
            Curve curve = newest.isPresent() ? resume(newest.get(), descent, best, average) : Curve.empty();
            while (curve.points().size() < options.epochs() && !outOfPatience(curve)) {
                curve = epoch(curve, descent, mask, shared, average);
                average.swap();
                shared.hold(); // averages of equal weights may differ in their last bits
                Map<String, Double> scores = evaluate();
                curve = scored(curve, scores);
                if (best(curve) == curve.points().size() && score(scores) > start) {
                    best.keep();
                }
                average.swap();
                objective.scored(scores);
                checkpoint(curve, descent, best, average);
                listener.epoch(curve.points().get(curve.points().size() - 1));
            }
            best.restore();
            return curve;
        }
    }

    private List<Tensor> weights(boolean trained) {
        return objective.parameters().entrySet().stream()
                .filter(weight -> objective.isTrained(weight.getKey()) == trained)
                .map(Map.Entry::getValue)
                .toList();
    }

    private Curve epoch(Curve curve, Descent descent, ZeroMask mask, SharedWeights shared, Ema average) {
        int epoch = curve.points().size();
        BatchOptions order = new BatchOptions(
                Math.min(options.batch(), data.size()),
                options.seed(),
                true,
                true,
                options.augmentation(),
                options.workers());
        long perEpoch = order.batches(data.size());
        long step = epoch * perEpoch;
        long steps = options.epochs() * perEpoch;
        double sum = 0;
        double rate = 0;
        long start = System.nanoTime();
        Step one = new Step(objective, descent, options, classes);
        objective.training(true);
        try (Batches batches = Batches.open(data, order, epoch)) {
            while (batches.hasNext()) {
                double progress = (double) step / steps;
                rate = options.optimizer().rate() * options.schedule().at(progress);
                double loss = one.run(batches.next(), mix(options.seed(), step), progress, rate);
                if (!Double.isFinite(loss)) {
                    throw new ExecutionException("loss: " + loss + " (expected: a number; a lower rate or clipping may"
                            + " help), epoch " + (epoch + 1) + ", step " + (step + 1));
                }
                mask.hold();
                shared.hold();
                average.follow(step);
                sum += loss;
                step++;
                listener.step(step, steps, loss);
            }
        } finally {
            objective.training(false);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return curve.with(new Curve.Point(epoch + 1, rate, sum / perEpoch, seconds, Map.of()));
    }

    private static long mix(long seed, long step) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + step).nextLong();
    }

    private Map<String, Double> evaluate() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            return objective.evaluate(held);
        }
    }

    private static Curve scored(Curve curve, Map<String, Double> scores) {
        List<Curve.Point> points = curve.points();
        Curve.Point last = points.get(points.size() - 1);
        return new Curve(points.subList(0, points.size() - 1))
                .with(new Curve.Point(last.epoch(), last.rate(), last.loss(), last.seconds(), scores));
    }

    /** The first score, of which more is better. */
    private static double score(Map<String, Double> scores) {
        return scores.values().stream()
                .findFirst()
                .orElseThrow(() -> new InvalidException("scores: none (expected: what the objective is judged by)"));
    }

    /** The epoch, from 1, with the best score, the first if there are several; 0 for an empty curve. */
    private static int best(Curve curve) {
        int best = 0;
        for (int epoch = 1; epoch <= curve.points().size(); epoch++) {
            double score = score(curve.points().get(epoch - 1).scores());
            best = best == 0 || score > score(curve.points().get(best - 1).scores()) ? epoch : best;
        }
        return best;
    }

    private boolean outOfPatience(Curve curve) {
        return options.patience() > 0 && curve.points().size() - best(curve) >= options.patience();
    }

    private Curve resume(Checkpoint checkpoint, Descent descent, Best best, Ema average) {
        checkpoint.requireWhole();
        checkpoint.require(settings());
        checkpoint.read("weights", objective.state());
        checkpoint.read("best", best.state());
        checkpoint.read("average", average.averages());
        checkpoint.read(descent);
        Curve curve = checkpoint.curve();
        objective.scored(curve.points().get(curve.points().size() - 1).scores());
        listener.resumed(curve.points().size());
        return curve;
    }

    private void checkpoint(Curve curve, Descent descent, Best best, Ema average) {
        if (options.checkpoints().isEmpty()) {
            return;
        }
        Path directory = options.checkpoints().get();
        Map<String, Map<String, Tensor>> states = new LinkedHashMap<>();
        states.put("weights", objective.state());
        states.put("best", best.state());
        states.put("average", average.averages());
        Checkpoint.write(directory, curve, settings(), states, descent);
    }

    /** A schedule has no name: what it gives at some points tells it from others. */
    private List<Double> shares() {
        return IntStream.rangeClosed(0, SCHEDULE_POINTS)
                .mapToObj(point -> options.schedule().at((double) point / SCHEDULE_POINTS))
                .toList();
    }

    /** All that decides what the weights become, but for the augmentation, which the caller's text must tell. */
    private String settings() {
        return options.settings() + "; epochs " + options.epochs() + ", batch " + options.batch() + ", "
                + options.optimizer() + (options.trainedShare() == 1 ? "" : " trained " + options.trainedShare())
                + ", clip "
                + options.clip() + ", ema " + options.ema() + ", mix-up " + options.mixUp() + ", mixed "
                + options.mixed() + (options.keepZeros() ? ", zeros kept" : "")
                + (options.keepShared() ? ", shared kept" : "")
                + (options.startCounts() ? ", start counts" : "") + ", patience " + options.patience()
                + ", schedule " + shares() + ", seed "
                + options.seed() + ", items " + data.size() + ", parameters "
                + objective.parameters().keySet().hashCode();
    }
}
