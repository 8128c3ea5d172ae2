package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BottleneckTest {

    private static final int CLASSES = 3;

    @ParameterizedTest
    @CsvSource({
        "cnn:width=0.25, 1x28x28, block1, 3, 2, 3, -",
        "cnn:width=0.25, 1x28x28, block1, 5, 4, 3, -", // 14 places in steps of 4: 4, the last ones padded
        "cnn:width=0.25, 1x28x28, block1, 3, 4, 3, 6", // in two steps of 2
        "cnn:width=0.25, 1x28x28, block1, 3, 8, 3, 6/5", // 14, 7, 4, 2
        "cnn:width=0.25, 1x27x30, block1, 3, 2, 3, -",
        "cnn:width=0.25, 1x27x30, block1, 3, 6, 3, 5", // 13 × 15 in steps of 3 and 2
        "cnn:width=0.25, 1x28x28, block1, 2, 2, 8, -",
        "cnn:width=0.25, 1x28x28, block1, 1, 1, 256, -",
        "cnn:width=0.25, 1x28x28, block1, 3, 1, 4, 6",
        "cnn:width=0.25, 1x28x28, features, 3, 2, 5, -",
        "cnn1d, 4x64, block1, 3, 2, 4, -",
        "mlp, 20, block1, 1, 1, 4, -",
        "mlp, 20, block1, 1, 1, 4, 7"
    })
    void bottleneck_fitted_sendsWholeNumbersAndRuns(
            String spec, String shape, String tensor, int kernel, int stride, int levels, String encoder) {
        InMemory data = items(shape, 40);
        Network network = Zoo.build(Architecture.parse(spec), shape(shape), CLASSES, 1);
        BottleneckDesign design = new BottleneckDesign(4, levels, kernel, stride, 8, channels(encoder));
        Network trained;
        Map<String, Double> scores;
        try (Bottleneck bottleneck = bottleneck(network, tensor, design, Bottleneck.Weights.DEFAULT)) {
            bottleneck.fit(data);
            trained = bottleneck.trained();
            try (PointerScope scope = new PointerScope()) {
                scores = bottleneck.evaluate(data);
            }
        }

        Tensor code = run(trained, data, Bottleneck.CODE);

        for (float value : code.toFloats()) {
            assertThat(value).isEqualTo(Math.round(value)).isBetween(0f, levels - 1f);
        }
        assertThat(distinct(code)).hasSizeGreaterThan(1); // fitted: not all at one end
        assertThat(run(trained, data, trained.outputs().get(0).name()).shape()).containsExactly(40, CLASSES);
        assertThat(scores.get("bits"))
                .isCloseTo(
                        code.elements() / 40.0 * Math.log(levels) / Math.log(2),
                        within(1e-3 * code.elements())); // nothing is learned: every level is as likely
        assertThat(scores.get("accuracy"))
                .isEqualTo(Measured.accuracy(trained, Inputs.of(trained), data).get(0));
    }

    @Test
    void bits_ofWholeCodes_areTheTablesAndHaveAGradientBetween() {
        try (RateModel model = new RateModel(2, 4);
                PointerScope scope = new PointerScope()) {
            org.bytedeco.pytorch.Tensor code =
                    Torch.of(Tensor.of(new float[] {0, 1, 2, 3, 3, 3, 0.5f, 1.25f}, 1, 2, 2, 2));
            code.set_requires_grad(true);
            org.bytedeco.pytorch.Tensor table =
                    model.parameters().values().iterator().next();
            table.detach()
                    .copy_(Torch.of(
                            Tensor.of(new float[] {0, 0, 0, 0, (float) Math.log(4), (float) Math.log(2), 0, 0}, 2, 4)));

            org.bytedeco.pytorch.Tensor bits = model.bits(code);
            bits.backward();

            // Channel 0: 4 × 2 bits. Channel 1: p = ½, ¼, ⅛, ⅛; 3, 3, halfway between ½ and ¼, a quarter from ¼ to ⅛.
            double expected =
                    8 + 3 + 3 - Math.log(0.375) / Math.log(2) - Math.log(0.25 * 0.75 + 0.125 * 0.25) / Math.log(2);
            assertThat(bits.item_double()).isCloseTo(expected, within(1e-5));
            float[] gradient = Torch.toHost(code.grad()).toFloats();
            assertThat(gradient[6]).isPositive(); // towards what is less likely it costs more
        }
    }

    @Test
    void training_alone_dropsNothingAroundTheBottleneckAndMovesItsStatistics() {
        Network network = Zoo.build(Architecture.parse("cnn:width=0.25,dropout=0.5"), shape("1x16x16"), CLASSES, 1);
        InMemory data = items("1x16x16", 8);
        BottleneckDesign design = new BottleneckDesign(4, 4, 3, 2, 8, List.of());
        float[] all = new float[8 * 256];
        for (int i = 0; i < 8; i++) {
            System.arraycopy(data.values(i), 0, all, i * 256, 256);
        }
        try (Bottleneck bottleneck = bottleneck(network, "block1", design, Bottleneck.Weights.DEFAULT);
                PointerScope scope = new PointerScope()) {
            org.bytedeco.pytorch.Tensor values = Torch.of(Tensor.of(all, 8, 1, 16, 16));
            bottleneck.learn(Bottleneck.Part.BOTTLENECK);
            bottleneck.training(true);
            assertThat(loss(bottleneck, values, 1)).isEqualTo(loss(bottleneck, values, 2));
            float[] statistics = Torch.toHost(Terms.get(bottleneck.state(), "bottleneck.decoder1.norm.mean"))
                    .toFloats();
            assertThat(statistics).hasSize(8).isNotEqualTo(new float[8]);

            bottleneck.learn(Bottleneck.Part.ALL);
            assertThat(loss(bottleneck, values, 1)).isNotEqualTo(loss(bottleneck, values, 2));
            assertThat(bottleneck.isTrained("block1.conv1.weight")).isTrue();
            assertThat(bottleneck.isTrained("bottleneck.encoder.weight")).isFalse();
        }
    }

    @Test
    void learn_whatIsBehind_keepsTheCodesBitForBit() {
        InMemory data = items("1x16x16", 48);
        Network network = Zoo.build(Architecture.parse("cnn:width=0.25"), shape("1x16x16"), CLASSES, 1);
        BottleneckDesign design = new BottleneckDesign(4, 4, 3, 2, 8, List.of(5));
        TrainOptions options = TrainOptions.builder()
                .epochs(2)
                .batch(12)
                .optimizer(OptimizerChoice.parse("adamw:rate=0.01,decay=0.1"))
                .build();
        Bottleneck.Weights weights = new Bottleneck.Weights(0.5, 2, 0.1, 1e-3, 0);
        try (Bottleneck bottleneck = bottleneck(network, "block1", design, weights)) {
            bottleneck.fit(data);
            Network before = bottleneck.trained();

            bottleneck.learn(Bottleneck.Part.BEHIND);
            assertThat(bottleneck.parameters())
                    .containsKeys("bottleneck.decoder1.weight", "block2.conv1.weight")
                    .doesNotContainKeys("bottleneck.encoder.weight", "block1.conv1.weight", "rate.table");
            Curve curve = Training.run(bottleneck, data, data, options, TrainingListener.NONE);
            Network after = bottleneck.trained();

            assertThat(run(after, data, Bottleneck.CODE).sameBits(run(before, data, Bottleneck.CODE)))
                    .isTrue();
            assertThat(run(after, data, "logits").sameBits(run(before, data, "logits")))
                    .isFalse();
            assertThat(curve.then(curve).points().stream().map(Curve.Point::epoch))
                    .containsExactly(1, 2, 3, 4);
            assertThat(curve.points().get(1).scores().get("bits"))
                    .isEqualTo(curve.points().get(0).scores().get("bits"));
        }
    }

    @Test
    void training_withAnAim_keepsWhatTheCodecMakesWithinIt() {
        InMemory data = items("1x16x16", 240);
        Network network = Zoo.build(Architecture.parse("cnn:width=0.125"), shape("1x16x16"), CLASSES, 1);
        TrainOptions options = options(24);
        BottleneckDesign design = new BottleneckDesign(4, 4, 3, 2, 8, List.of());
        Bottleneck.Weights free = new Bottleneck.Weights(0, 1, 0.1, 0, 0);
        double unbound = last(train(network, design, free, data, options)).getOrDefault("coded", 0.0);
        double aim = unbound / 2;
        Bottleneck.Weights aimed = new Bottleneck.Weights(0, 1, 0.1, 0, aim);

        Curve curve = train(network, design, aimed, data, options);

        Map<String, Double> best = curve.points().stream()
                .map(Curve.Point::scores)
                .max(Comparator.comparingDouble(scores -> scores.getOrDefault("score", -1.0)))
                .orElseThrow();
        assertThat(best.get("coded")).isLessThanOrEqualTo(aim).isGreaterThan(aim / 2);
        assertThat(best.get("accuracy")).isGreaterThan(0.9);
        assertThat(best.get("score")).isEqualTo(best.get("accuracy"));
    }

    private static TrainOptions options(int epochs) {
        return TrainOptions.builder()
                .epochs(epochs)
                .batch(24)
                .optimizer(OptimizerChoice.parse("adamw:rate=0.005"))
                .seed(3)
                .build();
    }

    private static Curve train(
            Network network, BottleneckDesign design, Bottleneck.Weights weights, InMemory data, TrainOptions options) {
        try (Bottleneck bottleneck = bottleneck(network, "block1", design, weights)) {
            bottleneck.fit(data);
            return Training.run(bottleneck, data, data, options, TrainingListener.NONE);
        }
    }

    private static Map<String, Double> last(Curve curve) {
        return curve.points().get(curve.points().size() - 1).scores();
    }

    @Test
    void hints_behindTheCut_countByHowFarTheyAreFromTheOriginals() {
        Network network = Zoo.build(Architecture.parse("cnn:width=0.25"), shape("1x16x16"), CLASSES, 1);
        BottleneckDesign design = new BottleneckDesign(4, 4, 3, 2, 8, List.of());
        InMemory data = items("1x16x16", 8);
        double plain = hinted(network, design, data, List.of(), 0);
        double once = hinted(network, design, data, List.of("block2"), 1);
        double twice = hinted(network, design, data, List.of("block2"), 2);

        assertThat(once).isGreaterThan(plain);
        assertThat(twice - plain).isCloseTo(2 * (once - plain), within(1e-4 * twice));
        for (String none : List.of("block1", "image", "nobody")) { // the cut, what is before it, no value
            assertThatThrownBy(() -> hinted(network, design, data, List.of(none), 1))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage(
                            "hint: \"" + none + "\" (expected: a value that a node behind the cut \"block1\" makes)");
        }
    }

    private static double hinted(
            Network network, BottleneckDesign design, InMemory data, List<String> hints, double weight) {
        Bottleneck.Weights weights = new Bottleneck.Weights(1, 2, 0.1, 0, 0, hints, weight);
        try (Bottleneck bottleneck = bottleneck(network, "block1", design, weights);
                PointerScope scope = new PointerScope()) {
            bottleneck.fit(data);
            List<Tensor> items = new ArrayList<>();
            for (int item = 0; item < data.size(); item++) {
                items.add(Tensor.of(data.values(item), 1, 1, 16, 16));
            }
            return loss(bottleneck, Torch.of(Tensor.concat(items)), 1);
        }
    }

    private static double loss(Objective objective, org.bytedeco.pytorch.Tensor values, long seed) {
        Torch.seed(seed);
        return objective.loss(values, List.of(), 0).item_double();
    }

    @Test
    void training_withARate_findsACheapCodeThatStillTells() {
        InMemory data = items("1x16x16", 240);
        Network network = Zoo.build(Architecture.parse("cnn:width=0.125"), shape("1x16x16"), CLASSES, 1);
        TrainOptions options = options(32);
        Network taught;
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            Training.run(classifier, data, data, options, TrainingListener.NONE);
            taught = classifier.trained();
        }
        BottleneckDesign design = new BottleneckDesign(4, 4, 3, 2, 8, List.of());
        Bottleneck.Weights weights = new Bottleneck.Weights(0.5, 4, 0.1, 3e-2, 0);
        double before;
        Network trained;
        Curve curve;
        try (Bottleneck bottleneck = bottleneck(taught, "block1", design, weights)) {
            bottleneck.fit(data);
            bottleneck.learn(Bottleneck.Part.BOTTLENECK);
            assertThat(bottleneck.parameters().keySet())
                    .allMatch(name -> name.startsWith("bottleneck.") || name.startsWith("rate."));
            curve = Training.run(bottleneck, data, data, options, TrainingListener.NONE);
            before = curve.points().get(0).scores().getOrDefault("bits", 0.0);
            bottleneck.learn(Bottleneck.Part.ALL);
            curve = Training.run(bottleneck, data, data, options, TrainingListener.NONE);
            trained = bottleneck.trained();
        }

        assertThat(last(curve).get("bits")).isLessThan(before / 2);
        assertThat(Measured.accuracy(trained, Inputs.of(trained), data).get(0)).isGreaterThan(0.9);
    }

    @Test
    void bottleneck_atACutThatCannotTakeOne_isRefused() {
        Network network = Zoo.build(Architecture.parse("resnet:depth=8"), shape("1x16x16"), CLASSES, 1);
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        Cut two = Cuts.candidates(network, shapes, 2).stream()
                .filter(cut -> cut.tensors().size() == 2)
                .findFirst()
                .orElseThrow();

        assertThatThrownBy(() -> new Bottleneck(
                        network,
                        shapes,
                        two,
                        BottleneckDesign.DEFAULT,
                        Inputs.of(network),
                        Losses.crossEntropy(0),
                        Bottleneck.Weights.DEFAULT,
                        1))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("has 2 tensors (expected: 1");
        assertThatThrownBy(() -> new BottleneckDesign(4, 4, 4, 2, 8, List.of()))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("kernel: 4");
    }

    @Test
    void cuts_ranked_areTheDeepestOfTheAllowedAndAmongThemTheNarrowestFirst() {
        Network network = Zoo.build(Architecture.parse("cnn:width=0.25"), shape("1x28x28"), CLASSES, 1);
        Shapes shapes = NetworkShapes.infer(network, Map.of());

        Cut best = BottleneckCuts.best(network, shapes, 0.3);

        assertThat(best.name()).isEqualTo("block1"); // not block1.conv2.relu, which is as deep and four times as wide
        assertThatThrownBy(() -> BottleneckCuts.best(network, shapes, 0.001))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("cut: none");
    }

    @Test
    void natural_ofAPlainNetwork_areEachNarrowerThanTheLast() {
        Network network = Zoo.build(Architecture.parse("cnn:width=0.25"), shape("1x28x28"), CLASSES, 1);
        Shapes shapes = NetworkShapes.infer(network, Map.of());

        List<Cut> natural = BottleneckCuts.natural(network, shapes);

        assertThat(natural).hasSizeGreaterThan(2);
        for (int i = 1; i < natural.size(); i++) {
            assertThat(natural.get(i).widthBytes())
                    .isLessThan(natural.get(i - 1).widthBytes());
            assertThat(natural.get(i - 1).precedes(natural.get(i))).isTrue();
        }
    }

    /** Where sound is silent the logarithm of its front end would get a gradient without bounds. */
    @Test
    void alone_notOfANetworkThatHears_keepsItsFrontEnd() {
        Network network =
                Zoo.build(Architecture.parse("dscnn:width=0.25,depth=1"), new InputShape.Sound(4000, 8000), CLASSES, 1);
        try (Bottleneck bottleneck = bottleneck(
                network, "block1", new BottleneckDesign(2, 4, 3, 2, 8, List.of()), Bottleneck.Weights.DEFAULT)) {
            bottleneck.learn(Bottleneck.Part.BOTTLENECK);
            bottleneck.learn(Bottleneck.Part.ALL);

            assertThat(network.initializers().keySet()).anyMatch(name -> name.startsWith("frontend."));
            assertThat(bottleneck.parameters().keySet())
                    .noneMatch(name -> name.startsWith("frontend."))
                    .contains("logits.bias");
        }
    }

    @Test
    void strides_ofADesign_areSharedEvenlyAndTheSteepestFirst() {
        assertThat(new BottleneckDesign(4, 4, 3, 8, 8, List.of(6, 6)).strides()).containsExactly(2, 2, 2);
        assertThat(new BottleneckDesign(4, 4, 5, 8, 8, List.of(6)).strides()).containsExactly(4, 2);
        assertThat(new BottleneckDesign(4, 4, 3, 6, 8, List.of(6)).strides()).containsExactly(3, 2);
        assertThat(new BottleneckDesign(4, 4, 3, 2, 8, List.of(6, 6)).strides()).containsExactly(2, 1, 1);
        assertThat(new BottleneckDesign(4, 4, 3, 1, 8, List.of()).strides()).containsExactly(1);
    }

    private static List<Integer> channels(String text) {
        return text.equals("-")
                ? List.of()
                : Arrays.stream(text.split("/", -1)).map(Integer::valueOf).toList();
    }

    private static Bottleneck bottleneck(
            Network network, String tensor, BottleneckDesign design, Bottleneck.Weights weights) {
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        Cut cut = Cuts.at(network, shapes, List.of(tensor));
        return new Bottleneck(network, shapes, cut, design, Inputs.of(network), Losses.crossEntropy(0), weights, 1);
    }

    private static InputShape shape(String text) {
        List<Integer> dims = dims(text);
        return switch (dims.size()) {
            case 3 -> new InputShape.Image(dims.get(0), dims.get(1), dims.get(2));
            case 2 -> new InputShape.Series(dims.get(0), dims.get(1));
            default -> new InputShape.Values(dims.get(0));
        };
    }

    private static List<Integer> dims(String text) {
        List<Integer> dims = new ArrayList<>();
        for (String length : text.split("x", -1)) {
            dims.add(Integer.parseInt(length));
        }
        return dims;
    }

    /** Noise whose mean tells the class. */
    private static InMemory items(String shape, int count) {
        List<Integer> dims = dims(shape);
        int size = dims.stream().reduce(1, Math::multiplyExact);
        float[] values = new float[count * size];
        int[] classes = new int[count];
        Random random = new Random(5);
        for (int item = 0; item < count; item++) {
            classes[item] = item % CLASSES;
            for (int i = 0; i < size; i++) {
                values[item * size + i] = 0.3f * classes[item] + 0.4f * random.nextFloat();
            }
        }
        long[] all = new long[dims.size() + 1];
        all[0] = count;
        for (int i = 0; i < dims.size(); i++) {
            all[i + 1] = dims.get(i);
        }
        return InMemory.of(
                dims.size() == 3 ? new Kind.Image() : new Kind.Values(),
                Tensor.of(values, all),
                List.of(new Labels(Labels.TASK, List.of("a", "b", "c"), classes)),
                List.of());
    }

    private static Tensor run(Network network, InMemory data, String value) {
        List<ValueInfo> outputs = new ArrayList<>(network.outputs());
        if (outputs.stream().noneMatch(output -> output.name().equals(value))) {
            outputs.add(ValueInfo.of(
                    value, new TensorType(dev.narrows.graph.ElementType.FLOAT, java.util.Optional.empty())));
        }
        float[] values = new float[0];
        List<Tensor> items = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            long[] shape = new long[data.shape().length + 1];
            shape[0] = 1;
            System.arraycopy(data.shape(), 0, shape, 1, data.shape().length);
            values = data.values(i);
            items.add(Tensor.of(values, shape));
        }
        try (Session session = Session.open(
                "bottleneck", OnnxWriter.write(network.withOutputs(outputs)), Map.of(), SessionOptions.DEFAULT)) {
            return session.run(Inputs.of(network).ofHost(Tensor.concat(items))).entrySet().stream()
                    .filter(entry -> entry.getKey().equals(value))
                    .findFirst()
                    .orElseThrow()
                    .getValue();
        }
    }

    private static List<Float> distinct(Tensor tensor) {
        List<Float> values = new ArrayList<>();
        for (float value : tensor.toFloats()) {
            if (!values.contains(value)) {
                values.add(value);
            }
        }
        return values;
    }
}
