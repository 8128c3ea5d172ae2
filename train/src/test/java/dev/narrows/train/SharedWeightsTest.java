package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.data.InMemory;
import dev.narrows.engine.Tensor;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedWeightsTest {

    private static final InMemory DATA = Fixture.points(1, 480);
    private static final InMemory HELD = Fixture.points(2, 300);

    private static Map<String, org.bytedeco.pytorch.Tensor> weights(float[] values, long... shape) {
        Map<String, org.bytedeco.pytorch.Tensor> weights = new LinkedHashMap<>();
        weights.put("w", Torch.of(Tensor.of(values, shape)).set_requires_grad(true));
        return weights;
    }

    private static org.bytedeco.pytorch.Tensor weight(Map<String, org.bytedeco.pytorch.Tensor> weights) {
        return Optional.ofNullable(weights.get("w")).orElseThrow();
    }

    /** What is held of weights that begin as {@code before} and become {@code after}. */
    private static float[] held(float[] before, float[] after, long... shape) {
        try (PointerScope scope = new PointerScope()) {
            Map<String, org.bytedeco.pytorch.Tensor> weights = weights(before, shape);
            try (SharedWeights shared = new SharedWeights(weights)) {
                weight(weights).detach().copy_(Torch.of(Tensor.of(after, shape)));
                shared.hold();
            }
            return Torch.toHost(weight(weights)).toFloats();
        }
    }

    @Test
    void hold_afterAnUpdate_makesClustersTheirMeansAndZeros0() {
        float[] before = {1, 1, 0, -2, 1, -2, -0f, 0, 1, 1, 1, 1, 1};
        float[] after = {1, 2, 3, -2, 3, -3, 4, 5, 6, 0, 0, 0, 4};

        float[] held = held(before, after, 13, 1);

        float mean = (1 + 2 + 3 + 6 + 4) / 8f;
        assertThat(held).containsExactly(mean, mean, 0, -2.5f, mean, -2.5f, 0, 0, mean, mean, mean, mean, mean);
        assertThat(Float.floatToRawIntBits(held[6])).isZero();
    }

    @Test
    void hold_ofEqualMembers_changesNoBit() {
        float[] values = new float[100_000];
        Arrays.fill(values, 0.1f);
        values[7] = 0;

        assertThat(held(values, values, 1000, 100)).isEqualTo(values);
    }

    @Test
    void hold_ofWeightsThatDoNotShare_leavesThem() {
        float[] different = {1, 2, 1, 2, 3, 3, 3, 3};
        float[] after = {1, 2, 3, 4, 5, 6, 7, 8};

        assertThat(held(different, after, 4, 2)).as("3 values of 8 elements").isEqualTo(after);
        assertThat(held(new float[8], after, 8)).as("one axis").isEqualTo(after);
    }

    /** A perceptron whose weights have the values -0.6, -0.2, 0.2 and 0.6, and 0 where they were small. */
    private static Network shared() {
        Network network = Fixture.perceptron(3, 24, 0);
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        initializers.replaceAll((name, tensor) -> {
            if (tensor.dims().size() < 2) {
                return tensor;
            }
            float[] values = tensor.floats();
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.abs(values[i]) < 0.1
                        ? 0
                        : Math.copySign(Math.abs(values[i]) < 0.5 ? 0.2f : 0.6f, values[i]);
            }
            return ConstantTensor.of(name, tensor.dims(), values);
        });
        return network.withInitializers(initializers);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.9})
    void run_keepingShared_learnsAndStaysShared(double ema) {
        Network network = shared();
        TrainOptions options = TrainOptions.builder()
                .epochs(20)
                .batch(32)
                .optimizer(OptimizerChoice.parse("adamw:rate=0.02"))
                .ema(ema)
                .workers(0)
                .keepShared(true)
                .build();
        Network trained;
        double best;
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            Curve curve = Training.run(classifier, DATA, HELD, options, TrainingListener.NONE);
            best = curve.points().stream()
                    .mapToDouble(point ->
                            Optional.ofNullable(point.scores().get("accuracy")).orElseThrow())
                    .max()
                    .orElseThrow();
            trained = classifier.trained();
        }
        assertThat(best).isGreaterThan(0.9);
        int moved = 0;
        for (ConstantTensor before : network.initializers().values()) {
            if (before.dims().size() < 2) {
                continue;
            }
            float[] old = before.floats();
            float[] now = Optional.ofNullable(trained.initializers().get(before.name()))
                    .orElseThrow()
                    .floats();
            Map<Float, Float> became = new LinkedHashMap<>();
            for (int i = 0; i < old.length; i++) {
                became.putIfAbsent(old[i], now[i]);
                assertThat(became).containsEntry(old[i], now[i]);
                assertThat(old[i] == 0 && now[i] != 0).isFalse();
                moved += old[i] != now[i] ? 1 : 0;
            }
        }
        assertThat(moved).isGreaterThan(20);
    }

    @Test
    void close_always_leavesNothingNative() {
        long before;
        long after;
        try (PointerScope scope = new PointerScope()) {
            Map<String, org.bytedeco.pytorch.Tensor> weights = weights(new float[4096], 64, 64);
            hold(weights, 3);
            before = Pointer.totalCount();
            hold(weights, 200);
            after = Pointer.totalCount();
        }
        assertThat(after)
                .as("wrappers that javacpp counts")
                .isLessThanOrEqualTo(before + 2); // fewer: others' were collected
    }

    private static void hold(Map<String, org.bytedeco.pytorch.Tensor> weights, int times) {
        for (int i = 0; i < times; i++) {
            try (SharedWeights shared = new SharedWeights(weights)) {
                shared.hold();
            }
        }
    }
}
