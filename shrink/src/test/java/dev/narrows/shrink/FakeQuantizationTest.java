package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.gradient.DifferentiableNetwork;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.Validator;
import dev.narrows.plan.RandomItems;
import dev.narrows.train.Inputs;
import dev.narrows.train.Losses;
import dev.narrows.train.OptimizerChoice;
import dev.narrows.train.TrainOptions;
import dev.narrows.train.TrainingListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Teaching networks of bytes, on pictures of three classes told by where the light is. The pictures' last plane is dark, so
 * that weights for it change no answer; large ones make all grids of the first layer coarse.
 */
@SuppressWarnings("try") // a scope is there for what it frees at its end
class FakeQuantizationTest {

    private static final int SIDE = 8;
    private static final int PLANES = 3;
    private static final int CHANNELS = 8;
    private static final int KERNEL = 9;
    private static final float COARSE = 50; // of the 63 steps on either side of a grid one is left for most others
    private static final InMemory TRAIN = pictures(240, 1);
    private static final InMemory HELD = pictures(300, 2);
    private static final Int8Options SEVEN = Int8Options.DEFAULT.withWeightBits(7); // exact on every processor
    private static final Map<String, Attribute> PADDED = Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L));

    private static Network network = sketch(17);

    /** The first layer's last filter gives nothing. */
    private static Network dead(Network any) {
        float[] weights = Sketch.floats(any, "w1");
        float[] bias = Sketch.floats(any, "b1");
        Arrays.fill(weights, weights.length - PLANES * KERNEL, weights.length, 0);
        bias[CHANNELS - 1] = -1;
        return with(
                with(any, ConstantTensor.of("w1", Sketch.dims(any, "w1"), weights)),
                ConstantTensor.of("b1", Sketch.dims(any, "b1"), bias));
    }

    private static InMemory pictures(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count * PLANES * SIDE * SIDE];
        int[] labels = new int[count];
        int plane = SIDE * SIDE;
        for (int item = 0; item < count; item++) {
            labels[item] = item % 3;
            for (int i = 0; i < 2 * plane; i++) {
                boolean lit = i % SIDE / 3 == labels[item];
                values[item * PLANES * plane + i] = (float) random.nextDouble() + (lit ? 0.18f : 0);
            }
        }
        return InMemory.of(
                new Kind.Image(),
                Tensor.of(values, count, PLANES, SIDE, SIDE),
                List.of(new Labels("class", List.of("a", "b", "c"), labels)),
                List.of());
    }

    private static Network sketch(long opset) {
        return Sketch.opset(opset)
                .input("x", -1, PLANES, SIDE, SIDE)
                .weight("w1", -0.4, 0.4, CHANNELS, PLANES, 3, 3)
                .weight("b1", -0.1, 0.1, CHANNELS)
                .weight("w2", -0.3, 0.3, CHANNELS, CHANNELS, 3, 3)
                .weight("b2", -0.1, 0.1, CHANNELS)
                .weight("w3", -0.5, 0.5, 3, CHANNELS * SIDE * SIDE / 4)
                .weight("b3", -0.1, 0.1, 3)
                .node("Conv x w1 b1 -> a", PADDED)
                .node("Relu a -> b")
                .node("Conv b w2 b2 -> c", PADDED)
                .node("Relu c -> d")
                .node("MaxPool d -> e", Map.of("kernel_shape", Sketch.ints(2L, 2L), "strides", Sketch.ints(2L, 2L)))
                .node("Flatten e -> f")
                .node("Gemm f w3 b3 -> y", Map.of("transB", Sketch.of(1L)))
                .output("y", -1, 3)
                .network();
    }

    private static TrainOptions options(int epochs) {
        return TrainOptions.builder()
                .epochs(epochs)
                .batch(16)
                .optimizer(OptimizerChoice.parse("adamw:rate=0.01"))
                .workers(0)
                .keepZeros(true)
                .seed(3)
                .build();
    }

    private static Inputs inputs() {
        return Inputs.of(network);
    }

    private static FineTuning tuning(double teacherWeight, Predicate<String> frozen) {
        return new FineTuning(
                TRAIN,
                HELD,
                inputs(),
                Losses.crossEntropy(0),
                teacherWeight == 0
                        ? Optional.empty()
                        : Optional.of(FineTuning.teacher(network, inputs(), teacherWeight)),
                frozen);
    }

    private static double accuracy(Network any) {
        return Comparison.accuracy(any, inputs(), HELD);
    }

    @BeforeAll
    static void train() {
        Network trained = tuning(0, weight -> false).taught(dead(network), options(8), TrainingListener.NONE);
        network = coarse(coarse(trained, "w1", PLANES), "w2", CHANNELS);
        assertThat(accuracy(network)).isGreaterThan(0.8);
    }

    /** With outliers for the last channel of the input, which is 0. */
    private static Network coarse(Network any, String name, int channels) {
        float[] weights = Sketch.floats(any, name);
        for (int i = 0; i < weights.length; i += KERNEL) {
            if (i / KERNEL % channels == channels - 1) {
                weights[i] = COARSE;
            }
        }
        return with(any, ConstantTensor.of(name, Sketch.dims(any, name), weights));
    }

    private static Network with(Network any, ConstantTensor tensor) {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(any.initializers());
        initializers.put(tensor.name(), tensor);
        return any.withInitializers(initializers);
    }

    private static Int8 calibrated(Network any) {
        return Int8.calibrated(any, Sketch.shapes(any), inputs().items(TRAIN, 60));
    }

    private static Network floatsOf(long opset) {
        return network.withOpsets(List.of(new OpsetImport("", opset)));
    }

    /** What the trainer computes. */
    private static List<float[]> trainers(Network any, List<Map<String, Tensor>> items) {
        List<float[]> answers = new ArrayList<>();
        try (DifferentiableNetwork differentiable = DifferentiableNetwork.of(any)) {
            for (Map<String, Tensor> item : items) {
                try (PointerScope scope = new PointerScope()) {
                    org.bytedeco.pytorch.Tensor x = Torch.of(Objects.requireNonNull(item.get("x")));
                    answers.add(Torch.toHost(Objects.requireNonNull(
                                    differentiable.forward(Map.of("x", x)).get("y")))
                            .toFloats());
                }
            }
        }
        return answers;
    }

    /** What ONNX Runtime answers. */
    private static List<float[]> runtimes(Network any, List<Map<String, Tensor>> items) {
        List<float[]> answers = new ArrayList<>();
        try (Session session = Reference.open(any)) {
            items.forEach(item -> answers.add(
                    Objects.requireNonNull(session.run(item).get("y")).toFloats()));
        }
        return answers;
    }

    /** The mean difference, by the mean magnitude of the first. */
    private static double error(List<float[]> expected, List<float[]> actual) {
        double error = 0;
        double magnitude = 0;
        for (int item = 0; item < expected.size(); item++) {
            for (int i = 0; i < expected.get(item).length; i++) {
                error += Math.abs((double) expected.get(item)[i] - actual.get(item)[i]);
                magnitude += Math.abs(expected.get(item)[i]);
            }
        }
        return error / magnitude;
    }

    private static List<ConstantTensor> bytes(Network any) {
        return any.initializers().values().stream()
                .filter(tensor ->
                        tensor.type() == ElementType.INT8 && tensor.dims().size() > 1)
                .toList();
    }

    @Test
    void taught_onCoarseGrids_winsBackHalfOfWhatRoundingLostAndMore() {
        FakeQuantization fake = calibrated(network).fakeQuantization(SEVEN, node -> true);

        Network taught = fake.taught(tuning(0.9, weight -> false), options(8), TrainingListener.NONE);

        double whole = accuracy(network);
        double lost = whole - accuracy(fake.quantized());
        assertThat(lost).isGreaterThan(0.1);
        assertThat(whole - accuracy(taught)).isLessThan(lost / 2);
        Reference reference = Reference.of(network, inputs().items(HELD, HELD.size()));
        assertThat(reference.difference(taught).agreement())
                .isGreaterThan(reference.difference(fake.quantized()).agreement());
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 12, 17}) // com.microsoft's grids, of another opset than the network's before; and ONNX's
    void quantized_whatWasTrained_answersInTheRuntimeAsInTheTrainer(long opset) {
        FakeQuantization fake = calibrated(floatsOf(opset)).fakeQuantization(SEVEN, node -> true);
        Network trained = tuning(0.9, weight -> false).taught(fake.network(), options(1), TrainingListener.NONE);

        Network written = fake.quantized(trained);

        List<Map<String, Tensor>> items = inputs().items(HELD, 60);
        List<float[]> expected = trainers(trained, items);
        // Sums that lie between two steps may be rounded to either: few, and a step of 255 each.
        double tolerance = 1e-3;
        assertThat(error(expected, runtimes(written, items))).isLessThan(tolerance);
        assertThat(error(expected, runtimes(fake.quantized(), items))).isGreaterThan(20 * tolerance);
    }

    @Test
    void quantized_whatWasTrained_isTheSameNetworkWithOtherIntegers() {
        FakeQuantization fake = calibrated(network).fakeQuantization(SEVEN, node -> true);

        Network taught = fake.taught(tuning(0.9, weight -> false), options(1), TrainingListener.NONE);

        Validator.check(taught);
        Network before = fake.quantized();
        assertThat(taught.nodes()).isEqualTo(before.nodes());
        assertThat(taught.inputs()).isEqualTo(network.inputs());
        assertThat(taught.outputs()).isEqualTo(network.outputs());
        assertThat(taught.metadata()).isEqualTo(network.metadata());
        assertThat(taught.initializers().keySet())
                .isEqualTo(before.initializers().keySet());
        taught.initializers().forEach((name, tensor) -> {
            boolean learns = (tensor.type() == ElementType.INT8 && tensor.dims().size() > 1)
                    || (tensor.type() == ElementType.INT32 && !name.endsWith(".zero"));
            assertThat(tensor.equals(before.initializers().get(name))).as(name).isEqualTo(!learns);
        });
        assertThat(bytes(taught)).hasSize(3).allSatisfy(tensor -> {
            for (int i = 0; i < tensor.elements(); i++) {
                assertThat((int) tensor.data().get(i)).isBetween(-63, 63);
            }
        });
        Kernels kernels = Kernels.of(taught, inputs().items(HELD, 1).get(0), 2);
        assertThat(kernels.integerLayers()).isEqualTo(3);
        assertThat(kernels.floatLayers()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Rounding.class)
    void quantized_untaught_isWhatTheQuantizerWrote(Rounding rounding) {
        for (int bits : new int[] {7, 8}) {
            Int8Options options = Int8Options.DEFAULT.withWeightBits(bits).withRounding(rounding);
            FakeQuantization fake = calibrated(network).fakeQuantization(options, node -> true);

            assertThat(fake.quantized(fake.network())).isEqualTo(fake.quantized());
        }
    }

    @Test
    void taught_withALayerInFloats_teachesThatToo() {
        FakeQuantization fake = calibrated(network)
                .fakeQuantization(SEVEN, node -> !node.inputs().contains("w2"));

        Network taught = fake.taught(tuning(0.9, weight -> false), options(1), TrainingListener.NONE);

        assertThat(Sketch.floats(taught, "w2")).isNotEqualTo(Sketch.floats(network, "w2"));
        assertThat(bytes(taught)).hasSize(2);
        Kernels kernels = Kernels.of(taught, inputs().items(HELD, 1).get(0), 2);
        assertThat(kernels.integerLayers()).isEqualTo(2);
        assertThat(kernels.floatLayers()).isOne();
    }

    @Test
    void taught_withFrozenWeights_leavesTheirBytes() {
        FakeQuantization fake = calibrated(network).fakeQuantization(SEVEN, node -> true);

        Network taught = fake.taught(
                tuning(0.9, weight -> weight.equals("w2") || weight.equals("b1")), options(1), TrainingListener.NONE);

        assertThat(changed(fake.quantized(), taught))
                .containsExactlyInAnyOrder("w1.quantized", "w3.quantized", "c.bias.quantized", "y.bias.quantized");
    }

    private static List<String> changed(Network before, Network after) {
        return before.initializers().keySet().stream()
                .filter(name -> !Objects.equals(
                        before.initializers().get(name), after.initializers().get(name)))
                .toList();
    }

    @Test
    void taught_prunedWeights_keepsTheirZeros() {
        float[] weights = Sketch.floats(network, "w2");
        for (int i = 0; i < weights.length; i += 2) {
            weights[i] = 0;
        }
        Network pruned = with(network, ConstantTensor.of("w2", Sketch.dims(network, "w2"), weights));
        FakeQuantization fake = calibrated(pruned).fakeQuantization(SEVEN, node -> true);

        Network taught = fake.taught(tuning(0.9, weight -> false), options(1), TrainingListener.NONE);

        ConstantTensor bytes = Objects.requireNonNull(taught.initializers().get("w2.quantized"));
        for (int i = 0; i < weights.length; i += 2) {
            assertThat(bytes.data().get(i)).isZero();
        }
    }

    @Test
    void quantized_ofWeightsThatTwoLayersShare_goesByEachOnesGrid() {
        Network twice = Sketch.opset(17)
                .input("x", -1, 8)
                .weight("w", 8, 5)
                .node("Gemm x w -> a")
                .node("Relu a -> b")
                .node("Gemm b w -> y", Map.of("transB", Sketch.of(1L)))
                .output("y", -1, 8)
                .network();
        List<Map<String, Tensor>> items = RandomItems.of(twice, Sketch.shapes(twice), 8, 7);
        FakeQuantization fake =
                Int8.calibrated(twice, Sketch.shapes(twice), items).fakeQuantization(SEVEN, node -> true);

        assertThat(fake.quantized(fake.network())).isEqualTo(fake.quantized());
        assertThat(error(runtimes(fake.quantized(), items), trainers(fake.network(), items)))
                .isLessThan(1e-5);
    }

    @Test
    void isEmpty_withAllLayersInFloats_isTrue() {
        assertThat(calibrated(network).fakeQuantization(SEVEN, node -> false).isEmpty())
                .isTrue();
        assertThat(calibrated(network).fakeQuantization(SEVEN, node -> true).isEmpty())
                .isFalse();
    }
}
