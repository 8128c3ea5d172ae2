package dev.narrows.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Validator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ZooTest {

    private static final int CLASSES = 7;

    static List<Zoos.Case> cases() {
        return Zoos.CASES;
    }

    private static Network build(Zoos.Case spec, long seed) {
        return Zoo.build(spec.architecture(), spec.shape(), CLASSES, seed);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void build_anyArchitecture_runsForBatches(Zoos.Case spec) {
        Network network = build(spec, 1);
        Validator.check(network);
        String output = spec.architecture().word("output");
        try (Session session = Runs.open(network)) {
            for (int items : List.of(1, 3)) {
                Tensor input = Runs.normal(items, spec.shape().dims(), items);
                Map<String, Tensor> outputs = session.run(Map.of(spec.shape().input(), input));

                assertThat(outputs).containsOnlyKeys(output);
                assertThat(Runs.get(outputs, output).shape()).containsExactly(items, CLASSES);
                for (float value : Runs.get(outputs, output).toFloats()) {
                    assertThat(value).isFinite();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void build_anyArchitecture_passesTheChecker(Zoos.Case spec) {
        assumeTrue(Checker.isThere(), "the ONNX checker has no library for this platform");
        Checker.check(build(spec, 1));
    }

    /** The builder's shapes are the runtime's, tensor by tensor. */
    @ParameterizedTest
    @MethodSource("cases")
    void shapes_anyArchitecture_areTheRuntimes(Zoos.Case spec) {
        NetworkBuilder builder = NetworkBuilder.seeded(1);
        Zoo.draw(builder, spec.architecture(), spec.shape(), List.of(Head.of(CLASSES)));
        Shapes shapes = builder.shapes();
        Map<String, Tensor> all = Runs.runForAll(
                builder.build("drawn", Map.of()), Runs.normal(1, spec.shape().dims(), 1));

        assertThat(all).isNotEmpty();
        all.forEach((name, tensor) -> assertThat(shapes.of(name).orElseThrow().dims())
                .as(name)
                .isEqualTo(Arrays.stream(tensor.shape()).boxed().toList()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void build_sameSeed_givesTheSameBytes(Zoos.Case spec) {
        assertThat(OnnxWriter.write(build(spec, 5))).isEqualTo(OnnxWriter.write(build(spec, 5)));
        assertThat(OnnxWriter.write(build(spec, 5))).isNotEqualTo(OnnxWriter.write(build(spec, 6)));
    }

    @Test
    void build_otherSeed_movesEveryDrawnWeightAndNoOther() {
        Network one = build(new Zoos.Case("dscnn", Zoos.SOUND), 5);
        Network other = build(new Zoos.Case("dscnn", Zoos.SOUND), 6);

        one.initializers().forEach((name, tensor) -> {
            boolean same =
                    tensor.data().equals(Runs.get(other.initializers(), name).data());
            assertThat(same).as(name).isEqualTo(!name.endsWith(".weight"));
        });
    }

    @Test
    void build_anyArchitecture_namesBlocksInOrderAndFeatures() {
        for (Zoos.Case spec : Zoos.CASES) {
            List<String> names = new ArrayList<>();
            build(spec, 1).nodes().forEach(node -> names.addAll(node.outputs()));
            List<String> blocks =
                    names.stream().filter(name -> name.matches("block\\d+")).toList();
            for (int i = 0; i < blocks.size(); i++) {
                assertThat(blocks.get(i)).as(spec.toString()).isEqualTo("block" + (i + 1));
            }
            assertThat(names).as(spec.toString()).contains("features");
        }
    }

    /** A block's end is a place to hand over: one tensor crosses, and the runtime fuses nothing over it. */
    @ParameterizedTest
    @MethodSource("cases")
    void blocks_anyArchitecture_areCuts(Zoos.Case spec) {
        NetworkBuilder builder = NetworkBuilder.seeded(1);
        Zoo.draw(builder, spec.architecture(), spec.shape(), List.of(Head.of(CLASSES)));
        Network network = builder.build("drawn", Map.of());
        List<String> ends = network.producers().keySet().stream()
                .filter(name -> name.matches("block\\d+|features"))
                .toList();

        assertThat(ends).isNotEmpty();
        for (String end : ends) {
            Cut cut = Cuts.at(network, builder.shapes(), List.of(end));
            assertThat(cut.tensors()).containsExactly(end);
            assertThat(cut.fusionBoundary()).as(end).isTrue();
        }
    }

    @Test
    void build_anyArchitecture_saysHowItWasMade() {
        Network network = build(new Zoos.Case("cnn:depth=1,width=0.5", Zoos.GREY), 42);

        assertThat(network.metadata())
                .containsEntry("narrows.architecture", "cnn:width=0.5,depth=1")
                .containsEntry("narrows.seed", "42");
    }

    @Test
    void build_meanAndStd_equalsNormalisingOutside() {
        Network plain = build(new Zoos.Case("lenet", Zoos.COLOUR), 1);
        Network inside = build(new Zoos.Case("lenet:mean=0.1/0.2/0.3,std=0.5/0.25/2", Zoos.COLOUR), 1);
        Tensor input = Runs.normal(2, Zoos.COLOUR.dims(), 3);
        float[] values = input.toFloats();
        float[] mean = {0.1f, 0.2f, 0.3f};
        float[] std = {0.5f, 0.25f, 2};
        for (int i = 0; i < values.length; i++) {
            int channel = i / 1024 % 3;
            values[i] = (values[i] - mean[channel]) / std[channel];
        }

        Tensor expected = Runs.run(plain, Map.of("image", Tensor.of(values, input.shape())), "logits");
        Tensor actual = Runs.run(inside, Map.of("image", input), "logits");

        assertThat(actual.maxAbsDifference(expected)).isLessThan(1e-6);
    }

    @Test
    void build_probabilities_areTheSoftmaxOfTheLogits() {
        Tensor input = Runs.normal(2, Zoos.GREY.dims(), 3);
        Tensor logits = Runs.run(build(new Zoos.Case("lenet", Zoos.GREY), 1), Map.of("image", input), "logits");
        Network network = build(new Zoos.Case("lenet:output=probabilities", Zoos.GREY), 1);
        float[] actual =
                Runs.run(network, Map.of("image", input), "probabilities").toFloats();

        float[] x = logits.toFloats();
        for (int item = 0; item < 2; item++) {
            double sum = 0;
            for (int i = 0; i < CLASSES; i++) {
                sum += Math.exp(x[item * CLASSES + i]);
            }
            for (int i = 0; i < CLASSES; i++) {
                int at = item * CLASSES + i;
                assertThat((double) actual[at]).isCloseTo(Math.exp(x[at]) / sum, Offset.offset(1e-6));
            }
        }
    }

    @Test
    void build_severalHeads_shareTheTrunk() {
        List<Head> heads = List.of(new Head("garment", 10), new Head("sleeves", 2));
        Network network = Zoo.build(Architecture.parse("cnn:width=0.25"), Zoos.GREY, heads, 1);
        Network alone = Zoo.build(Architecture.parse("cnn:width=0.25"), Zoos.GREY, 10, 1);
        Tensor input = Runs.normal(3, Zoos.GREY.dims(), 1);
        Map<String, Tensor> outputs = Runs.run(network, Map.of("image", input));

        assertThat(outputs).containsOnlyKeys("logits.garment", "logits.sleeves");
        assertThat(Runs.get(outputs, "logits.garment").shape()).containsExactly(3, 10);
        assertThat(Runs.get(outputs, "logits.sleeves").shape()).containsExactly(3, 2);
        assertThat(network.nodes()).hasSize(alone.nodes().size() + 1);
        String weight = "block3.conv2.weight";
        assertThat(network.initializers().get(weight))
                .isEqualTo(alone.initializers().get(weight));
    }

    @Test
    void build_unfitInputs_areRefused() {
        assertThatThrownBy(() -> build(new Zoos.Case("resnet", Zoos.SERIES), 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("Series")
                .hasMessageContaining("expected: a picture, or a sound")
                .hasMessageContaining("resnet");
        assertThatThrownBy(() -> build(new Zoos.Case("cnn1d", Zoos.COLOUR), 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("expected: a series, or a sound");
        assertThatThrownBy(() -> build(new Zoos.Case("lenet", new InputShape.Image(1, 4, 4)), 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("kernel: [5, 5] spans 5 (expected: at most 2")
                .hasMessageContaining("block1");
        assertThatThrownBy(() -> build(new Zoos.Case("cnn:mean=0.1/0.2", Zoos.COLOUR), 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("constants: 2 (expected: 1 or 3");
        assertThatThrownBy(() -> Zoo.build(Architecture.parse("cnn"), Zoos.GREY, List.of(), 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("heads: none");
        assertThatThrownBy(() ->
                        Zoo.build(Architecture.parse("cnn"), Zoos.GREY, List.of(new Head("a", 2), new Head("a", 3)), 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("logits.a");
    }
}
