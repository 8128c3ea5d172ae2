package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.Network;
import dev.narrows.plan.RandomItems;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EqualizationTest {

    private static final double TOLERANCE = 1e-4; // of the largest magnitude: float32 sums in another order
    private static final Map<String, Attribute> PADDED = Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L));
    private static final Map<String, Attribute> DEPTHWISE =
            Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L), "group", Sketch.of(8L));

    /** Weights whose channels are of very different size: the first a hundred times the last. */
    private static float[] uneven(int channels, int each) {
        float[] values = new float[channels * each];
        for (int i = 0; i < values.length; i++) {
            int channel = i / each;
            values[i] = (float) (Math.sin(7.1 * i) * Math.pow(100, -channel / (channels - 1.0)));
        }
        return values;
    }

    private static Sketch start() {
        return Sketch.opset(17)
                .input("x", 1, 3, 8, 8)
                .constant("w1", uneven(8, 27), 8, 3, 3, 3)
                .constant("b1", uneven(8, 1), 8)
                .weight("w2", 8, 1, 3, 3)
                .weight("w3", 6, 8, 1, 1)
                .node("Conv x w1 b1 -> a", PADDED);
    }

    private static List<Map<String, Tensor>> items(Network network) {
        return RandomItems.of(network, Sketch.shapes(network), 12, 5);
    }

    private static Network equalized(Network network) {
        return Equalization.equalized(network, Sketch.shapes(network), items(network));
    }

    private static double noise(Network network, Network quantizable) {
        Int8 int8 = Int8.calibrated(quantizable, Sketch.shapes(quantizable), items(network));
        return Reference.of(network, items(network))
                .difference(int8.quantized(Int8Options.DEFAULT.withWeightBits(7), node -> true))
                .signalToNoise();
    }

    @Test
    void equalized_aroundADepthwiseConvolution_answersTheSameWithLessNoiseOnBytes() {
        Network network = start().node("Relu a -> b")
                .node("Conv b w2 -> c", DEPTHWISE)
                .node("Relu c -> d")
                .node("MaxPool d -> e", Map.of("kernel_shape", Sketch.ints(2L, 2L)))
                .node("Conv e w3 -> y")
                .output("y", 1, 6, 7, 7)
                .network();

        Network equalized = equalized(network);

        assertThat(EqualizationSite.of(network, Sketch.shapes(network))).hasSize(2);
        assertThat(Sketch.floats(equalized, "w1")).isNotEqualTo(Sketch.floats(network, "w1"));
        assertThat(Reference.of(network, items(network)).difference(equalized).largest())
                .isLessThan(TOLERANCE);
        assertThat(noise(network, equalized)).isGreaterThan(noise(network, network) + 1);
    }

    @Test
    void equalized_aroundAClip_answersTheSameOnItemsLikeThoseSeen() {
        Network network = start().constant("low", new float[] {0})
                .constant("high", new float[] {1.5f})
                .node("Clip a low high -> b")
                .node("Conv b w2 -> c", DEPTHWISE)
                .node("Clip c low high -> d")
                .node("Conv d w3 -> y")
                .output("y", 1, 6, 8, 8)
                .network();

        Network equalized = equalized(network);

        assertThat(Sketch.floats(equalized, "w1")).isNotEqualTo(Sketch.floats(network, "w1"));
        assertThat(Reference.of(network, items(network)).difference(equalized).largest())
                .isLessThan(TOLERANCE);
        assertThat(noise(network, equalized)).isGreaterThan(noise(network, network));
    }

    @Test
    void equalized_acrossAConcat_scalesBothMakers() {
        Network network = start().weight("w4", 4, 3, 3, 3)
                .weight("w5", 6, 12, 1, 1)
                .node("Relu a -> b")
                .node("Conv x w4 -> c", PADDED)
                .node("LeakyRelu c -> d")
                .node("Concat b d -> e", Map.of("axis", Sketch.of(1L)))
                .node("Conv e w5 -> y")
                .output("y", 1, 6, 8, 8)
                .network();

        Network equalized = equalized(network);

        for (String weight : List.of("w1", "w4", "w5")) {
            assertThat(Sketch.floats(equalized, weight)).isNotEqualTo(Sketch.floats(network, weight));
        }
        assertThat(Reference.of(network, items(network)).difference(equalized).largest())
                .isLessThan(TOLERANCE);
    }

    @Test
    void equalized_whereSomethingElseReadsOrTheFunctionBends_leavesAlone() {
        Network network = start().node("Relu a -> b")
                .node("Conv b w2 -> c", DEPTHWISE)
                .node("Add b c -> d") // b is read by a sum too
                .node("Sigmoid d -> e")
                .node("Conv e w3 -> y")
                .output("y", 1, 6, 8, 8)
                .network();

        assertThat(EqualizationSite.of(network, Sketch.shapes(network))).isEmpty();
        assertThat(equalized(network)).isSameAs(network);
    }
}
