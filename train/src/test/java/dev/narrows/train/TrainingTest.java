package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.augment.Augmentation;
import dev.narrows.data.Dataset;
import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {

    private static final long MEGABYTE = 1 << 20;
    private static final int STEPS = 2000;

    private static final InMemory DATA = Fixture.points(1, 480);
    private static final InMemory HELD = Fixture.points(2, 300);

    private static TrainOptions.Builder options() {
        return TrainOptions.builder()
                .epochs(6)
                .batch(32)
                .optimizer(OptimizerChoice.parse("adamw:rate=0.02"))
                .seed(7)
                .workers(0);
    }

    /** Two weights that fall alike but for the share of the rate: one came trained. */
    private static final class NewAndTrained implements Objective {

        private final Map<String, org.bytedeco.pytorch.Tensor> weights = new TreeMap<>();

        private NewAndTrained(String... names) {
            for (String name : names) {
                weights.put(name, Torch.of(Tensor.of(new float[] {1}, 1)).set_requires_grad(true));
            }
        }

        private double fallen(String name) {
            return 1 - Optional.ofNullable(weights.get(name)).orElseThrow().item_double();
        }

        @Override
        public Map<String, org.bytedeco.pytorch.Tensor> parameters() {
            return weights;
        }

        @Override
        public Map<String, org.bytedeco.pytorch.Tensor> state() {
            return weights;
        }

        @Override
        public boolean isTrained(String name) {
            return name.startsWith("trained");
        }

        @Override
        public void training(boolean on) {}

        @Override
        public org.bytedeco.pytorch.Tensor loss(
                org.bytedeco.pytorch.Tensor values, List<org.bytedeco.pytorch.Tensor> targets, double progress) {
            org.bytedeco.pytorch.Tensor sum = Terms.zero();
            for (org.bytedeco.pytorch.Tensor weight : weights.values()) {
                sum = sum.add(weight.sum());
            }
            return sum;
        }

        @Override
        public Map<String, Double> evaluate(Dataset data) {
            return Map.of("score", 1.0);
        }
    }

    @Test
    void run_withAShareOfTheRate_movesWhatCameTrainedByTheShare() {
        TrainOptions options = options()
                .epochs(1)
                .optimizer(OptimizerChoice.parse("sgd:rate=0.01,momentum=0,decay=0"))
                .trainedShare(0.25)
                .build();
        NewAndTrained both = new NewAndTrained("new", "trained");
        Training.run(both, DATA, HELD, options, TrainingListener.NONE);
        assertThat(both.fallen("new")).isGreaterThan(0.001);
        assertThat(both.fallen("trained")).isCloseTo(both.fallen("new") / 4, within(1e-6));

        NewAndTrained old = new NewAndTrained("trained");
        Training.run(old, DATA, HELD, options, TrainingListener.NONE);
        assertThat(old.fallen("trained")).isCloseTo(both.fallen("trained"), within(1e-6));
    }

    private static Network train(TrainOptions options) {
        Network network = Fixture.perceptron(3, 24, 0.1);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            Training.run(classifier, DATA, HELD, options, TrainingListener.NONE);
            return classifier.trained();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd:rate=0.2", "adam:rate=0.02", "adamw:rate=0.02"})
    void run_onTwoClasses_learnsThemAndTheRuntimeAgrees(String optimizer) {
        Network network = Fixture.perceptron(3, 24, 0);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            Curve curve = Training.run(
                    classifier,
                    DATA,
                    HELD,
                    options()
                            .epochs(20)
                            .optimizer(OptimizerChoice.parse(optimizer))
                            .build(),
                    TrainingListener.NONE);
            double best = curve.points().stream()
                    .mapToDouble(point ->
                            Optional.ofNullable(point.scores().get("accuracy")).orElseThrow())
                    .max()
                    .orElseThrow();
            assertThat(best).isGreaterThanOrEqualTo(0.95);
            assertThat(classifier.evaluate(HELD))
                    .as("the best weights are left")
                    .containsEntry("accuracy", best);
            assertThat(accuracyInTheRuntime(classifier.trained())).isEqualTo(best);
        }
    }

    private static double accuracyInTheRuntime(Network network) {
        int right = 0;
        try (Session session = Session.open("trained", OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT)) {
            for (int item = 0; item < HELD.size(); item++) {
                Tensor x = Tensor.of(HELD.values(item), 1, 2);
                float[] logits = Optional.ofNullable(session.run(Map.of("x", x)).get("logits"))
                        .orElseThrow()
                        .toFloats();
                right += (logits[1] > logits[0] ? 1 : 0) == HELD.labels().get(0).of()[item] ? 1 : 0;
            }
        }
        return (double) right / HELD.size();
    }

    @Test
    void run_again_isTheSameBitByBit_andAnotherSeedIsNot() {
        TrainOptions options = options().ema(0.9).mixUp(0.2).clip(1).build();
        String once = Fixture.hash(train(options));
        assertThat(Fixture.hash(train(options))).isEqualTo(once);
        assertThat(Fixture.hash(
                        train(options().ema(0.9).mixUp(0.2).clip(1).seed(8).build())))
                .isNotEqualTo(once);
    }

    @Test
    void run_withAnyWorkers_isTheSame() {
        Augmentation noise = (values, shape, random) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (random.nextGaussian() * 0.05);
            }
            return values;
        };
        List<String> hashes = new ArrayList<>();
        for (int workers = 0; workers <= 2; workers++) {
            hashes.add(Fixture.hash(
                    train(options().augmentation(noise).workers(workers).build())));
        }
        assertThat(hashes).containsOnly(hashes.get(0));
        assertThat(Fixture.hash(train(options().build()))).isNotEqualTo(hashes.get(0));
    }

    @Test
    void run_inMixedPrecision_learns() {
        Network network = Fixture.perceptron(3, 24, 0);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0.05))) {
            Training.run(
                    classifier, DATA, HELD, options().epochs(12).mixed(true).build(), TrainingListener.NONE);
            assertThat(accuracyInTheRuntime(classifier.trained())).isGreaterThanOrEqualTo(0.93);
        }
    }

    @Test
    void run_tellsEachStepAndEpoch() {
        List<Long> steps = new ArrayList<>();
        List<Curve.Point> epochs = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void step(long done, long of, double loss) {
                assertThat(of).isEqualTo(45);
                assertThat(loss).isPositive();
                steps.add(done);
            }

            @Override
            public void epoch(Curve.Point point) {
                epochs.add(point);
            }
        };
        Network network = Fixture.perceptron(3, 8, 0);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            TrainOptions options = options()
                    .epochs(3)
                    .optimizer(OptimizerChoice.parse("sgd:rate=0.5"))
                    .schedule(Schedule.parse("step:every=0.5,by=0.1"))
                    .build();
            Curve curve = Training.run(classifier, DATA, HELD, options, listener);
            assertThat(curve.points()).isEqualTo(epochs);
            assertThat(steps).hasSize(45).isSorted().startsWith(1L).endsWith(45L);
            assertThat(epochs).extracting(Curve.Point::epoch).containsExactly(1, 2, 3);
            assertThat(epochs).extracting(Curve.Point::rate).containsExactly(0.5, 0.05, 0.05);
        }
    }

    @Test
    void run_overTwoThousandSteps_holdsMemory() {
        // A leak of one hidden layer a step would be 8 kB × 1,600 = 13 MB, of the wrappers that javacpp counts 1,600.
        long[] bytes = new long[2];
        long[] wrappers = new long[2];
        TrainingListener listener = new TrainingListener() {
            @Override
            public void step(long done, long of, double loss) {
                if (done == STEPS / 5 || done == of) {
                    System.gc();
                    bytes[done == of ? 1 : 0] = Pointer.physicalBytes();
                    wrappers[done == of ? 1 : 0] = Pointer.totalCount();
                }
            }
        };
        Network network = Fixture.perceptron(3, 64, 0.1);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0.1))) {
            TrainOptions options =
                    options().epochs(STEPS / 15).ema(0.99).mixUp(0.2).clip(1).build();
            Training.run(classifier, DATA, Fixture.points(2, 10), options, listener);
        }
        assertThat(bytes[1] - bytes[0]).isLessThan(10 * MEGABYTE);
        assertThat(wrappers[1] - wrappers[0]).as("wrappers").isLessThan(50);
    }

    @Test
    void run_ofALossThatIsNoNumber_namesEpochAndStep() {
        float[] values = new float[2 * 64];
        values[70] = Float.NaN;
        InMemory broken = InMemory.of(
                new Kind.Values(),
                Tensor.of(values, 64, 2),
                List.of(new Labels(Labels.TASK, List.of("a", "b"), new int[64])),
                List.of());
        Network network = Fixture.perceptron(3, 8, 0);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            assertThatThrownBy(() -> Training.run(
                            classifier, broken, broken, options().batch(16).build(), TrainingListener.NONE))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageMatching("loss: NaN \\(expected: a number; .*\\), epoch 1, step [1-4]");
        }
        try (Scripted scripted = new Scripted(1.0, 1.0, 1.0)) {
            scripted.lossIsNaNFrom(20);
            assertThatThrownBy(() -> Training.run(
                            scripted, DATA, HELD, options().epochs(3).build(), TrainingListener.NONE))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageEndingWith("epoch 2, step 20");
        }
    }

    private static Curve run(Scripted scripted, int patience) {
        TrainOptions options = options()
                .epochs(scripted.scores().length)
                .patience(patience)
                .optimizer(OptimizerChoice.parse("sgd:rate=0.01,momentum=0"))
                .schedule(Schedule.constant())
                .build();
        return Training.run(scripted, DATA, HELD, options, TrainingListener.NONE);
    }

    @Test
    void run_withoutBetterEvaluations_stopsAndLeavesTheBestWeights() {
        try (Scripted scripted = new Scripted(0.3, 0.9, 0.5, 0.8, 0.95, 0.99)) {
            assertThat(run(scripted, 2).points()).hasSize(4);
            assertThat(scripted.weight()).isEqualTo(scripted.weightAtEpoch(2));
        }
    }

    @Test
    void run_withEvaluationsThatAreAsGood_stopsAndKeepsTheFirst() {
        try (Scripted scripted = new Scripted(0.3, 1, 1, 1, 1, 1)) {
            assertThat(run(scripted, 3).points()).hasSize(5);
            assertThat(scripted.weight()).isEqualTo(scripted.weightAtEpoch(2));
        }
    }

    @Test
    void run_withPatienceThatIsRewarded_goesOn() {
        try (Scripted scripted = new Scripted(0.9, 0.5, 0.95, 0.2, 0.99, 0.1)) {
            assertThat(run(scripted, 2).points()).hasSize(6);
            assertThat(scripted.weight()).isEqualTo(scripted.weightAtEpoch(5));
        }
        try (Scripted scripted = new Scripted(0.9, 0.5, 0.4, 0.2, 0.3, 0.1)) {
            assertThat(run(scripted, 0).points()).as("without patience").hasSize(6);
            assertThat(scripted.weight()).isEqualTo(scripted.weightAtEpoch(1));
        }
    }

    @Test
    void run_whereTheStartCounts_leavesItIfNoEpochIsBetter() {
        TrainOptions options = options()
                .epochs(3)
                .optimizer(OptimizerChoice.parse("sgd:rate=0.01,momentum=0"))
                .startCounts(true)
                .build();
        try (Scripted worse = new Scripted(0.9, 0.5, 0.9, 0.2)) { // the first is the start's
            assertThat(Training.run(worse, DATA, HELD, options, TrainingListener.NONE)
                            .points())
                    .hasSize(3);
            assertThat(worse.weight()).isEqualTo(1);
        }
        try (Scripted better = new Scripted(0.9, 0.5, 0.95, 0.2)) {
            Training.run(better, DATA, HELD, options, TrainingListener.NONE);
            assertThat(better.weight())
                    .isEqualTo(better.weightAtEpoch(3)); // evaluations before it: the start's, one epoch's
        }
    }

    @Test
    void run_whereTheStartCounts_goesOnFromACheckpointToTheSame(@TempDir Path directory) {
        double[] scores = {0.9, 0.5, 0.7, 0.2};
        TrainOptions options = options()
                .epochs(3)
                .optimizer(OptimizerChoice.parse("sgd:rate=0.01,momentum=0"))
                .schedule(Schedule.constant())
                .startCounts(true)
                .checkpoints(directory)
                .build();
        try (Scripted stopped = new Scripted(scores)) {
            stopped.lossIsNaNFrom(40); // in epoch 3
            assertThatThrownBy(() -> Training.run(stopped, DATA, HELD, options, TrainingListener.NONE))
                    .isInstanceOf(ExecutionException.class);
        }
        try (Scripted resumed = new Scripted(0.9, 0.2)) {
            Training.run(resumed, DATA, HELD, options, TrainingListener.NONE);
            assertThat(resumed.weight()).isEqualTo(1);
            assertThat(resumed.told()).containsExactly(Map.of("score", 0.7), Map.of("score", 0.2));
        }
    }

    @Test
    void run_withNothingToLearn_isRefused() {
        Dataset none = Fixture.points(1, 0);
        Network network = Fixture.perceptron(3, 8, 0);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            assertThatThrownBy(
                            () -> Training.run(classifier, none, HELD, options().build(), TrainingListener.NONE))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage("items: 0 (expected: some to learn from)");
            classifier.freeze(name -> true);
            assertThatThrownBy(
                            () -> Training.run(classifier, DATA, HELD, options().build(), TrainingListener.NONE))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage("weights: none that may change (expected: some that are not frozen)");
        }
    }

    @Test
    void run_withAFrozenLayer_leavesItAsItIs() {
        Network network = Fixture.perceptron(3, 8, 0);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            classifier.freeze(name -> name.equals("w1"));
            Training.run(classifier, DATA, HELD, options().ema(0.9).build(), TrainingListener.NONE);
            assertThat(classifier.trained().initializers().get("w1"))
                    .isEqualTo(network.initializers().get("w1"));
            assertThat(classifier.trained().initializers().get("w2"))
                    .isNotEqualTo(network.initializers().get("w2"));
        }
    }

    @Test
    void options_outOfRange_areRefused() {
        List<TrainOptions.Builder> wrong = List.of(
                options().epochs(0),
                options().batch(0),
                options().patience(-1),
                options().threads(0),
                options().workers(-1),
                options().clip(-1),
                options().ema(1),
                options().mixUp(1.5));
        for (TrainOptions.Builder builder : wrong) {
            assertThatThrownBy(builder::build)
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("(expected: ");
        }
    }
}
