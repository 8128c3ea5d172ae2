package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.InvalidException;
import dev.narrows.wire.bundle.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateChoiceTest {

    private static final ExitCosts COSTS = new ExitCosts(List.of(20L, 50L, 75L), List.of(3L, 4L, 5L), 100L);

    @ParameterizedTest
    @EnumSource(GateKind.class)
    void choice_ofEachKind_keepsTheAllowedLossOnHeldItemsAndSavesWork(GateKind kind) {
        ExitAnswers held = answers(2, 3000, 1);

        GateChoice choice = GateChoice.of(kind, held, 0.01, 5);
        GateOutcome outcome = GateOutcome.of(held, choice.gates());

        assertThat(choice.kept()).isTrue();
        assertThat(choice.loss()).isLessThanOrEqualTo(0.01);
        assertThat(outcome.loss()).isLessThanOrEqualTo(0.01);
        assertThat(outcome.macsShare()).isLessThan(0.85);
        assertThat(outcome.coverage()).isGreaterThan(0.2);
    }

    @Test
    void choice_overManyDraws_losesOnNewItemsWhatIsAllowedOnTheMean() {
        double sum = 0;
        double best = 0;
        for (int draw = 0; draw < 12; draw++) {
            GateChoice choice = GateChoice.of(GateKind.MAX_PROBABILITY, answers(2, 600, 100 + draw), 0.02, draw);
            sum += GateOutcome.of(answers(2, 4000, 200 + draw), choice.gates()).loss() / 12;
            best += choice.inner() / 12;
        }

        assertThat(sum).isBetween(0.005, 0.021);
        assertThat(best).isLessThanOrEqualTo(0.02);
    }

    @Test
    void choice_forExitsThatGuess_closesThem() {
        ExitAnswers held = guessing(1, 2000);

        GateChoice choice = GateChoice.of(GateKind.MAX_PROBABILITY, held, 0.005, 5);

        assertThat(GateOutcome.of(held, choice.gates()).coverage()).isLessThan(0.02);
        assertThat(GateOutcome.of(held, choice.gates()).macsShare()).isLessThanOrEqualTo(1);
    }

    @Test
    void choice_whereEvenTheLastLayerLost_isToldAndClosed() {
        ExitAnswers held = guessing(1, 400);
        boolean[] all = new boolean[400];
        java.util.Arrays.fill(all, true);
        ExitAnswers worse = new ExitAnswers(held.features(), held.right(), new boolean[400], all, held.costs());

        GateChoice choice = GateChoice.of(GateKind.MARGIN, worse, 0.01, 5);

        assertThat(choice.kept()).isFalse();
        assertThat(choice.gates().uses(0)).isFalse();
        assertThat(choice.loss()).isEqualTo(1);
        assertThatThrownBy(() -> GateChoice.of(GateKind.MARGIN, held.at(new int[] {1, 2}), 0.01, 5))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("held items: 2");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void search_ofOneAndTwoExits_findsTheBestOfAllThresholds(long seed) {
        for (int exits = 1; exits <= 2; exits++) {
            ExitAnswers few = answers(exits, 14, seed);
            ChosenGates closed = ChosenGates.closed(GateKind.MARGIN, few);
            for (double allowed : new double[] {0, 0.08, 0.2}) {
                Optional<List<Double>> found = new ThresholdSearch(few, closed).best(allowed);

                double best = bruteForce(few, closed, allowed, new ArrayList<>());
                assertThat(found.isPresent()).isEqualTo(best < Double.POSITIVE_INFINITY);
                found.map(closed::with).map(gates -> GateOutcome.of(few, gates)).ifPresent(outcome -> {
                    assertThat(outcome.loss()).isLessThanOrEqualTo(allowed + 1e-12);
                    assertThat(outcome.meanMacs()).isCloseTo(best, within(1e-9));
                });
            }
        }
    }

    @Test
    void search_ofThreeExits_keepsTheLossAndBeatsEachPair() {
        ExitAnswers held = answers(3, 2000, 3);
        ChosenGates closed = ChosenGates.closed(GateKind.MAX_PROBABILITY, held);
        List<Double> three = new ThresholdSearch(held, closed).best(0.01).orElseThrow();
        ExitAnswers two = new ExitAnswers(
                held.features().subList(0, 2),
                held.right().subList(0, 2),
                held.last(),
                held.original(),
                new ExitCosts(COSTS.reach().subList(0, 2), COSTS.heads().subList(0, 2), COSTS.trunk()));
        ChosenGates closedPair = ChosenGates.closed(GateKind.MAX_PROBABILITY, two);
        List<Double> pair = new ThresholdSearch(two, closedPair).best(0.01).orElseThrow();

        GateOutcome outcome = GateOutcome.of(held, closed.with(three));

        assertThat(outcome.loss()).isLessThanOrEqualTo(0.01);
        assertThat(outcome.meanMacs())
                .isLessThanOrEqualTo(GateOutcome.of(two, closedPair.with(pair)).meanMacs());
    }

    @Test
    void outcome_ofACaseByHand_countsWorkAnswersAndConfidence() {
        double[][] sure = {{0.9, 0.1, 0.8}, {0.6, 0.6, 0.2}, {0.9, 0.1, 0.8}, {0.5, 0.7, 0.1}};
        double[][] later = {{0.5, 0.7, 0.1}, {0.95, 0.1, 0.9}, {0.5, 0.7, 0.1}, {0.5, 0.7, 0.1}};
        ExitAnswers four = new ExitAnswers(
                List.of(sure, later),
                List.of(new boolean[] {true, true, false, true}, new boolean[] {true, true, true, true}),
                new boolean[] {true, true, true, false},
                new boolean[] {true, true, true, true},
                new ExitCosts(List.of(20L, 50L), List.of(3L, 4L), 100L));
        ChosenGates gates = new ChosenGates(GateKind.MAX_PROBABILITY, List.of(), List.of(0.8, 0.9));

        GateOutcome outcome = GateOutcome.of(four, gates);

        assertThat(outcome.coverage()).isEqualTo(0.75);
        assertThat(outcome.accuracy()).isEqualTo(0.5); // items 0 and 1
        assertThat(outcome.loss()).isEqualTo(0.5);
        assertThat(outcome.meanMacs()).isEqualTo((23 + (50 + 7) + 23 + (100 + 7)) / 4.0);
        assertThat(outcome.exits().get(0).accuracy()).isEqualTo(0.5);
        assertThat(outcome.exits().get(1).confidence()).isEqualTo(0.95);
        assertThat(outcome.calibrationError()).isCloseTo(Math.abs(2 / 3.0 - 2.75 / 3), within(1e-12));
        GateOutcome first = GateOutcome.of(four, gates.with(List.of(0.8, ChosenGates.NEVER)));
        assertThat(first.meanMacs()).isEqualTo((23 + 103 + 23 + 103) / 4.0); // a closed exit costs nothing
    }

    @Test
    void learnedGate_onFeaturesThatTell_separatesAndStaysFiniteOnThoseThatDoNot() {
        Random random = new Random(4);
        int items = 2000;
        double[][] features = new double[items][];
        boolean[] right = new boolean[items];
        for (int item = 0; item < items; item++) {
            double sure = random.nextDouble();
            features[item] = new double[] {sure, 1 - sure, random.nextDouble()};
            right[item] = random.nextDouble() < 1 / (1 + Math.exp(-12 * (sure - 0.5)));
        }

        LearnedGate gate = LearnedGate.fit(features, right);

        assertThat(gate.of(new double[] {0.9, 0.1, 0.5})).isCloseTo(1 / (1 + Math.exp(-4.8)), within(0.02));
        assertThat(gate.of(new double[] {0.5, 0.5, 0.5})).isCloseTo(0.5, within(0.05));
        assertThat(gate.of(new double[] {0.1, 0.9, 0.5})).isLessThan(0.03);
        assertThat(gate.weights().get(2)).isCloseTo(0, within(0.5));
        boolean[] always = new boolean[items];
        java.util.Arrays.fill(always, true);
        assertThat(LearnedGate.fit(features, always).of(features[0])).isBetween(0.99, 1.0);
    }

    @ParameterizedTest
    @EnumSource(GateKind.class)
    void gate_asABundleHasIt_decidesAsTheChoiceDid(GateKind kind) {
        ExitAnswers held = answers(1, 500, 9);
        ChosenGates gates = GateChoice.of(kind, held, 0.02, 1).gates();
        Random random = new Random(2);
        assertThat(gates.uses(0)).isTrue();
        Gate gate = gates.gate(0, 6).orElseThrow();
        int answered = 0;
        for (int i = 0; i < 2000; i++) {
            float[] logits = new float[6];
            for (int c = 0; c < 6; c++) {
                logits[c] = (float) (3 * random.nextGaussian());
            }
            double[] probabilities = new LabelledLogits(6, logits, new int[1]).probabilities(0, 0.8);
            double sureness = gates.sureness(0, GateKind.features(probabilities));

            assertThat(gate.confidence(probabilities)).isCloseTo(sureness, within(1e-12));
            assertThat(gate.answers(probabilities))
                    .isEqualTo(sureness >= gates.thresholds().get(0));
            answered += gate.answers(probabilities) ? 1 : 0;
        }
        assertThat(answered).isBetween(1, 1999);
        assertThat(kind.id()).isEqualTo(gate.kind());
        assertThat(gates.with(List.of(ChosenGates.NEVER)).gate(0, 6)).isEmpty();
    }

    private static double bruteForce(ExitAnswers answers, ChosenGates closed, double allowed, List<Double> chosen) {
        if (chosen.size() == answers.exits()) {
            GateOutcome outcome = GateOutcome.of(answers, closed.with(chosen));
            return outcome.loss() <= allowed + 1e-12 ? outcome.meanMacs() : Double.POSITIVE_INFINITY;
        }
        List<Double> thresholds = new ArrayList<>(List.of(0.0, ChosenGates.NEVER));
        for (double sureness : closed.sureness(answers)[chosen.size()]) {
            thresholds.add(sureness);
        }
        double best = Double.POSITIVE_INFINITY;
        for (double threshold : thresholds) {
            List<Double> more = new ArrayList<>(chosen);
            more.add(threshold);
            best = Math.min(best, bruteForce(answers, closed, allowed, more));
        }
        return best;
    }

    /** Exits that are right the more often the surer they are, later ones more; the last layer is right 19 times of 20. */
    private static ExitAnswers answers(int exits, int items, long seed) {
        Random random = new Random(seed);
        List<double[][]> features = new ArrayList<>();
        List<boolean[]> right = new ArrayList<>();
        double[] ease = new double[items];
        for (int item = 0; item < items; item++) {
            ease[item] = random.nextDouble();
        }
        for (int exit = 0; exit < exits; exit++) {
            double[][] seen = new double[items][];
            boolean[] hits = new boolean[items];
            for (int item = 0; item < items; item++) {
                double p = Math.min(0.999, 0.3 + 0.15 * exit + 0.9 * ease[item] + 0.05 * random.nextDouble());
                double rest = (1 - p) / 3;
                seen[item] = GateKind.features(new double[] {p, rest, rest, rest});
                hits[item] = random.nextDouble() < p;
            }
            features.add(seen);
            right.add(hits);
        }
        boolean[] last = new boolean[items];
        for (int item = 0; item < items; item++) {
            last[item] = random.nextInt(20) > 0;
        }
        ExitCosts costs =
                new ExitCosts(COSTS.reach().subList(0, exits), COSTS.heads().subList(0, exits), COSTS.trunk());
        return new ExitAnswers(features, right, last, last.clone(), costs);
    }

    /** An exit that is right a quarter of the time, whatever it looks like. */
    private static ExitAnswers guessing(long seed, int items) {
        Random random = new Random(seed);
        double[][] features = new double[items][];
        boolean[] right = new boolean[items];
        boolean[] last = new boolean[items];
        for (int item = 0; item < items; item++) {
            double p = 0.3 + 0.7 * random.nextDouble();
            features[item] = GateKind.features(new double[] {p, (1 - p) / 2, (1 - p) / 2});
            right[item] = random.nextInt(4) == 0;
            last[item] = random.nextInt(10) > 0;
        }
        return new ExitAnswers(
                List.<double[][]>of(features),
                List.<boolean[]>of(right),
                last,
                last.clone(),
                new ExitCosts(List.of(20L), List.of(3L), 100L));
    }
}
