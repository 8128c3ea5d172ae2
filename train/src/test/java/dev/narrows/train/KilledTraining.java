package dev.narrows.train;

import dev.narrows.graph.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** A training with all that has a state, and a process of its own for it, to be killed. */
final class KilledTraining {

    static final int EPOCHS = 10;

    /** Where the process waits for its end, if it is to. */
    private static final int LAST = 8;

    private KilledTraining() {}

    static TrainOptions.Builder options(Path checkpoints) {
        return TrainOptions.builder()
                .epochs(EPOCHS)
                .batch(32)
                .optimizer(OptimizerChoice.parse("adam:rate=0.02,decay=0.001"))
                .schedule(Schedule.parse("cosine:warmup=0.1"))
                .ema(0.9)
                .mixUp(0.3)
                .clip(1)
                .seed(11)
                .workers(1)
                .checkpoints(checkpoints);
    }

    /** The curve, and the network at its end. */
    record Result(Curve curve, Network network) {}

    static Result run(TrainOptions options, TrainingListener listener) {
        Network network = Fixture.convolutional(5, 16, 0.2);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0.1))) {
            Curve curve = Training.run(classifier, Fixture.points(6, 200), Fixture.points(7, 100), options, listener);
            return new Result(curve, classifier.trained());
        }
    }

    /** Trains in a directory; tells epochs on standard output, and at last the hash of the network. */
    public static void main(String[] args) {
        boolean toBeKilled = args.length > 1;
        TrainingListener listener = new TrainingListener() {
            @Override
            public void epoch(Curve.Point point) {
                System.out.println("epoch " + point.epoch());
                if (toBeKilled && point.epoch() == LAST) {
                    waitForTheEnd();
                }
            }

            @Override
            public void resumed(int epochs) {
                System.out.println("resumed " + epochs);
            }
        };
        Result result = run(options(Path.of(args[0])).build(), listener);
        System.out.println("hash " + Fixture.hash(result.network()));
    }

    private static void waitForTheEnd() {
        try {
            if (System.in.read() < 0) {
                throw new IllegalStateException("nobody kills this process");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
