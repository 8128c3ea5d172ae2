package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.augment.Augmentation;
import dev.narrows.augment.CorruptionSuite;
import dev.narrows.augment.Corruptions;
import dev.narrows.augment.Medium;
import dev.narrows.data.Dataset;
import dev.narrows.data.Datasets;
import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.media.MediaCodecs;
import dev.narrows.media.MediaKind;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.Fusion;
import dev.narrows.zoo.Head;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Modality;
import dev.narrows.zoo.Zoo;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

/** Networks that take an image and values: the class is whether the image's left half is lit, or not, by the values' sign. */
class SeveralInputsTest {

    private static final int SIDE = 4;
    private static final InputShape IMAGE = new InputShape.Image(1, SIDE, SIDE);
    private static final InputShape VALUES = new InputShape.Values(3);
    private static final Dataset DATA = items(1, 320);
    private static final Dataset HELD = items(2, 160);
    private static final Kind.Several ITEMS = Kind.Several.of(DATA).orElseThrow();
    private static final Network NETWORK = fused(Fusion.INTERMEDIATE, "mlp:width=0.1,depth=1");
    private static final Network TAUGHT = taught();

    private static Dataset items(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] pixels = new float[count * SIDE * SIDE];
        float[] values = new float[count * 3];
        int[] classes = new int[count];
        for (int item = 0; item < count; item++) {
            boolean left = random.nextBoolean();
            boolean positive = random.nextBoolean();
            classes[item] = left == positive ? 1 : 0;
            for (int i = 0; i < SIDE * SIDE; i++) {
                boolean lit = i % SIDE < SIDE / 2 == left;
                pixels[item * SIDE * SIDE + i] = (lit ? 0.7f : 0.1f) + 0.2f * (float) random.nextDouble();
            }
            for (int i = 0; i < 3; i++) {
                values[3 * item + i] = (positive ? 1 : -1) + 0.5f * (float) random.nextDouble();
            }
        }
        List<Labels> labels = List.of(new Labels(Labels.TASK, List.of("other", "same"), classes));
        Map<String, Dataset> parts = new LinkedHashMap<>();
        parts.put("image", InMemory.of(new Kind.Image(), Tensor.of(pixels, count, 1, SIDE, SIDE), labels, List.of()));
        parts.put("values", InMemory.of(new Kind.Values(), Tensor.of(values, count, 3), List.of(), List.of()));
        return Datasets.joined(parts);
    }

    private static Network fused(Fusion fusion, String trunk) {
        List<Modality> modalities = List.of(
                new Modality("values", Architecture.parse(trunk), VALUES),
                new Modality("image", Architecture.parse(trunk), IMAGE));
        return Zoo.fuse(fusion, modalities, List.of(Head.of(2)), 1);
    }

    private static Inputs inputs(Network network) {
        return Inputs.of(network, ITEMS, Map.of());
    }

    private static TrainOptions.Builder options(int epochs) {
        return TrainOptions.builder()
                .epochs(epochs)
                .batch(32)
                .optimizer(OptimizerChoice.parse("adamw:rate=0.01"))
                .seed(3)
                .workers(0);
    }

    private static Network fit(Network network, TrainOptions options) {
        try (Classifier classifier = Classifier.of(network, inputs(network), Losses.crossEntropy(0))) {
            Training.run(classifier, DATA, HELD, options, TrainingListener.NONE);
            return classifier.trained();
        }
    }

    private static Network taught() {
        return fit(NETWORK, options(8).build());
    }

    private static double accuracy(Network network) {
        return Measured.accuracy(network, inputs(network), HELD).get(0);
    }

    @Test
    void fit_whatOnlyBothTell_isLearnedByBothAndByNoneAlone() {
        Network image = Zoo.build(Architecture.parse("mlp:width=0.1,depth=1"), IMAGE, 2, 1);
        Network values = Zoo.build(Architecture.parse("mlp:width=0.1,depth=1"), VALUES, 2, 1);

        assertThat(accuracy(TAUGHT)).isGreaterThan(0.95);
        assertThat(accuracy(fit(image, options(8).build()))).isLessThan(0.7);
        assertThat(accuracy(fit(values, options(8).build()))).isLessThan(0.7);
    }

    @Test
    void fit_withMixUpAndAugmentationOfOneModality_learnsAndRepeats() {
        Augmentation dimmer = (item, shape, random) -> {
            float by = 0.7f + 0.3f * random.nextFloat();
            for (int i = 0; i < item.length; i++) {
                item[i] *= by;
            }
            return item;
        };
        TrainOptions options = options(8)
                .mixUp(0.1)
                .augmentation(ITEMS.augmentation(Map.of("image", dimmer)))
                .build();

        Network once = fit(NETWORK, options);

        assertThat(accuracy(once)).isGreaterThan(0.9);
        assertThat(Fixture.hash(fit(NETWORK, options))).isEqualTo(Fixture.hash(once));
    }

    @Test
    void mixed_items_areMixedInEveryModality() {
        float[] rows = new float[2 * ITEMS.length()];
        Arrays.fill(rows, ITEMS.length(), rows.length, 1);
        try (PointerScope scope = new PointerScope()) {
            Targets mixed = new Targets(Torch.of(Tensor.of(rows, 2, ITEMS.length())), List.of())
                    .mixed(1, new SplittableRandom(5));
            Map<String, org.bytedeco.pytorch.Tensor> made = inputs(NETWORK).of(mixed.values());
            float[] image = Torch.toHost(Terms.get(made, "image")).toFloats();
            float[] values = Torch.toHost(Terms.get(made, "values")).toFloats();
            assertThat(image[0]).isBetween(0.01f, 0.99f);
            assertThat(values[0]).isEqualTo(image[0]);
            assertThat(values[3]).isEqualTo(image[SIDE * SIDE]).isEqualTo(1 - image[0]);
        }
    }

    @Test
    void distill_fromBothInputs_studentOfOtherOrderAgrees() {
        List<Modality> turned = List.of(
                new Modality("image", Architecture.parse("mlp:width=0.05,depth=1"), IMAGE),
                new Modality("values", Architecture.parse("mlp:width=0.05,depth=1"), VALUES));
        Network small = Zoo.fuse(Fusion.INTERMEDIATE, turned, List.of(Head.of(2)), 2);
        Distillation how = new Distillation(TAUGHT, inputs(TAUGHT), 1, 2, Map.of("features", "features"), 0.1);
        Network trained;
        try (Classifier student =
                new Classifier(small, inputs(small), Losses.crossEntropy(0), List.of(), Optional.of(how))) {
            Training.run(student, DATA, HELD, options(8).build(), TrainingListener.NONE);
            trained = student.trained();
        }

        assertThat(accuracy(trained)).isGreaterThan(0.95);
    }

    @Test
    void bottleneck_behindTheFusion_sendsWholeNumbersThatStillTell() {
        Shapes shapes = NetworkShapes.infer(TAUGHT, Map.of());
        Cut cut = Cuts.at(TAUGHT, shapes, List.of("features"));
        BottleneckDesign design = new BottleneckDesign(3, 4, 3, 2, 32, List.of());
        TrainOptions options =
                options(8).optimizer(OptimizerChoice.parse("adamw:rate=0.003")).build();
        Inputs taken = inputs(TAUGHT);
        Network trained;
        try (Bottleneck bottleneck = new Bottleneck(
                TAUGHT, shapes, cut, design, taken, Losses.crossEntropy(0), Bottleneck.Weights.DEFAULT, 1)) {
            bottleneck.fit(DATA);
            bottleneck.learn(Bottleneck.Part.BOTTLENECK);
            Training.run(bottleneck, DATA, HELD, options, TrainingListener.NONE);
            trained = bottleneck.trained();
        }
        Shapes after = NetworkShapes.infer(trained, Map.of());
        Cut code = Cuts.at(trained, after, List.of(Bottleneck.CODE));
        try (CodedCut coded = new CodedCut(trained, after, code, taken)) {
            CodedCut.Result result =
                    coded.measure(List.of("bottleneck"), DATA, HELD).get(0);

            assertThat(result.accuracy()).isGreaterThan(0.9);
            assertThat(result.meanBytes()).isLessThan(12);
        }
    }

    @Test
    void codedCut_ofATensorOfEachInput_isMeasured() {
        Shapes shapes = NetworkShapes.infer(TAUGHT, Map.of());
        Cut cut = Cuts.at(TAUGHT, shapes, List.of("image.features", "values.features"));
        try (CodedCut coded = new CodedCut(TAUGHT, shapes, cut, inputs(TAUGHT))) {
            List<CodedCut.Result> results = coded.measure(List.of("raw", "q8"), DATA, HELD);

            assertThat(results.get(0).accuracy()).isEqualTo(accuracy(TAUGHT));
            assertThat(results.get(1).accuracy()).isGreaterThan(0.9);
        }
    }

    @Test
    void exits_behindTheFusion_answerAndLeaveTheNetworkAsItIs() {
        Shapes shapes = NetworkShapes.infer(TAUGHT, Map.of());
        List<Cut> cuts = List.of(Cuts.at(TAUGHT, shapes, List.of("features")));
        Inputs taken = inputs(TAUGHT);
        ExitMaker.Parts parts;
        try (Exits exits = new Exits(
                TAUGHT, shapes, cuts, ExitDesign.DEFAULT, taken, Losses.crossEntropy(0), Exits.Weights.DEFAULT, 1)) {
            exits.alone(true, name -> false);
            Training.run(exits, DATA, HELD, options(4).build(), TrainingListener.NONE);
            parts = exits.trained();
        }
        try (ExitRun run = new ExitRun(parts, taken)) {
            List<LabelledLogits> answers = run.run(HELD);

            assertThat(answers).hasSize(2);
            assertThat(answers.get(0).accuracy()).isGreaterThan(0.9);
            assertThat(answers.get(1).values())
                    .isEqualTo(ExitRun.run(TAUGHT, taken, HELD).values());
        }
    }

    @Test
    void of_scaledByModality_isAsByHandForBothRuntimes() {
        Map<String, Scale> scales =
                Map.of("image", new Scale(List.of(0.5f), List.of(0.25f)), "values", new Scale(List.of(), List.of(2f)));
        Inputs scaled = Inputs.of(NETWORK, ITEMS, scales);
        float[] item = HELD.values(7);
        Tensor row = Tensor.of(item, 1, item.length);

        Map<String, Tensor> host = scaled.ofHost(row);

        assertThat(host).containsOnlyKeys("values", "image");
        Tensor image = ExitFixture.get(host, "image");
        assertThat(image.shape()).containsExactly(1, 1, SIDE, SIDE);
        assertThat(image.toFloats()[5]).isEqualTo((item[5] - 0.5f) / 0.25f);
        assertThat(ExitFixture.get(host, "values").toFloats()[1]).isEqualTo(item[SIDE * SIDE + 1] / 2);
        try (PointerScope scope = new PointerScope()) {
            scaled.of(Torch.of(row))
                    .forEach((name, tensor) -> assertThat(Torch.toHost(tensor).sameBits(ExitFixture.get(host, name)))
                            .as(name)
                            .isTrue());
        }
    }

    @Test
    void of_inputThatIsNoModality_namesBothSides() {
        Dataset image = Datasets.only(DATA, "image");
        Map<String, Dataset> renamed = new LinkedHashMap<>();
        renamed.put("image", image);
        renamed.put("state", Datasets.only(DATA, "values"));
        Kind.Several others = Kind.Several.of(Datasets.joined(renamed)).orElseThrow();

        assertThatThrownBy(() -> Inputs.of(NETWORK, others, Map.of()))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("inputs: [values, image] (expected: each named as one of the items' modalities,"
                        + " [image, state])");
        assertThatThrownBy(() -> Inputs.of(NETWORK))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("inputs: [values, image] (expected: 1, as the items are of one modality");
        assertThatThrownBy(() -> Inputs.of(NETWORK, ITEMS, Map.of("sound", Scale.NONE)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("modality: \"sound\" (expected: one of [image, values])");
    }

    @Test
    void require_itemsOfOtherModalitiesOrShapes_isRefused() {
        Map<String, Dataset> turned = new LinkedHashMap<>();
        turned.put("values", Datasets.only(DATA, "values"));
        turned.put("image", Datasets.only(DATA, "image"));
        Dataset other = Datasets.joined(turned);

        assertThatThrownBy(() -> Measured.accuracy(NETWORK, inputs(NETWORK), other))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("modalities: [values (Values [3]), image (Image [1, 4, 4])] (expected:"
                        + " [image (Image [1, 4, 4]), values (Values [3])], as for the inputs)");
        Network wide = Zoo.build(Architecture.parse("mlp"), new InputShape.Values(4), 2, 1);
        assertThatThrownBy(() -> inputs(wide).require(wide, DATA))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("items: [3] (expected: [4], as input \"values\" takes them)");
    }

    @Test
    void corrupted_oneModality_leavesTheOther() {
        CorruptionSuite suite = new CorruptionSuite(Corruptions.of(new Medium.Image()), 1);
        Dataset image = Datasets.only(HELD, "image");

        for (CorruptionSuite.Case one : suite.cases().subList(0, 3)) {
            Dataset corrupted = new CorruptedData(HELD, ITEMS.modality("image"), one);
            float[] alone = one.apply(image.values(3), image.shape(), 3);
            float[] expected = HELD.values(3);
            System.arraycopy(alone, 0, expected, 0, alone.length);

            assertThat(corrupted.values(3)).isEqualTo(expected).isNotEqualTo(HELD.values(3));
            assertThat(Kind.Several.of(corrupted)).hasValue(ITEMS);
        }
    }

    @Test
    void decoded_severalModalities_areRefused() {
        assertThatThrownBy(() -> DecodedData.of(HELD, MediaCodecs.parse("png", new MediaKind.Image()), 1))
                .isInstanceOf(InvalidException.class)
                .hasMessage(
                        "items: of several modalities, [image, values] (expected: images or sound alone, as there are"
                                + " codecs for)");
    }
}
