package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.data.InMemory;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.gradient.DifferentiableNetwork;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class ClassifierTest {

    private static final InMemory DATA = Fixture.points(1, 480);
    private static final InMemory HELD = Fixture.points(2, 300);

    /** A network that knows the circle. */
    private static final Network TEACHER = taught();

    private static Network taught() {
        Network network = Fixture.perceptron(21, 32, 0);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            Training.run(classifier, DATA, HELD, options(12).build(), TrainingListener.NONE);
            return classifier.trained();
        }
    }

    private static TrainOptions.Builder options(int epochs) {
        return TrainOptions.builder()
                .epochs(epochs)
                .batch(32)
                .optimizer(OptimizerChoice.parse("adam:rate=0.02"))
                .seed(4)
                .workers(0);
    }

    private static Classifier student(Network network, Distillation distillation) {
        return new Classifier(
                network, Inputs.of(network), Losses.crossEntropy(0), List.of(), Optional.of(distillation));
    }

    private static InMemory withoutKnownLabels(InMemory data) {
        return Fixture.labelled(
                data, data.labels().stream().map(Fixture::unknown).toList());
    }

    /** The mean squared difference of two networks' values on the held items. */
    private static double difference(Network one, String value, Network other, String otherValue) {
        float[] points = new float[2 * HELD.size()];
        for (int i = 0; i < HELD.size(); i++) {
            System.arraycopy(HELD.values(i), 0, points, 2 * i, 2);
        }
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork first = DifferentiableNetwork.of(one);
                DifferentiableNetwork second = DifferentiableNetwork.of(other)) {
            Map<String, org.bytedeco.pytorch.Tensor> x = Map.of("x", Torch.of(Tensor.of(points, HELD.size(), 2)));
            org.bytedeco.pytorch.Tensor a = Terms.get(first.forward(x, List.of(value)), value);
            org.bytedeco.pytorch.Tensor b = Terms.get(second.forward(x, List.of(otherValue)), otherValue);
            return a.sub(b).square().mean().item_double();
        }
    }

    @Test
    void teacher_ofWeightOne_needsNoLabels() {
        Network network = Fixture.perceptron(22, 24, 0);
        Distillation distillation = new Distillation(TEACHER, Inputs.of(TEACHER), 1, 2, Map.of(), 0);
        String withLabels;
        double before = difference(network, "logits", TEACHER, "logits");
        try (Classifier classifier = student(network, distillation)) {
            Curve curve = Training.run(
                    classifier,
                    withoutKnownLabels(DATA),
                    withoutKnownLabels(HELD),
                    options(25).build(),
                    TrainingListener.NONE);
            Curve.Point last = curve.points().get(24);
            assertThat(last.loss()).isLessThan(curve.points().get(0).loss() / 4).isPositive();
            assertThat(last.scores()).containsOnlyKeys("agreement");
            assertThat(Optional.ofNullable(last.scores().get("agreement")).orElseThrow())
                    .isGreaterThan(0.95);
            assertThat(difference(classifier.trained(), "logits", TEACHER, "logits"))
                    .isLessThan(before / 4);
            assertThat(Optional.ofNullable(classifier.evaluate(HELD).get("accuracy"))
                            .orElseThrow())
                    .isGreaterThan(0.93);
            withLabels = Fixture.hash(classifier.trained());
        }
        InMemory none = Fixture.labelled(DATA, List.of());
        try (Classifier classifier = student(network, distillation)) {
            Training.run(classifier, none, withoutKnownLabels(HELD), options(25).build(), TrainingListener.NONE);
            assertThat(Fixture.hash(classifier.trained())).isEqualTo(withLabels);
        }
    }

    @Test
    void teacher_ofWeightZero_changesNothing() {
        Network network = Fixture.perceptron(22, 8, 0);
        String alone;
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            Training.run(classifier, DATA, HELD, options(2).build(), TrainingListener.NONE);
            alone = Fixture.hash(classifier.trained());
        }
        try (Classifier classifier =
                student(network, new Distillation(TEACHER, Inputs.of(TEACHER), 0, 4, Map.of(), 0))) {
            Training.run(classifier, DATA, HELD, options(2).build(), TrainingListener.NONE);
            assertThat(Fixture.hash(classifier.trained())).isEqualTo(alone);
        }
    }

    @Test
    void teacher_besideLabels_sumsBothByWeight() {
        Network network = Fixture.perceptron(22, 8, 0);
        double[][] rows = LossCheck.values(3, 16, 2);
        double[][] labels = LossCheck.oneHot(2, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0);
        double ofLabels = loss(network, 0, rows, labels);
        double ofTeacher = loss(network, 1, rows, labels);
        assertThat(loss(network, 0.25, rows, labels)).isCloseTo(0.75 * ofLabels + 0.25 * ofTeacher, within(1e-5));
    }

    private static double loss(Network network, double weight, double[][] rows, double[][] labels) {
        try (PointerScope scope = new PointerScope();
                Classifier classifier =
                        student(network, new Distillation(TEACHER, Inputs.of(TEACHER), weight, 3, Map.of(), 0))) {
            return classifier
                    .loss(LossCheck.tensor(rows), List.of(LossCheck.tensor(labels)), 0)
                    .item_double();
        }
    }

    @Test
    void hints_onALayer_bringItNearTheTeachers() {
        Network network = Fixture.perceptron(22, 32, 0);
        double[] distances = new double[2];
        for (int hinted = 0; hinted < 2; hinted++) {
            Distillation distillation = new Distillation(
                    TEACHER, Inputs.of(TEACHER), 0.5, 2, hinted == 1 ? Map.of("hidden", "hidden") : Map.of(), 5);
            try (Classifier classifier = student(network, distillation)) {
                Training.run(classifier, DATA, HELD, options(6).build(), TrainingListener.NONE);
                distances[hinted] = difference(classifier.trained(), "hidden", TEACHER, "hidden");
            }
        }
        assertThat(distances[1]).isLessThan(distances[0] / 2);
    }

    @Test
    void teacher_keepsItsWeightsAndSeesItsOwnInputs() {
        Network network = Fixture.perceptron(22, 8, 0);
        Inputs shifted = Inputs.of(TEACHER, List.of(0.5f, -0.5f), List.of(2f, 3f));
        try (PointerScope scope = new PointerScope();
                Teacher teacher = new Teacher(TEACHER, shifted);
                DifferentiableNetwork plain = DifferentiableNetwork.of(TEACHER);
                Classifier classifier = student(network, Distillation.of(TEACHER, shifted))) {
            org.bytedeco.pytorch.Tensor x = LossCheck.tensor(LossCheck.values(5, 6, 2));
            org.bytedeco.pytorch.Tensor answer = Terms.get(teacher.answer(x, List.of("hidden")), "logits");
            org.bytedeco.pytorch.Tensor expected = Terms.get(plain.forward(shifted.of(x)), "logits");
            assertThat(answer.requires_grad()).isFalse();
            assertThat(Torch.toHost(answer).toFloats())
                    .containsExactly(Torch.toHost(expected).toFloats(), within(1e-5f)); // another runtime's rounding
            assertThat(classifier.parameters()).hasSize(6); // the student's alone
            assertThatThrownBy(() -> teacher.answer(x, List.of("nowhere")))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("\"nowhere\"");
        }
    }

    @Test
    void twoTasks_bothLearnAndAreReported() {
        InMemory data = Fixture.circle(1, 480);
        InMemory held = Fixture.circle(2, 300);
        Network network = Fixture.twoTasks(23, 32);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            Curve curve = Training.run(classifier, data, held, options(40).build(), TrainingListener.NONE);
            Map<String, Double> scores = classifier.evaluate(held);
            assertThat(scores.keySet()).containsExactly("accuracy", "accuracy.label", "accuracy.ring");
            assertThat(scores.values()).allMatch(score -> score > 0.9);
            assertThat(Optional.ofNullable(scores.get("accuracy")).orElseThrow())
                    .isCloseTo(
                            (Optional.ofNullable(scores.get("accuracy.label")).orElseThrow()
                                            + Optional.ofNullable(scores.get("accuracy.ring"))
                                                    .orElseThrow())
                                    / 2,
                            within(1e-12));
            assertThat(curve.csv()).startsWith("epoch,rate,loss,seconds,accuracy,accuracy.label,accuracy.ring\n");
        }
    }

    @Test
    void twoTasks_withWeights_learnWhatWeighs() {
        InMemory data = Fixture.circle(1, 480);
        InMemory held = Fixture.circle(2, 300);
        Network network = Fixture.twoTasks(23, 32);
        try (Classifier classifier = new Classifier(
                network, Inputs.of(network), Losses.crossEntropy(0), List.of(0.0, 1.0), Optional.empty())) {
            Training.run(classifier, data, held, options(20).build(), TrainingListener.NONE);
            Network trained = classifier.trained();
            assertThat(trained.initializers().get("w2"))
                    .as("the task without a weight")
                    .isEqualTo(network.initializers().get("w2"));
            assertThat(Optional.ofNullable(classifier.evaluate(held).get("accuracy.ring"))
                            .orElseThrow())
                    .isGreaterThan(0.8);
        }
        double[] losses = new double[3];
        double[][] weights = {{1, 0}, {0, 1}, {2, 0.5}};
        for (int i = 0; i < 3; i++) {
            try (PointerScope scope = new PointerScope();
                    Classifier classifier = new Classifier(
                            network,
                            Inputs.of(network),
                            Losses.crossEntropy(0),
                            List.of(weights[i][0], weights[i][1]),
                            Optional.empty())) {
                losses[i] = classifier
                        .loss(
                                LossCheck.tensor(LossCheck.values(3, 4, 2)),
                                List.of(
                                        LossCheck.tensor(LossCheck.oneHot(2, 0, 1, 1, 0)),
                                        LossCheck.tensor(LossCheck.oneHot(3, 2, 1, -1, 0))),
                                0)
                        .item_double();
            }
        }
        assertThat(losses[2]).isCloseTo(2 * losses[0] + 0.5 * losses[1], within(1e-5));
    }

    @Test
    void tasksOrOutputs_thatAreNotAsMany_areRefused() {
        Network one = Fixture.perceptron(24, 8, 0);
        Network two = Fixture.twoTasks(24, 8);
        Loss loss = Losses.crossEntropy(0);
        assertThatThrownBy(() -> new Classifier(one, Inputs.of(one), loss, List.of(1.0, 1.0), Optional.empty()))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("weights of tasks: 2 (expected: one for each of 1 outputs)");
        assertThatThrownBy(() -> student(two, Distillation.of(one, Inputs.of(one))))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("teacher: 1 outputs (expected: as many as the student, 2)");
        try (Classifier classifier = Classifier.of(one, Inputs.of(one), loss)) {
            assertThatThrownBy(() -> Training.run(
                            classifier, Fixture.circle(1, 64), HELD, options(1).build(), TrainingListener.NONE))
                    .isInstanceOf(IncompatibleException.class)
                    .hasMessage("tasks: 2 in the data (expected: 1, as the network's outputs)");
            assertThatThrownBy(() -> classifier.require(Fixture.labelled(HELD, List.of())))
                    .isInstanceOf(IncompatibleException.class)
                    .hasMessageStartingWith("tasks: 0 in the data");
        }
    }

    @Test
    void classes_thatAreNotAsMany_areRefused() {
        Network network = Fixture.perceptron(24, 8, 0);
        InMemory rings =
                Fixture.labelled(HELD, Fixture.circle(2, HELD.size()).labels().subList(1, 2));
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            assertThatThrownBy(() ->
                            Training.run(classifier, rings, rings, options(1).build(), TrainingListener.NONE))
                    .isInstanceOf(IncompatibleException.class)
                    .hasMessage("logits: [32, 2] (expected: [32, 3], as items and classes)");
        }
    }

    @Test
    void distillation_outOfRange_isRefused() {
        Inputs inputs = Inputs.of(TEACHER);
        assertThatThrownBy(() -> new Distillation(TEACHER, inputs, 1.1, 4, Map.of(), 0))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("weight of the teacher: 1.1");
        assertThatThrownBy(() -> new Distillation(TEACHER, inputs, 1, 0, Map.of(), 0))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> new Distillation(TEACHER, inputs, 1, 4, Map.of(), -1))
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void hints_ofValuesThatAreNot_areNamed() {
        Network network = Fixture.perceptron(24, 8, 0);
        Distillation distillation = new Distillation(TEACHER, Inputs.of(TEACHER), 1, 4, Map.of("middle", "hidden"), 1);
        try (Classifier classifier = student(network, distillation)) {
            assertThatThrownBy(() ->
                            Training.run(classifier, DATA, HELD, options(1).build(), TrainingListener.NONE))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("\"middle\"");
        }
    }

    @Test
    void softmaxAtTheEnd_lossTakesTheLogitsBeforeIt() {
        Network probabilities = Fixture.probabilities(25, 16);
        Network logits = probabilities.withOutputs(Fixture.perceptron(25, 16, 0).outputs());
        assertThat(Logits.of(probabilities)).containsExactly("logits");
        assertThat(Logits.of(logits)).containsExactly("logits");
        double[][] rows = LossCheck.values(3, 4, 2);
        double[] losses = new double[2];
        for (int i = 0; i < 2; i++) {
            Network network = i == 0 ? probabilities : logits;
            try (PointerScope scope = new PointerScope();
                    Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
                losses[i] = classifier
                        .loss(LossCheck.tensor(rows), List.of(LossCheck.tensor(LossCheck.oneHot(2, 0, 1, 1, 0))), 0)
                        .item_double();
            }
        }
        assertThat(losses[0]).isEqualTo(losses[1]);
    }

    @Test
    void softmaxAtTheEnd_trainedNetworkStillAnswersProbabilities() {
        Network network = Fixture.probabilities(25, 24);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            Training.run(classifier, DATA, HELD, options(8).build(), TrainingListener.NONE);
            double accuracy = Optional.ofNullable(classifier.evaluate(HELD).get("accuracy"))
                    .orElseThrow();
            int right = 0;
            try (Session session =
                    Session.open("trained", OnnxWriter.write(classifier.trained()), Map.of(), SessionOptions.DEFAULT)) {
                for (int item = 0; item < HELD.size(); item++) {
                    Tensor x = Tensor.of(HELD.values(item), 1, 2);
                    float[] shares = Optional.ofNullable(
                                    session.run(Map.of("x", x)).get("probabilities"))
                            .orElseThrow()
                            .toFloats();
                    assertThat(shares[0] + shares[1]).isCloseTo(1, within(1e-5f));
                    right += (shares[1] > shares[0] ? 1 : 0)
                                    == HELD.labels().get(0).of()[item]
                            ? 1
                            : 0;
                }
            }
            assertThat(accuracy).isEqualTo((double) right / HELD.size()).isGreaterThan(0.9);
        }
    }

    @Test
    void evaluate_ofSomeUnknown_countsTheKnown() {
        int[] some = HELD.labels().get(0).of().clone();
        for (int i = 0; i < some.length; i += 2) {
            some[i] = -1;
        }
        InMemory half = Fixture.labelled(
                HELD,
                List.of(new dev.narrows.data.Labels(
                        "label", HELD.labels().get(0).classes(), some)));
        try (Classifier classifier = Classifier.of(TEACHER, Inputs.of(TEACHER), Losses.crossEntropy(0))) {
            assertThat(Optional.ofNullable(classifier.evaluate(half).get("accuracy"))
                            .orElseThrow())
                    .isGreaterThan(0.95);
            assertThat(classifier.evaluate(withoutKnownLabels(HELD))).containsEntry("accuracy", 0.0);
        }
    }
}
