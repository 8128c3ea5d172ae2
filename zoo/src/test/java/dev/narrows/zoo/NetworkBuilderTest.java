package dev.narrows.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkBuilderTest {

    private static final List<Long> MAP = List.of(4L, 9L, 7L);
    private static final List<Long> LINE = List.of(6L, 11L);

    private interface Step extends BiFunction<NetworkBuilder, Value, Value> {}

    private static Arguments step(String name, List<Long> input, Step step) {
        return Arguments.of(name, input, step);
    }

    static Stream<Arguments> steps() {
        return Stream.of(
                step("same, odd kernel", MAP, (b, x) -> b.conv("y", x, Conv.of(8, 3))),
                step(
                        "same, even kernels, strides",
                        MAP,
                        (b, x) -> b.conv("y", x, Conv.of(8, 2, 4).withStrides(1, 2))),
                step(
                        "same, dilated",
                        MAP,
                        (b, x) -> b.conv("y", x, Conv.of(8, 3).withDilations(2))),
                step(
                        "groups, bias",
                        MAP,
                        (b, x) -> b.conv("y", x, Conv.of(8, 3, 1).withGroups(2).withBias())),
                step(
                        "depthwise",
                        MAP,
                        (b, x) -> b.conv("y", x, Conv.depthwise(4, 3).withStrides(2))),
                step("no pads", MAP, (b, x) -> b.conv("y", x, Conv.of(8, 5).withPads(0))),
                step("uneven pads", MAP, (b, x) -> b.conv("y", x, Conv.of(8, 3).withPads(0, 1, 2, 3))),
                step("one axis", LINE, (b, x) -> b.conv("y", x, Conv.of(8, 4).withStrides(3))),
                step("batchNorm", LINE, (b, x) -> b.batchNorm("y", x)),
                step("maxPool", MAP, (b, x) -> b.maxPool("y", x, 3, 2, 1)),
                step("averagePool", LINE, (b, x) -> b.averagePool("y", x, 2, 2, 0)),
                step("globalAveragePool", MAP, (b, x) -> b.globalAveragePool("y", x)),
                step("globalMaxPool", LINE, (b, x) -> b.globalMaxPool("y", x)),
                step("flatten", MAP, (b, x) -> b.flatten("y", x)),
                step("reshape", MAP, (b, x) -> b.reshape("y", x, List.of(28L, 9L))),
                step("linear", MAP, (b, x) -> b.linear("y", b.flatten("flat", x), 5, Initial.XAVIER)),
                step("add", MAP, (b, x) -> b.add("y", x, b.relu("a", x), x)),
                step("concat", MAP, (b, x) -> b.concat("y", x, b.conv("a", x, Conv.of(3, 1)), x)),
                step("softmax", MAP, (b, x) -> b.softmax("y", x)),
                step("subtract", MAP, (b, x) -> b.subtract("y", x, List.of(0.1, 0.2, 0.3, 0.4))),
                step("divide", LINE, (b, x) -> b.divide("y", x, List.of(0.5))),
                step("dropout", LINE, (b, x) -> b.dropout("y", x, 0.5)),
                step("node", MAP, NetworkBuilderTest::transposed));
    }

    private static Value transposed(NetworkBuilder builder, Value x) {
        Attribute permutation = new Attribute.Ints(List.of(0L, 2L, 1L, 3L));
        Value turned = builder.node(
                "turned", "Transpose", List.of(x.name()), Map.of("perm", permutation), List.of(9L, 4L, 7L));
        String scale = builder.weight("gain", new float[] {1, 2, 3, 4, 5, 6, 7}, List.of(7L));
        return builder.node("y", "Mul", List.of(turned.name(), scale), Map.of(), turned.shape());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void step_any_makesTheShapeThatItSays(String name, List<Long> input, Step step) {
        NetworkBuilder builder = NetworkBuilder.seeded(1);
        Value y = step.apply(builder, builder.input("x", input));
        builder.output(y);
        Network network = builder.build("step", Map.of());

        assertThat(network.opset()).isEqualTo(17);
        long[] actual =
                Runs.run(network, Map.of("x", Runs.normal(2, input, 1)), "y").shape();
        assertThat(Arrays.stream(actual).skip(1).boxed().toList()).isEqualTo(y.shape());
        assertThat(actual[0]).isEqualTo(2);
        if (Checker.isThere()) {
            Checker.check(network);
        }
    }

    @ParameterizedTest
    @EnumSource
    void activation_any_isItsFormula(Activation activation) {
        NetworkBuilder builder = NetworkBuilder.seeded(1);
        Value x = builder.input("x", List.of(5L));
        Value twice = builder.add("y", builder.activation("a", x, activation), builder.activation("b", x, activation));
        builder.output(twice);
        float[] given = {-7, -1, 0.5f, 2, 9};
        float[] actual = Runs.run(builder.build("act", Map.of()), Map.of("x", Tensor.of(given, 1, 5)), "y")
                .toFloats();
        for (int i = 0; i < given.length; i++) {
            double v = given[i];
            double expected = switch (activation) {
                case RELU -> Math.max(0, v);
                case RELU6 -> Math.min(6, Math.max(0, v));
                case HARD_SWISH -> v * Math.min(1, Math.max(0, v / 6 + 0.5));
                case SIGMOID -> 1 / (1 + Math.exp(-v));
                case TANH -> Math.tanh(v);
            };
            assertThat((double) actual[i]).isBetween(2 * expected - 1e-5, 2 * expected + 1e-5);
        }
    }

    private static double variance(Network network, String weight) {
        ConstantTensor tensor = Runs.get(network.initializers(), weight);
        double squares = 0;
        for (int i = 0; i < tensor.elements(); i++) {
            squares += Math.pow(tensor.data().getFloat(4 * i), 2);
        }
        return squares / tensor.elements();
    }

    @Test
    void weights_ofEachInitial_haveItsVariance() {
        NetworkBuilder builder = NetworkBuilder.seeded(9);
        Value x = builder.input("x", List.of(32L, 8L, 8L));
        builder.conv("out", x, Conv.of(128, 3));
        builder.conv("in", x, Conv.of(128, 3).withInitial(Initial.HE_FAN_IN));
        builder.conv("xavier", x, Conv.of(128, 3).withInitial(Initial.XAVIER));
        builder.conv("groups", x, Conv.of(128, 3).withGroups(4));
        Value wide = builder.flatten("flat", x);
        builder.output(builder.linear("linear", wide, 16, Initial.XAVIER));
        Network network = builder.build("drawn", Map.of());

        assertThat(variance(network, "out.weight") * 128 * 9 / 2).isBetween(0.95, 1.05);
        assertThat(variance(network, "in.weight") * 32 * 9 / 2).isBetween(0.95, 1.05);
        assertThat(variance(network, "xavier.weight") * (32 + 128) * 9 / 2).isBetween(0.95, 1.05);
        assertThat(variance(network, "groups.weight") * 32 * 9 / 2).isBetween(0.95, 1.05);
        assertThat(variance(network, "linear.weight") * (2048 + 16) / 2).isBetween(0.95, 1.05);
        assertThat(variance(network, "linear.bias")).isZero();
    }

    @Test
    void weights_ofOneName_dependOnNothingElse() {
        NetworkBuilder one = NetworkBuilder.seeded(9);
        one.conv("conv", one.input("x", MAP), Conv.of(8, 3));
        NetworkBuilder other = NetworkBuilder.seeded(9);
        Value x = other.input("x", MAP);
        other.conv("before", x, Conv.of(8, 3));
        Value conv = other.conv("conv", x, Conv.of(8, 3));
        other.output(conv);
        one.output(new Value("conv", conv.shape()));

        Map<String, ConstantTensor> alone = one.build("one", Map.of()).initializers();
        Map<String, ConstantTensor> both = other.build("other", Map.of()).initializers();
        assertThat(alone.get("conv.weight")).isEqualTo(Runs.get(both, "conv.weight"));
        assertThat(Runs.get(both, "before.weight").data())
                .isNotEqualTo(Runs.get(both, "conv.weight").data());
    }

    @Test
    void batchNorm_gammaZero_isTheIdentityOfAResidualBlock() {
        Architecture quiet = Architecture.parse("resnet:depth=8,zerogamma=true");
        Network network = Zoo.build(quiet, Zoos.COLOUR, 10, 1);
        Map<String, Tensor> all = Runs.runForAll(network, Runs.normal(1, Zoos.COLOUR.dims(), 1));

        assertThat(Runs.get(all, "block1").maxAbsDifference(Runs.get(all, "stem")))
                .isZero();
    }

    @Test
    void in_scopes_areNested_andFrozenNamesComeFirst() {
        NetworkBuilder builder = NetworkBuilder.seeded(1);
        NetworkBuilder inner = builder.in("a").in("b");
        Value x = inner.input("x", MAP);
        inner.output(inner.subtract("c", x, List.of(1.0)));

        assertThat(x.name()).isEqualTo("a.b.x");
        assertThat(builder.build("scopes", Map.of()).initializers()).containsOnlyKeys("frontend.a.b.c.by");
    }

    @Test
    void shapes_inputsAndValues_countItemsAndWeightsDoNot() {
        NetworkBuilder builder = NetworkBuilder.seeded(1);
        builder.conv("y", builder.input("x", MAP), Conv.of(8, 3));

        assertThat(builder.shapes().of("y").orElseThrow().dims()).containsExactly(1L, 8L, 9L, 7L);
        assertThat(builder.shapes().of("y").orElseThrow().batchAxis()).isTrue();
        assertThat(builder.shapes().of("y.weight").orElseThrow().dims()).containsExactly(8L, 4L, 3L, 3L);
        assertThat(builder.shapes().of("y.weight").orElseThrow().batchAxis()).isFalse();
    }

    private static void refused(Step step, String message) {
        NetworkBuilder builder = NetworkBuilder.seeded(1);
        Value x = builder.input("x", MAP);
        assertThatThrownBy(() -> step.apply(builder, x))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(message);
    }

    @Test
    void step_impossible_saysWhere() {
        refused(
                (b, x) -> b.conv("y", x, Conv.of(6, 3).withGroups(3)),
                "input channels: 4 (expected: a multiple of the 3 groups), node \"y\"");
        refused((b, x) -> b.conv("y", x, Conv.of(6, 3).withGroups(4)), "channels: 6 in 4 groups");
        refused((b, x) -> b.conv("y", x, Conv.of(8, 3, 3, 3)), "kernel: [3, 3, 3] (expected: 1 or 2 entries)");
        refused((b, x) -> b.conv("y", x, Conv.of(8, 0)), "kernel: [0] (expected: 1 or more)");
        refused((b, x) -> b.conv("y", x, Conv.of(8, 3).withPads(-1)), "pads: [-1]");
        refused((b, x) -> b.conv("y", x, Conv.of(8, 8).withPads(0)), "spans 8 (expected: at most 7");
        refused((b, x) -> b.conv("x", x, Conv.of(8, 3)), "name: \"x\"");
        refused((b, x) -> b.linear("y", x, 3, Initial.XAVIER), "flatten before");
        refused(
                (b, x) -> b.add("y", x, b.conv("a", x, Conv.of(3, 1))),
                "shape: [3, 9, 7] (expected: [4, 9, 7] of \"x\")");
        refused((b, x) -> b.concat("y", x, b.globalMaxPool("a", x)), "but for the channels), tensor \"a\"");
        refused((b, x) -> b.reshape("y", x, List.of(5L)), "shape: [5] (expected: 252 elements");
        refused((b, x) -> b.divide("y", x, List.of(1.0, 2.0)), "constants: 2 (expected: 1 or 4");
        refused(
                (b, x) -> b.node("y", "Relu", List.of("z"), Map.of(), x.shape()),
                "input: \"z\" (expected: a tensor that is there), node \"y\" (Relu)");
        refused((b, x) -> b.conv("y", b.flatten("f", x), Conv.of(8, 3)), "expected: channels and space");
        refused((b, x) -> new Value("y", List.of(4L, 0L)), "axis: 0 (expected: 1 or more");
    }

    @Test
    void output_ofAnotherNetwork_isRefused() {
        assertThatThrownBy(() -> NetworkBuilder.seeded(1).output(new Value("x", MAP)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("expected: a tensor of this network");
    }
}
