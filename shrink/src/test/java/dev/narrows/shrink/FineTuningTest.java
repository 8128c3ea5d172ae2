package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.BatchNormFolding;
import dev.narrows.graph.Network;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.train.Inputs;
import dev.narrows.train.Losses;
import dev.narrows.train.Measured;
import dev.narrows.train.OptimizerChoice;
import dev.narrows.train.TrainOptions;
import dev.narrows.train.TrainingListener;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pruning by what a loss says, and teaching again, on pictures of three classes told by where the light is. */
class FineTuningTest {

    private static final int SIDE = 8;
    private static final InMemory TRAIN = pictures(240, 1);
    private static final InMemory HELD = pictures(90, 2);

    private static Network network =
            Zoo.build(Architecture.parse("cnn:width=0.125"), new InputShape.Image(1, SIDE, SIDE), 3, 1);

    private static InMemory pictures(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count * SIDE * SIDE];
        int[] labels = new int[count];
        for (int item = 0; item < count; item++) {
            labels[item] = item % 3;
            for (int i = 0; i < SIDE * SIDE; i++) {
                boolean lit = i % SIDE / 3 == labels[item];
                values[item * SIDE * SIDE + i] = (float) random.nextDouble() + (lit ? 0.4f : 0);
            }
        }
        return InMemory.of(
                new Kind.Image(),
                Tensor.of(values, count, 1, SIDE, SIDE),
                List.of(new Labels("class", List.of("a", "b", "c"), labels)),
                List.of());
    }

    private static TrainOptions options(int epochs, boolean keepZeros) {
        return TrainOptions.builder()
                .epochs(epochs)
                .batch(32)
                .optimizer(OptimizerChoice.parse("adamw:rate=0.01"))
                .keepZeros(keepZeros)
                .workers(0)
                .seed(3)
                .build();
    }

    private static Inputs inputs() {
        return Inputs.of(network);
    }

    private static FineTuning tuning(double teacherWeight) {
        return new FineTuning(
                TRAIN,
                HELD,
                inputs(),
                Losses.crossEntropy(0),
                teacherWeight == 0
                        ? Optional.empty()
                        : Optional.of(FineTuning.teacher(network, inputs(), teacherWeight)),
                weight -> false);
    }

    private static double accuracy(Network any) {
        return Measured.accuracy(any, inputs(), HELD).get(0);
    }

    @BeforeAll
    static void train() {
        network = tuning(0).taught(network, options(6, false), TrainingListener.NONE);
        assertThat(accuracy(network)).isGreaterThan(0.9);
    }

    @Test
    void taught_aNetworkOfFewWeights_winsBackWhatItLostAndKeepsItsZeros() {
        WeightPruning pruning = WeightPruning.of(network, NetworkShapes.infer(network, Map.of()), node -> true);
        Network pruned = pruning.pruned(WeightPruning.Method.RANDOM, 4, Map.of(), 1);

        Network taught = tuning(0.5).taught(pruned, options(6, true), TrainingListener.NONE);

        assertThat(accuracy(taught)).isGreaterThan(accuracy(pruned) + 0.1);
        assertThat(zeros(taught)).isGreaterThanOrEqualTo(zeros(pruned));
        assertThat(taught.inputs()).isEqualTo(network.inputs());
        assertThat(taught.outputs()).isEqualTo(network.outputs());
    }

    private static long zeros(Network any) {
        return Footprint.of(any, NetworkShapes.infer(any, Map.of())).parameters()
                - Footprint.of(any, NetworkShapes.infer(any, Map.of())).nonZeros();
    }

    @Test
    void salience_ofWeights_isWhatTheLossChangesBy() {
        Map<String, float[]> salience = new Salience(HELD, inputs(), 90, 5).ofWeights(network);

        float[] own = salience.getOrDefault("logits.weight", new float[0]);
        assertThat(own).hasSameSizeAs(Sketch.floats(network, "logits.weight"));
        float[] weights = Sketch.floats(network, "logits.weight");
        double sum = 0;
        for (int i = 0; i < own.length; i++) {
            assertThat(own[i]).isGreaterThanOrEqualTo(0);
            assertThat(weights[i] != 0 || own[i] == 0).isTrue();
            sum += own[i];
        }
        assertThat(sum).isGreaterThan(0);
    }

    @Test
    void global_byTaylor_losesLessThanByTheLeastTaylorScoresTurnedAround() {
        FilterPruning pruning = FilterPruning.of(network, NetworkShapes.infer(network, Map.of()), 1)
                .with(new Salience(TRAIN, inputs(), 240, 1));
        Set<Integer> chosen = pruning.uniform(0.3, FilterCriterion.TAYLOR, 1);
        Set<Integer> most = pruning.uniform(0.7, FilterCriterion.TAYLOR, 1);

        assertThat(chosen).isNotEmpty();
        assertThat(most).containsAll(chosen);
        double lossOfLeast = loss(pruning.removed(chosen));
        double lossOfChance = 0;
        for (int seed = 0; seed < 5; seed++) {
            FilterPruning random = FilterPruning.of(network, NetworkShapes.infer(network, Map.of()), seed);
            lossOfChance += loss(random.removed(random.uniform(0.3, FilterCriterion.RANDOM, 1))) / 5;
        }
        assertThat(lossOfLeast).isLessThan(lossOfChance);
    }

    /** The mean error of the answers against those of the whole network. */
    private static double loss(Network pruned) {
        Reference reference = Reference.of(network, inputs().items(HELD, 30));
        return reference.difference(pruned).mean();
    }

    @Test
    void uniform_byBatchNorm_takesTheSmallestFactors() {
        FilterPruning pruning = FilterPruning.of(network, NetworkShapes.infer(network, Map.of()), 1);
        Network pruned = pruning.removed(pruning.uniform(0.5, FilterCriterion.BATCH_NORM, 1));

        String factor = network.initializers().keySet().stream()
                .filter(name -> name.endsWith(".bn.gamma"))
                .findFirst()
                .orElseThrow();
        float[] before = Sketch.floats(network, factor);
        float[] after = Sketch.floats(pruned, factor);
        assertThat(after.length).isLessThan(before.length);
        double least = Double.MAX_VALUE;
        for (float kept : after) {
            least = Math.min(least, Math.abs(kept));
        }
        int larger = 0;
        for (float any : before) {
            larger += Math.abs(any) >= least ? 1 : 0;
        }
        assertThat(larger).isEqualTo(after.length);
    }

    @Test
    void uniform_byBatchNormWithoutOne_isRefusedWithTheLayer() {
        Network folded = BatchNormFolding.fold(network);
        FilterPruning pruning = FilterPruning.of(folded, NetworkShapes.infer(folded, Map.of()), 1);

        assertThatThrownBy(() -> pruning.uniform(0.5, FilterCriterion.BATCH_NORM, 1))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("no batch normalisation");
        assertThatThrownBy(() -> pruning.uniform(0.5, FilterCriterion.TAYLOR, 1))
                .isInstanceOf(InvalidException.class);
        assertThat(pruning.network().nodes()).hasSameSizeAs(folded.nodes());
        assertThat(accuracy(folded)).isCloseTo(accuracy(network), within(0.02));
    }
}
