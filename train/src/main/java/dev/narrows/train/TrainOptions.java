package dev.narrows.train;

import dev.narrows.augment.Augmentation;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a {@link Training} goes.
 *
 * @param epochs passes over the data
 * @param batch items a step
 * @param schedule of the learning rate, over all epochs
 * @param trainedShare of the learning rate for weights that came trained ({@link Objective#isTrained}), above 0, to 1
 * @param clip the most that all gradients together may be long; 0 for any length
 * @param ema decay of the moving average that is evaluated and kept in place of the last weights; 0 for none
 * @param mixUp α of mix-up, to 1; 0 for none
 * @param patience epochs without a better evaluation before it stops; 0 for never
 * @param keepZeros whether weights of two axes or more that are 0 at the beginning stay so: pruned ones
 * @param keepShared whether weights of two axes or more that are equal at the beginning stay so: shared ones
 * @param startCounts whether what it begins with stays if no epoch is better
 * @param mixed whether to compute in bfloat16 where that is safe ({@link dev.narrows.gradient.MixedPrecision})
 * @param threads inside an operator; 1 repeats bit by bit
 * @param workers threads that read items ahead
 * @param settings what else decides the result, as text: a checkpoint made with others is refused
 * @param checkpoints the directory that checkpoints go to, and from which an interrupted training goes on
 */
public record TrainOptions(
        int epochs,
        int batch,
        OptimizerChoice optimizer,
        Schedule schedule,
        double trainedShare,
        double clip,
        double ema,
        double mixUp,
        int patience,
        Augmentation augmentation,
        boolean keepZeros,
        boolean keepShared,
        boolean startCounts,
        boolean mixed,
        int threads,
        int workers,
        long seed,
        String settings,
        Optional<Path> checkpoints) {

    public static final int DEFAULT_EPOCHS = 20;
    public static final int DEFAULT_BATCH = 128;

    public TrainOptions {
        Range.atLeast("epochs", epochs, 1);
        Range.atLeast("batch", batch, 1);
        Range.atLeast("patience", patience, 0);
        Range.atLeast("threads", threads, 1);
        Range.atLeast("workers", workers, 0);
        Range.require("share of the rate", trainedShare, 1e-6, 1);
        Range.require("clip", clip, 0, 1e9);
        Range.require("ema", ema, 0, 0.99999);
        Range.require("mix-up", mixUp, 0, 1);
    }

    /** What is not told is as usual: AdamW, a cosine, one thread, seed 0. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options. */
    public static final class Builder {

        private int epochs = DEFAULT_EPOCHS;
        private int batch = DEFAULT_BATCH;
        private OptimizerChoice optimizer = OptimizerChoice.DEFAULT;
        private Schedule schedule = Schedule.cosine(0);
        private double trainedShare = 1;
        private double clip;
        private double ema;
        private double mixUp;
        private int patience;
        private Augmentation augmentation = Augmentation.NONE;
        private boolean keepZeros;
        private boolean keepShared;
        private boolean startCounts;
        private boolean mixed;
        private int threads = 1;
        private int workers = 1;
        private long seed;
        private String settings = "";
        private Optional<Path> checkpoints = Optional.empty();

        private Builder() {}

        public Builder epochs(int passes) {
            epochs = passes;
            return this;
        }

        public Builder batch(int items) {
            batch = items;
            return this;
        }

        public Builder optimizer(OptimizerChoice choice) {
            optimizer = choice;
            return this;
        }

        public Builder schedule(Schedule chosen) {
            schedule = chosen;
            return this;
        }

        public Builder trainedShare(double share) {
            trainedShare = share;
            return this;
        }

        public Builder clip(double length) {
            clip = length;
            return this;
        }

        public Builder ema(double decay) {
            ema = decay;
            return this;
        }

        public Builder mixUp(double alpha) {
            mixUp = alpha;
            return this;
        }

        public Builder patience(int evaluations) {
            patience = evaluations;
            return this;
        }

        public Builder augmentation(Augmentation disturbance) {
            augmentation = disturbance;
            return this;
        }

        public Builder keepZeros(boolean pruned) {
            keepZeros = pruned;
            return this;
        }

        public Builder keepShared(boolean equal) {
            keepShared = equal;
            return this;
        }

        public Builder startCounts(boolean trained) {
            startCounts = trained;
            return this;
        }

        public Builder mixed(boolean bfloat16) {
            mixed = bfloat16;
            return this;
        }

        public Builder threads(int inOperators) {
            threads = inOperators;
            return this;
        }

        public Builder workers(int readers) {
            workers = readers;
            return this;
        }

        public Builder seed(long start) {
            seed = start;
            return this;
        }

        public Builder settings(String text) {
            settings = text;
            return this;
        }

        public Builder checkpoints(Path directory) {
            checkpoints = Optional.of(directory);
            return this;
        }

        public TrainOptions build() {
            return new TrainOptions(
                    epochs,
                    batch,
                    optimizer,
                    schedule,
                    trainedShare,
                    clip,
                    ema,
                    mixUp,
                    patience,
                    augmentation,
                    keepZeros,
                    keepShared,
                    startCounts,
                    mixed,
                    threads,
                    workers,
                    seed,
                    settings,
                    checkpoints);
        }
    }
}
