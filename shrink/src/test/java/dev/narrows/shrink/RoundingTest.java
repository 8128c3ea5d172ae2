package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Patch;
import dev.narrows.plan.RandomItems;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RoundingTest {

    private static final int COARSE = 7; // the largest magnitude of a weight's byte: 4 bits, so that rounding shows

    private static Attribute ints(long... values) {
        return Sketch.ints(Arrays.stream(values).boxed().toArray(Long[]::new));
    }

    static List<Arguments> layers() {
        return List.of(
                Arguments.of(
                        "Conv", new long[] {2, 6, 7, 9}, new long[] {4, 6, 3, 2}, Map.of("pads", ints(1, 0, 2, 1))),
                Arguments.of(
                        "Conv",
                        new long[] {1, 6, 9, 8},
                        new long[] {4, 3, 3, 3},
                        Map.of("group", Sketch.of(2L), "strides", ints(2, 1), "dilations", ints(1, 2))),
                Arguments.of(
                        "Conv",
                        new long[] {1, 5, 8, 8},
                        new long[] {10, 1, 3, 3},
                        Map.of("group", Sketch.of(5L), "pads", ints(1, 1, 1, 1))),
                Arguments.of(
                        "Conv",
                        new long[] {2, 4, 20},
                        new long[] {6, 4, 5},
                        Map.of("pads", ints(3, 1), "strides", ints(2))),
                Arguments.of("Gemm", new long[] {9, 12}, new long[] {12, 5}, Map.of()),
                Arguments.of("Gemm", new long[] {9, 12}, new long[] {5, 12}, Map.of("transB", Sketch.of(1L))),
                Arguments.of("MatMul", new long[] {2, 7, 12}, new long[] {12, 5}, Map.of()));
    }

    /** A layer whose inputs go together: the first half of each item is drawn, the second half about repeats it. */
    private static Network network(String operator, long[] input, long[] weight, Map<String, Attribute> attributes) {
        return Sketch.opset(17)
                .input("x", input)
                .weight("w", weight)
                .node(operator + " x w -> y", attributes)
                .output("y")
                .network();
    }

    private static LinearNode layer(Network network) {
        return QuantizationPlan.layer(
                        Patch.of(network, Sketch.shapes(network)),
                        Sketch.shapes(network),
                        network.nodes().get(0))
                .orElseThrow();
    }

    private static List<Map<String, Tensor>> items(Network network) {
        return RandomItems.of(network, Sketch.shapes(network), 40, 3).stream()
                .map(item -> Map.of("x", together(Objects.requireNonNull(item.get("x")))))
                .toList();
    }

    /** Neighbours made alike, along all axes. */
    private static Tensor together(Tensor tensor) {
        float[] values = tensor.toFloats();
        for (int i = 1; i < values.length; i++) {
            values[i] = 0.9f * values[i - 1] + 0.3f * values[i];
        }
        return Tensor.of(values, tensor.shape());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void receptiveFields_timesTheWeights_areWhatTheRuntimeAnswers(
            String operator, long[] input, long[] weight, Map<String, Attribute> attributes) {
        Network network = network(operator, input, weight, attributes);
        LinearNode layer = layer(network);
        ReceptiveFields fields = ReceptiveFields.of(layer).orElseThrow();
        Tensor x = Objects.requireNonNull(items(network).get(0).get("x"));
        float[] answer;
        try (Session session = Reference.open(network)) {
            answer =
                    Objects.requireNonNull(session.run(Map.of("x", x)).get("y")).toFloats();
        }

        int places = fields.places(x.shape());
        assertThat(places * layer.channels()).isEqualTo(answer.length);
        float[] weights = layer.weight().floats();
        int perItem = operator.equals("Conv") ? places / Math.toIntExact(input[0]) : 1;
        int stride = QuantizedWeights.axis(layer) == 0 ? 1 : layer.channels();
        double[] field = new double[fields.size()];
        for (int place = 0; place < places; place++) {
            for (int channel = 0; channel < layer.channels(); channel++) {
                fields.read(x.toFloats(), x.shape(), place, channel / (layer.channels() / fields.groups()), field);
                double sum = 0;
                for (int i = 0; i < field.length; i++) {
                    sum += field[i] * weights[stride == 1 ? channel * field.length + i : i * stride + channel];
                }
                int at = (place / perItem * layer.channels() + channel) * perItem + place % perItem;
                assertThat(sum).isCloseTo(answer[at], within(1e-4)); // float32 sums of at most 36 products below 3
            }
        }
    }

    private static double[][][] moments(Network network, LinearNode layer) {
        Map<String, double[][][]> moments = new HashMap<>();
        SecondMoments.each(network, List.of(layer), items(network), (read, sums) -> moments.put("layer", sums));
        return Objects.requireNonNull(moments.get("layer"));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void bytes_ofInputsThatGoTogether_changeTheOutputLessThanTheNearest(
            String operator, long[] input, long[] weight, Map<String, Attribute> attributes) {
        Network network = network(operator, input, weight, attributes);
        LinearNode layer = layer(network);
        double[][][] held = moments(network, layer);
        float[] scales = QuantizedWeights.of(layer, COARSE, layer.bias(), 1, WeightRounding.NEAREST)
                .scales();
        Curvatures curvatures = Curvatures.of(reader -> reader.read(layer, held));

        byte[] gptq = new LayerRounding(Rounding.GPTQ, curvatures).bytes(layer, scales, COARSE);
        byte[] descent = new LayerRounding(Rounding.DESCENT, curvatures).bytes(layer, scales, COARSE);

        double nearest = error(layer, scales, WeightRounding.NEAREST.bytes(layer, scales, COARSE), held);
        double ofGptq = error(layer, scales, gptq, held);
        assertThat(ofGptq).isLessThan(0.95 * nearest);
        assertThat(error(layer, scales, descent, held)).isLessThanOrEqualTo(ofGptq);
        for (byte value : descent) {
            assertThat(value).isBetween((byte) -COARSE, (byte) COARSE);
        }
    }

    /** The squared error of a channel's output, with the damping that roundings see. */
    private static double error(double[] weights, int[] levels, LevelGrid grid, Curvature curvature) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            for (int j = 0; j < weights.length; j++) {
                sum += (weights[i] - grid.value(i, levels[i]))
                        * curvature.row(i)[j]
                        * (weights[j] - grid.value(j, levels[j]));
            }
        }
        return sum;
    }

    /** Levels 0 to 3, with steps and zeros that differ; that of the last weight counts downwards. */
    private static final LevelGrid UNEVEN = new LevelGrid() {
        @Override
        public int lowest() {
            return 0;
        }

        @Override
        public int highest() {
            return 3;
        }

        @Override
        public double step(int weight) {
            return weight == 5 ? -0.4 : 0.2 + 0.1 * weight;
        }

        @Override
        public int zero(int weight) {
            return weight % 4;
        }
    };

    @Test
    void descent_ofSixWeights_endsWhereNoWeightMovesAlone_nearTheBestOfAll() {
        SplittableRandom random = new SplittableRandom(5);
        double found = 0;
        double least = 0;
        double nearest = 0;
        for (int round = 0; round < 20; round++) {
            double[][] inputs = new double[12][6];
            for (double[] input : inputs) {
                double shared = random.nextDouble() * 2 - 1;
                for (int i = 0; i < 6; i++) {
                    input[i] = shared + 0.5 * random.nextDouble();
                }
            }
            double[][] moments = new double[6][6];
            for (double[] input : inputs) {
                for (int i = 0; i < 6; i++) {
                    for (int j = 0; j < 6; j++) {
                        moments[i][j] += input[i] * input[j];
                    }
                }
            }
            Curvature curvature = Curvature.of(moments);
            double[] weights = random.doubles(6, -0.6, 0.6).toArray();

            int[] levels = Rounding.DESCENT.levels(weights, UNEVEN, curvature);

            double error = error(weights, levels, UNEVEN, curvature);
            for (int i = 0; i < 6; i++) {
                int own = levels[i];
                for (int level = 0; level <= 3; level++) {
                    levels[i] = level;
                    assertThat(error(weights, levels, UNEVEN, curvature)).isGreaterThanOrEqualTo(error - 1e-6);
                }
                levels[i] = own;
            }
            found += error;
            nearest += error(weights, Rounding.NEAREST.levels(weights, UNEVEN, curvature), UNEVEN, curvature);
            least += least(weights, curvature);
        }
        assertThat(found).isLessThan(nearest - 0.8 * (nearest - least)); // of what can be gained, most is
    }

    /** The error of the best of all 4,096 levels. */
    private static double least(double[] weights, Curvature curvature) {
        double least = Double.MAX_VALUE;
        int[] levels = new int[6];
        for (int code = 0; code < 4096; code++) {
            for (int i = 0; i < 6; i++) {
                levels[i] = code >> (2 * i) & 3;
            }
            least = Math.min(least, error(weights, levels, UNEVEN, curvature));
        }
        return least;
    }

    /** The squared error of the outputs: d·H·d for the weights' errors d, over all channels. */
    private static double error(LinearNode layer, float[] scales, byte[] bytes, double[][][] moments) {
        float[] weights = layer.weight().floats();
        int size = weights.length / scales.length;
        int stride = QuantizedWeights.axis(layer) == 0 ? 1 : scales.length;
        double sum = 0;
        for (int channel = 0; channel < scales.length; channel++) {
            double[] off = new double[size];
            for (int i = 0; i < size; i++) {
                int at = stride == 1 ? channel * size + i : i * stride + channel;
                off[i] = weights[at] - (double) bytes[at] * scales[channel];
            }
            double[][] moment = moments[channel / (scales.length / moments.length)];
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    sum += off[i] * moment[i][j] * off[j];
                }
            }
        }
        return sum;
    }

    @Test
    void bytes_ofALayerWithoutMoments_areTheNearest() {
        Network network = network("Conv", new long[] {1, 2, 4, 4, 4}, new long[] {3, 2, 2, 2, 2}, Map.of());
        LinearNode layer = layer(network);
        float[] scales = {0.1f, 0.1f, 0.1f};

        Curvatures curvatures = Curvatures.of(network, Sketch.shapes(network), items(network));
        byte[] rounded = new LayerRounding(Rounding.DESCENT, curvatures).bytes(layer, scales, COARSE);

        assertThat(ReceptiveFields.of(layer)).isEmpty();
        assertThat(rounded).isEqualTo(WeightRounding.NEAREST.bytes(layer, scales, COARSE));
    }

    @ParameterizedTest
    @CsvSource({"4, false", "4, true", "2, false"})
    void blocks_ofInputsThatGoTogether_changeTheOutputLessThanTheNearest(int bits, boolean symmetric) {
        BlockOptions options = new BlockOptions(bits, 16, symmetric);
        List<Network> networks = List.of(
                network("Gemm", new long[] {9, 40}, new long[] {40, 16}, Map.of()),
                network("Gemm", new long[] {9, 40}, new long[] {16, 40}, Map.of("transB", Sketch.of(1L))),
                network(
                        "Conv",
                        new long[] {1, 8, 9, 8},
                        new long[] {8, 4, 3, 3},
                        Map.of("group", Sketch.of(2L), "pads", ints(1, 1, 1, 1))),
                network("MatMul", new long[] {2, 256}, new long[] {256, 256}, Map.of())); // by the runtime's kernel
        for (Network network : networks) {
            Reference reference = Reference.of(network, items(network).subList(0, 20));
            Curvatures curvatures = Curvatures.of(network, Sketch.shapes(network), items(network));
            Map<Rounding, Double> noise = new EnumMap<>(Rounding.class);
            for (Rounding rounding : Rounding.values()) {
                Network stored = WeightStorage.blocks(
                        network, Sketch.shapes(network), options, node -> true, rounding, curvatures);
                noise.put(rounding, reference.difference(stored).signalToNoise());
            }

            double nearest = Objects.requireNonNull(noise.get(Rounding.NEAREST));
            assertThat(noise.get(Rounding.GPTQ)).isGreaterThan(nearest + 1);
            assertThat(noise.get(Rounding.DESCENT)).isGreaterThan(nearest + 1);
        }
    }
}
