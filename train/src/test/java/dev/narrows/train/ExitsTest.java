package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ExitsTest {

    private static final InMemory TRAIN = ExitFixture.images(1, 512);
    private static final InMemory HELD = ExitFixture.images(2, 256);
    private static final InMemory TEST = ExitFixture.images(3, 256);
    private static Network network = ExitFixture.network(1);

    @BeforeAll
    static void fit() {
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            Training.run(classifier, TRAIN, HELD, options(12), TrainingListener.NONE);
            network = classifier.trained();
        }
        assertThat(ExitRun.run(network, Inputs.of(network), TEST).accuracy()).isGreaterThan(0.95);
    }

    @Test
    void training_alone_raisesCoverageAndKeepsTheTrunkBitForBit() {
        ExitMaker.Parts before;
        ExitMaker.Parts after;
        try (Exits exits = exits(Exits.Weights.DEFAULT)) {
            exits.alone(true, name -> false);
            assertThat(exits.parameters().keySet()).isNotEmpty().allMatch(name -> name.startsWith("exit"));
            before = exits.trained();
            Training.run(exits, TRAIN, HELD, options(10), TrainingListener.NONE);
            after = exits.trained();
            assertAsTheTrainer(exits, after);
        }

        GateOutcome untrained = report(before).chosen().test();
        ExitReport report = report(after);
        GateOutcome trained = report.chosen().test();

        assertThat(untrained.coverage()).isLessThan(0.1);
        assertThat(trained.coverage()).isGreaterThan(0.3);
        assertThat(trained.macsShare()).isLessThan(0.9);
        assertThat(trained.loss()).isLessThan(0.04);
        GateOutcome learned = report.kinds().stream()
                .filter(kind -> kind.kind() == GateKind.LEARNED)
                .findFirst()
                .orElseThrow()
                .test();
        assertThat(learned.surenessError()).isLessThan(0.05);
        assertThat(report.last()).isEqualTo(report.original());
        Map<String, Tensor> input = Map.of("x", ExitFixture.values(TEST));
        assertThat(ExitFixture.get(ExitFixture.run(after.trunk(), input), "scores")
                        .sameBits(ExitFixture.get(ExitFixture.run(network, input), "scores")))
                .isTrue();
    }

    /** What the exits normalised is folded, and the runtime's exits answer as the trainer's. */
    private static void assertAsTheTrainer(Exits exits, ExitMaker.Parts parts) {
        parts.exits().forEach(exit -> assertThat(exit.nodes()).noneMatch(node -> node.is("BatchNormalization")));
        try (ExitRun run = new ExitRun(parts, Inputs.of(network));
                PointerScope scope = new PointerScope()) {
            Map<String, Double> scores = exits.evaluate(TEST);
            List<LabelledLogits> answers = run.run(TEST);
            assertThat(List.of(answers.get(0).accuracy(), answers.get(1).accuracy()))
                    .isEqualTo(List.of(scores.get("exit1"), scores.get("exit2")));
        }
    }

    @Test
    void training_alone_dropsNothingInTheTrunkAndMovesTheExitsStatistics() {
        Network dropping =
                Zoo.build(Architecture.parse("cnn:width=0.25,dropout=0.5"), new InputShape.Image(1, 16, 16), 4, 1);
        Shapes itsShapes = NetworkShapes.infer(dropping, Map.of());
        List<Cut> itsCuts = List.of(Cuts.at(dropping, itsShapes, List.of("block1")));
        float[] pixels = new float[8 * 16 * 16];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i % 7 / 7f;
        }
        try (Exits exits = new Exits(
                        dropping,
                        itsShapes,
                        itsCuts,
                        ExitDesign.of(4),
                        Inputs.of(dropping),
                        Losses.crossEntropy(0),
                        Exits.Weights.DEFAULT,
                        1);
                PointerScope scope = new PointerScope()) {
            org.bytedeco.pytorch.Tensor values = Torch.of(Tensor.of(pixels, 8, 1, 16, 16));
            exits.alone(true, name -> false);
            exits.training(true);
            assertThat(loss(exits, values, 1)).isEqualTo(loss(exits, values, 2));
            assertThat(Torch.toHost(ExitFixture.get(exits.state(), "exit1.norm.mean"))
                            .toFloats())
                    .isNotEqualTo(new float[4]);

            exits.alone(false, name -> false);
            assertThat(loss(exits, values, 1)).isNotEqualTo(loss(exits, values, 2));
            assertThat(exits.isTrained("block1.conv1.weight")).isTrue();
            assertThat(exits.isTrained("exit1.conv.weight")).isFalse();
        }
    }

    private static double loss(Objective objective, org.bytedeco.pytorch.Tensor values, long seed) {
        Torch.seed(seed);
        return objective.loss(values, List.of(), 0).item_double();
    }

    @Test
    void training_ofAll_movesTheTrunkAndKeepsItsAccuracy() {
        ExitMaker.Parts after;
        Curve curve;
        try (Exits exits = exits(Exits.Weights.DEFAULT)) {
            exits.alone(false, name -> name.startsWith("early."));
            assertThat(exits.parameters().keySet())
                    .contains("dense.linear.weight", "exit1.logits.weight")
                    .doesNotContain("early.conv.weight");
            curve = Training.run(exits, TRAIN, HELD, options(4), TrainingListener.NONE);
            after = exits.trained();
        }

        assertThat(curve.points().get(0).scores().keySet()).containsExactly("score", "accuracy", "exit1", "exit2");
        assertThat(after.trunk().initializers().get("dense.linear.weight"))
                .isNotEqualTo(network.initializers().get("dense.linear.weight"));
        assertThat(after.trunk().initializers().get("early.conv.weight"))
                .isEqualTo(network.initializers().get("early.conv.weight"));
        assertThat(ExitRun.run(after.trunk(), Inputs.of(network), TEST).accuracy())
                .isGreaterThan(0.95);
    }

    @Test
    void run_ofTheParts_answersAsTrunkAndTrainerDo() {
        try (Exits exits = exits(Exits.Weights.DEFAULT)) {
            ExitMaker.Parts parts = exits.trained();
            List<LabelledLogits> answers;
            try (ExitRun run = new ExitRun(parts, Inputs.of(network))) {
                answers = run.run(TEST);
                assertThat(run.costs().trunk()).isEqualTo(ExitCuts.macs(network, shapes()));
                assertThat(run.costs().reach())
                        .isEqualTo(cuts().stream().map(Cut::upstreamMacs).toList());
            }

            assertThat(answers).hasSize(3);
            assertThat(answers.get(2).values())
                    .isEqualTo(ExitRun.run(network, Inputs.of(network), TEST).values());
            assertThat(answers.get(0).accuracy()).isEqualTo(exits.evaluate(TEST).get("exit1"));
        }
    }

    @Test
    void run_itemsOfUnknownClass_areLeftOut() {
        int[] labels = TEST.labels().get(0).of().clone();
        labels[0] = Labels.UNKNOWN;
        InMemory data = InMemory.of(
                new Kind.Image(),
                ExitFixture.values(TEST),
                List.of(new Labels(Labels.TASK, List.of("a", "b", "c", "d"), labels)),
                List.of());

        assertThat(ExitRun.run(network, Inputs.of(network), data).size()).isEqualTo(TEST.size() - 1);
    }

    @Test
    void require_dataOfOtherClasses_isRefused() {
        InMemory two = InMemory.of(
                new Kind.Image(),
                ExitFixture.values(TEST),
                List.of(new Labels(Labels.TASK, List.of("a", "b"), new int[TEST.size()])),
                List.of());
        try (Exits exits = exits(Exits.Weights.DEFAULT)) {
            exits.require(TEST);
            assertThatThrownBy(() -> exits.require(two))
                    .isInstanceOf(IncompatibleException.class)
                    .hasMessage("classes: [2] in the data's tasks (expected: one task of 4, as the network's output)");
        }
    }

    private static ExitReport report(ExitMaker.Parts parts) {
        try (ExitRun run = new ExitRun(parts, Inputs.of(network))) {
            Inputs inputs = Inputs.of(network);
            return ExitReport.of(
                    new ExitReport.Answers(run.run(HELD), ExitRun.run(network, inputs, HELD)),
                    new ExitReport.Answers(run.run(TEST), ExitRun.run(network, inputs, TEST)),
                    run.costs(),
                    0.02,
                    7);
        }
    }

    private static Exits exits(Exits.Weights weights) {
        return new Exits(
                network, shapes(), cuts(), ExitDesign.of(8), Inputs.of(network), Losses.crossEntropy(0), weights, 1);
    }

    private static Shapes shapes() {
        return NetworkShapes.infer(network, Map.of());
    }

    private static List<Cut> cuts() {
        Shapes shapes = shapes();
        return Stream.of("early", "middle")
                .map(name -> Cuts.at(network, shapes, List.of(name)))
                .toList();
    }

    private static TrainOptions options(int epochs) {
        return TrainOptions.builder()
                .epochs(epochs)
                .batch(32)
                .optimizer(OptimizerChoice.parse("adamw:rate=0.01"))
                .seed(3)
                .build();
    }
}
