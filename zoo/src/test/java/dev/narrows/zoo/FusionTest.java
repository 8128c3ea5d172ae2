package dev.narrows.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FusionTest {

    private static final Modality PICTURE =
            new Modality("picture", Architecture.parse("cnn:width=0.25,mean=0.3,dropout=0.1"), Zoos.GREY);
    private static final Modality SOUND = new Modality("sound", Architecture.parse("dscnn:width=0.25"), Zoos.SOUND);
    private static final Modality STATE = new Modality("state", Architecture.parse("mlp:width=0.1"), Zoos.VALUES);
    private static final List<Modality> ALL = List.of(PICTURE, SOUND, STATE);

    private static Map<String, Tensor> items(int items) {
        return ALL.stream()
                .collect(Collectors.toMap(
                        Modality::name,
                        modality -> Runs.normal(items, modality.shape().dims(), items)));
    }

    @ParameterizedTest
    @EnumSource
    void fuse_threeInputsTwoTasks_runs(Fusion fusion) {
        Network network = Zoo.fuse(fusion, ALL, List.of(new Head("order", 5), new Head("speaker", 2)), 1);
        try (Session session = Runs.open(network)) {
            for (int items : List.of(1, 3)) {
                Map<String, Tensor> outputs = session.run(items(items));

                assertThat(outputs).containsOnlyKeys("logits.order", "logits.speaker");
                assertThat(Runs.get(outputs, "logits.order").shape()).containsExactly(items, 5);
                assertThat(Runs.get(outputs, "logits.speaker").shape()).containsExactly(items, 2);
            }
        }
        assumeTrue(Checker.isThere(), "the ONNX checker has no library for this platform");
        Checker.check(network);
    }

    @Test
    void fuse_late_joinsTheLogitsOfEach() {
        List<Head> heads = List.of(Head.of(5));
        Network sum = Zoo.fuse(Fusion.LATE_SUM, ALL, heads, 1);
        Network mean = Zoo.fuse(Fusion.LATE, ALL, heads, 1);
        List<String> parts = List.of("picture.logits", "sound.logits", "state.logits");
        Map<String, Tensor> items = items(2);
        Map<String, Tensor> own = Runs.run(Runs.withOutputs(sum, parts), items);
        float[] expected = new float[10];
        for (String part : parts) {
            float[] logits = Runs.get(own, part).toFloats();
            for (int i = 0; i < expected.length; i++) {
                expected[i] += logits[i];
            }
        }
        Tensor total = Tensor.of(expected, 2, 5);
        for (int i = 0; i < expected.length; i++) {
            expected[i] /= 3;
        }

        assertThat(Runs.run(sum, items, "logits").maxAbsDifference(total)).isLessThan(1e-5);
        assertThat(Runs.run(mean, items, "logits").maxAbsDifference(Tensor.of(expected, 2, 5)))
                .isLessThan(1e-5);
    }

    /** What one input does depends on the other: the difference that it makes is not the same. */
    @Test
    void fuse_intermediate_isNoSumOfHeads() {
        assertThat(interaction(Fusion.INTERMEDIATE)).isGreaterThan(1e-3);
        assertThat(interaction(Fusion.LATE_SUM)).isLessThan(1e-5);
    }

    private static double interaction(Fusion fusion) {
        Network network = Zoo.fuse(fusion, List.of(PICTURE, STATE), List.of(Head.of(5)), 1);
        double[] logit = new double[4];
        for (int i = 0; i < 4; i++) {
            Map<String, Tensor> items = Map.of(
                    "picture", Runs.normal(1, PICTURE.shape().dims(), i / 2),
                    "state", Runs.normal(1, STATE.shape().dims(), i % 2));
            logit[i] = Runs.run(network, items, "logits").toFloats()[0];
        }
        return Math.abs(logit[0] - logit[1] - logit[2] + logit[3]);
    }

    @Test
    void fuse_names_beginWithTheModalityOrFrontend() {
        Network network = Zoo.fuse(Fusion.INTERMEDIATE, ALL, List.of(Head.of(5)), 1);
        Set<String> names = network.initializers().keySet();

        assertThat(names)
                .contains(
                        "picture.block1.conv1.weight",
                        "sound.block4.pointwise.weight",
                        "frontend.sound.dft",
                        "frontend.picture.centred.by",
                        "fusion.linear.weight",
                        "logits.weight");
        assertThat(names)
                .allMatch(name -> name.matches("(frontend\\.)?(picture|sound|state)\\..*|fusion\\..*|logits\\..*"));
        assertThat(network.producers()).containsKeys("picture.block1", "sound.features", "features");
        assertThat(network.metadata())
                .containsEntry(
                        "narrows.architecture",
                        "intermediate: picture=cnn:width=0.25,dropout=0.1,mean=0.3; sound=dscnn:width=0.25; state=mlp:width=0.1");
    }

    @Test
    void fuse_wrongModalities_areRefused() {
        List<Head> heads = List.of(Head.of(5));
        assertThatThrownBy(() -> Zoo.fuse(Fusion.LATE, List.of(SOUND), heads, 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("modalities: 1 (expected: 2 or more)");
        assertThatThrownBy(() -> Zoo.fuse(Fusion.LATE, List.of(SOUND, SOUND), heads, 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("\"sound\"");
        Modality sure = new Modality("sure", Architecture.parse("mlp:output=probabilities"), Zoos.VALUES);
        assertThatThrownBy(() -> Zoo.fuse(Fusion.LATE, List.of(SOUND, sure), heads, 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("output: probabilities (expected: logits");
        assertThatThrownBy(() -> Fusion.parse("early"))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("fusion: \"early\" (expected: late, late-sum, intermediate)");
        assertThat(Fusion.parse("late-sum")).isEqualTo(Fusion.LATE_SUM);
    }

    @Test
    void fuse_probabilities_sumToOne() {
        Modality state = new Modality("state", Architecture.parse("mlp:width=0.1,output=probabilities"), Zoos.VALUES);
        Modality series = new Modality("series", Architecture.parse("cnn1d:output=probabilities"), Zoos.SERIES);
        Network network = Zoo.fuse(Fusion.LATE, List.of(state, series), List.of(Head.of(5)), 1);
        float[] probabilities = Runs.run(
                        network,
                        Map.of(
                                "state",
                                Runs.normal(1, Zoos.VALUES.dims(), 1),
                                "series",
                                Runs.normal(1, Zoos.SERIES.dims(), 2)),
                        "probabilities")
                .toFloats();
        double sum = 0;
        for (float probability : probabilities) {
            sum += probability;
        }
        assertThat(sum).isBetween(1 - 1e-5, 1 + 1e-5);
    }
}
