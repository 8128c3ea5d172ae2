package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.ValueInfo;
import dev.narrows.plan.RandomItems;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightStorageTest {

    /** Convolutions plain, depthwise and transposed, a Gemm of either kind and a MatMul; no row is a multiple of 16. */
    private static Network layers(long opset) {
        return Sketch.opset(opset)
                .input("x", -1, 3, 9, 9)
                .weight("w1", 40, 3, 3, 3)
                .weight("b1", 40)
                .weight("w2", 40, 1, 3, 3)
                .weight("w3", 40, 10, 2, 2)
                .weight("w4", 1000, 24)
                .weight("b4", 24)
                .weight("w5", 30, 24)
                .weight("b5", 30)
                .weight("w6", 30, 20)
                .node("Conv x w1 b1 -> a")
                .node("Conv a w2 -> b", Map.of("group", Sketch.of(40L)))
                .node("ConvTranspose b w3 -> c", Map.of("strides", Sketch.ints(2L, 2L)))
                .node("Flatten c -> d")
                .node("Gemm d w4 b4 -> e")
                .node("Gemm e w5 b5 -> f", Map.of("transB", Sketch.of(1L)))
                .node("MatMul f w6 -> y")
                .output("y", -1, 20)
                .network();
    }

    private static Network stored(Network network, NumberFormat format) {
        return WeightStorage.floats(network, Sketch.shapes(network), format, node -> true);
    }

    private static double meanError(Network network, Network changed) {
        return Sketch.reference(network).difference(changed).mean();
    }

    /** What the runtime makes of a stored weight. */
    private static float[] restored(Network stored, String weight) {
        ValueInfo output = new ValueInfo(weight + ".float32", Optional.empty(), "", Encoded.NONE);
        try (Session session = Reference.open(stored.withOutputs(List.of(output)))) {
            Map<String, Tensor> item =
                    RandomItems.of(stored, Sketch.shapes(stored), 1, 1).get(0);
            return Objects.requireNonNull(session.run(item).get(output.name())).toFloats();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT16, 7, 0.001", "FLOAT16, 21, 0.001", "BFLOAT16, 13, 0.01", "BFLOAT16, 25, 0.01",
        "FLOAT8_E4M3, 9, 0.1", "FLOAT8_E4M3, 19, 0.1", "FLOAT8_E5M2, 10, 0.2", "FLOAT8_E5M2, 21, 0.2"
    })
    void floats_anyOpset_answersWithinTheFormatsPrecision(NumberFormat format, long opset, double tolerance) {
        Network network = layers(opset);

        Network stored = stored(network, format);

        // a step is 2⁻¹¹, 2⁻⁸, 2⁻⁴ or 2⁻³ of a weight at most; errors of many weights nearly cancel out
        assertThat(meanError(network, stored)).isLessThan(tolerance).isPositive();
        assertThat(stored.inputs()).isEqualTo(network.inputs());
        assertThat(stored.outputs()).isEqualTo(network.outputs());
        assertThat(stored.opsets()).isEqualTo(network.opsets());
        assertThat(stored.metadata()).isEqualTo(network.metadata());
        assertThat(stored.initializers().get("b1"))
                .isEqualTo(network.initializers().get("b1"));
        assertThat(stored.initializers()).doesNotContainKeys("w1", "w3", "w4", "w5", "w6");
        boolean narrow = format == NumberFormat.FLOAT8_E4M3 || format == NumberFormat.FLOAT8_E5M2;
        assertThat(stored.initializers().containsKey("w2")).isEqualTo(narrow); // a depthwise convolution's
        assertThat(OnnxReader.read(OnnxWriter.write(stored), OnnxReader.ExternalData.NONE))
                .isEqualTo(stored);
        assertThat(Kernels.of(stored, Sketch.reference(network).items().get(0), 1)
                        .byOperator()
                        .keySet())
                .isEqualTo(Kernels.of(network, Sketch.reference(network).items().get(0), 1)
                        .byOperator()
                        .keySet());
    }

    @ParameterizedTest
    @CsvSource({"FLOAT16, FLOAT16, 7", "BFLOAT16, BFLOAT16, 13"})
    void floats_of16Bits_roundEachWeightOnce(NumberFormat format, DType type, long opset) {
        Network network = layers(opset);
        float[] weights = Sketch.floats(network, "w4");

        float[] restored = restored(stored(network, format), "w4");

        assertThat(restored)
                .isEqualTo(Tensor.of(weights, weights.length).to(type).toFloats())
                .isNotEqualTo(weights);
    }

    @ParameterizedTest
    @CsvSource({"E4M3, 9", "E4M3, 19", "E5M2, 9", "E5M2, 19"})
    void floats_of8Bits_areScaledByOutputChannel(Float8 format, long opset) {
        Network network = layers(opset);
        float[] weights = Sketch.floats(network, "w6"); // (30, 20): columns are channels

        float[] restored = restored(
                stored(network, format == Float8.E4M3 ? NumberFormat.FLOAT8_E4M3 : NumberFormat.FLOAT8_E5M2), "w6");

        for (int channel = 0; channel < 20; channel++) {
            float scale = 0;
            for (int i = channel; i < weights.length; i += 20) {
                scale = Math.max(scale, Math.abs(weights[i]) / format.largest());
            }
            for (int i = channel; i < weights.length; i += 20) {
                assertThat(restored[i]).isEqualTo(format.decode(format.encode(weights[i] / scale)) * scale);
            }
        }
    }

    @Test
    void floats_beyondFloat16_becomeItsLargestNumber() {
        float[] weights = new float[256];
        weights[0] = 1e6f;
        weights[1] = -1e30f;
        weights[2] = 1e-30f;
        Network network = Sketch.opset(13)
                .input("x", 1, 16)
                .constant("w", weights, 16, 16)
                .node("MatMul x w -> y")
                .output("y", 1, 16)
                .network();

        assertThat(restored(stored(network, NumberFormat.FLOAT16), "w"))
                .startsWith(65_504, -65_504, 0)
                .hasSize(256);
        assertThat(restored(stored(network, NumberFormat.FLOAT8_E4M3), "w")).startsWith(1e6f, -1e30f);
    }

    @Test
    void floats_ofBfloat16BeforeItsOpset_areRefused() {
        assertThatThrownBy(() -> stored(layers(12), NumberFormat.BFLOAT16))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("opset: 12 (expected: 13 or newer");
    }

    @Test
    void floats_ofANetworkWithoutWeights_areRefused() {
        Network network = Sketch.opset(17)
                .input("x", 1, 4)
                .weight("b", 4)
                .node("Add x b -> y")
                .output("y", 1, 4)
                .network();

        assertThatThrownBy(() -> stored(network, NumberFormat.FLOAT16))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("weights: none");
    }

    @Test
    void floats_ofAWeightThatAKeptNodeReads_stay() {
        Network network = layers(17);

        Network stored =
                WeightStorage.floats(network, Sketch.shapes(network), NumberFormat.FLOAT16, node -> !node.is("Gemm"));

        assertThat(stored.initializers()).containsKeys("w4", "w5").doesNotContainKeys("w1", "w6");
    }

    @Test
    void floats_ofAWeightThatASubgraphReads_stay() {
        Network network = Conditional.network();

        Network stored = stored(network, NumberFormat.FLOAT16);

        assertThat(stored.initializers()).containsKey("shared").doesNotContainKey("own");
        assertThat(meanError(network, stored)).isLessThan(0.001);
    }

    @Test
    void floats_ofARecurrentLayer_areScaledByGateAndUnit() {
        Network network = Sketch.opset(14)
                .input("x", 6, 1, 12)
                .weight("w", 2, 64, 12)
                .weight("r", 2, 64, 16)
                .node(
                        "LSTM x w r -> a",
                        Map.of("hidden_size", Sketch.of(16L), "direction", new Attribute.Text("bidirectional", false)))
                .node("Transpose a -> y", Map.of("perm", Sketch.ints(2L, 0L, 1L, 3L)))
                .output("y", 16, 6, 2, 1)
                .network();

        Network stored = stored(network, NumberFormat.FLOAT8_E4M3);

        assertThat(Sketch.dims(stored, "w.scale")).containsExactly(2L, 64L, 1L);
        assertThat(meanError(network, stored)).isLessThan(0.1).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "4, 16, true, 7",
        "4, 32, false, 9",
        "4, 64, true, 21",
        "4, 32, false, 21",
        "2, 16, false, 11",
        "2, 32, true, 25",
        "2, 32, false, 25"
    })
    void blocks_anyOpset_areBroughtBackAsTheirLevelsSay(int bits, int group, boolean symmetric, long opset) {
        Network network = layers(opset);
        BlockOptions options = new BlockOptions(bits, group, symmetric);

        Network stored = WeightStorage.blocks(network, Sketch.shapes(network), options, node -> true);

        assertThat(stored.initializers()).containsKey("w2").doesNotContainKeys("w1", "w3", "w4", "w5", "w6");
        Map<String, WeightMatrix> weights =
                WeightMatrix.of(network, node -> !node.inputs().contains("w2")); // a depthwise convolution's stays
        weights.forEach((name, matrix) -> {
            float[] restored = restored(stored, name);
            BlockCodes codes = BlockCodes.of(matrix, options, BlockRounding.NEAREST);
            for (int row = 0; row < matrix.rows(); row++) {
                for (int column = 0; column < matrix.columns(); column++) {
                    int place = matrix.transposed() ? column * matrix.rows() + row : row * matrix.columns() + column;
                    assertThat(restored[place]).isEqualTo(codes.weight(row, column));
                }
            }
        });
        assertThat(stored.initializers().get("b4"))
                .isEqualTo(network.initializers().get("b4"));
        assertThat(OnnxReader.read(OnnxWriter.write(stored), OnnxReader.ExternalData.NONE))
                .isEqualTo(stored);
        // uniform weights in [-1, 1): steps of 2 / 15 or 2 / 3 of their range and six layers
        assertThat(meanError(network, stored)).isLessThan(bits == 4 ? 0.3 : 1.5);
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 13, 21})
    void blocks_ofLargeProducts_runInTheRuntimesKernel(long opset) {
        Network network = Sketch.opset(opset)
                .input("x", -1, 300)
                .weight("w1", 256, 300)
                .weight("b1", 256)
                .weight("w2", 256, 256)
                .node("Gemm x w1 b1 -> a", Map.of("transB", Sketch.of(1L)))
                .node("Tanh a -> b")
                .node("MatMul b w2 -> y")
                .output("y", -1, 256)
                .network();
        for (boolean symmetric : new boolean[] {true, false}) {
            BlockOptions options = new BlockOptions(4, 32, symmetric);

            Network stored = WeightStorage.blocks(network, Sketch.shapes(network), options, node -> true);

            assertThat(Kernels.of(stored, Sketch.reference(network).items().get(0), 1)
                            .byOperator())
                    .containsKey("MatMulNBits")
                    .doesNotContainKeys("MatMul", "Gemm");
            // against the same weights in float32: what is left is the rounding of inputs to 8 bits a group
            Network wide = network.withInitializers(Map.of(
                    "w1", widened(network, "w1", options),
                    "b1", Objects.requireNonNull(network.initializers().get("b1")),
                    "w2", widened(network, "w2", options)));
            assertThat(meanError(wide, stored)).isLessThan(0.02);
            assertThat(Footprint.of(stored, Sketch.shapes(stored)).macs())
                    .isEqualTo(Footprint.of(network, Sketch.shapes(network)).macs());
        }
    }

    /** Elements as the file has them, but for those that hold levels. */
    private static long otherElements(Network stored) {
        return stored.constants().values().stream()
                .filter(tensor -> !tensor.name().endsWith(".levels"))
                .mapToLong(ConstantTensor::elements)
                .sum();
    }

    @ParameterizedTest
    @CsvSource({"4, 9", "4, 21", "2, 11", "2, 25"})
    void footprint_ofLevels_countsEachWhateverHoldsThem(int bits, long opset) {
        Network network = layers(opset);
        BlockOptions options = new BlockOptions(bits, 32, false);
        long levels = WeightMatrix.of(network, node -> !node.inputs().contains("w2")).values().stream()
                .mapToLong(matrix ->
                        BlockCodes.of(matrix, options, BlockRounding.NEAREST).levels().length)
                .sum();

        Network stored = WeightStorage.blocks(network, Sketch.shapes(network), options, node -> true);

        Footprint footprint = Footprint.of(stored, Sketch.shapes(stored));
        assertThat(footprint.parameters()).isEqualTo(otherElements(stored) + levels);
        assertThat(footprint.nonZeros()).isBetween(levels, footprint.parameters());
        assertThat(levels).isGreaterThan(24_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void footprint_ofProductsOnLevels_countsTheirWeights(boolean symmetric) {
        Network network = Sketch.opset(13)
                .input("x", 1, 300)
                .weight("w", 256, 300)
                .node("Gemm x w -> y", Map.of("transB", Sketch.of(1L)))
                .output("y", 1, 256)
                .network();

        Network stored =
                WeightStorage.blocks(network, Sketch.shapes(network), new BlockOptions(4, 32, symmetric), node -> true);

        assertThat(stored.nodes()).anyMatch(node -> node.opType().equals("MatMulNBits"));
        long groups = 256 * 10; // of 32 of 300 numbers, the last one shorter
        assertThat(Footprint.of(stored, Sketch.shapes(stored)).parameters())
                .isEqualTo(256 * 300 + groups + (symmetric ? 0 : groups)); // scales, and zeros
    }

    @Test
    void footprint_ofBytesThatAreLookedUpOtherwise_countsThemOnce() {
        Network float8 = stored(layers(11), NumberFormat.FLOAT8_E4M3);

        long elements = float8.constants().values().stream()
                .mapToLong(ConstantTensor::elements)
                .sum();
        assertThat(Footprint.of(float8, Sketch.shapes(float8)).parameters()).isEqualTo(elements);
    }

    private static ConstantTensor widened(Network network, String weight, BlockOptions options) {
        WeightMatrix matrix =
                Objects.requireNonNull(WeightMatrix.of(network, node -> true).get(weight));
        BlockCodes codes = BlockCodes.ofFullGroups(matrix, options, BlockRounding.NEAREST);
        float[] values = new float[matrix.rows() * matrix.columns()];
        for (int i = 0; i < values.length; i++) {
            int row = matrix.rowOf(i);
            values[i] = codes.weight(row, matrix.transposed() ? i / matrix.rows() : i % matrix.columns());
        }
        return ConstantTensor.of(weight, matrix.tensor().dims(), values);
    }

    @ParameterizedTest
    @CsvSource({"4, true", "4, false", "2, true", "2, false"})
    void blocks_searched_loseLessThanThoseThatHoldEverything(int bits, boolean symmetric) {
        WeightMatrix matrix =
                Objects.requireNonNull(WeightMatrix.of(layers(17), node -> true).get("w4"));
        float[] bell = matrix.tensor().floats();
        for (int i = 0; i < bell.length; i++) {
            bell[i] = bell[i] * bell[i] * bell[i]; // few are large, as in trained layers
        }
        WeightMatrix weights = new WeightMatrix(
                ConstantTensor.of("w4", matrix.tensor().dims(), bell), matrix.rows(), matrix.columns(), true);
        BlockOptions options = new BlockOptions(bits, 32, symmetric);

        double searched = squaredError(weights, BlockCodes.ofFullGroups(weights, options, BlockRounding.NEAREST));
        double plain = squaredError(weights, BlockCodes.of(weights, options, 32, BlockRounding.NEAREST, 1));

        assertThat(searched).isLessThan(0.98 * plain).isPositive();
    }

    private static double squaredError(WeightMatrix matrix, BlockCodes codes) {
        float[] values = matrix.values();
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            double error = values[i] - codes.weight(i / matrix.columns(), i % matrix.columns());
            sum += error * error;
        }
        return sum;
    }

    @Test
    void blocks_ofTinyWeights_keepTheirScalesInFloat32() {
        Network network = Sketch.opset(17)
                .input("x", 1, 32)
                .weight("w", -1e-9, 1e-9, 32, 32)
                .node("MatMul x w -> y")
                .output("y", 1, 32)
                .network();

        Network stored =
                WeightStorage.blocks(network, Sketch.shapes(network), new BlockOptions(4, 32, true), node -> true);

        assertThat(stored.initializers().get("w.scale"))
                .extracting(ConstantTensor::type)
                .isEqualTo(ElementType.FLOAT);
        assertThat(meanError(network, stored)).isLessThan(0.15);
    }

    @Test
    void evenGroup_ofRowsThatAreNoMultiple_wastesAlmostNothing() {
        BlockOptions options = new BlockOptions(2, 128, false);

        assertThat(options.evenGroup(144)).isEqualTo(72);
        assertThat(options.evenGroup(128)).isEqualTo(128);
        assertThat(options.evenGroup(27)).isEqualTo(28); // four levels a byte
        assertThat(options.evenGroup(300)).isEqualTo(100);
    }

    @Test
    void tables_ofManyWeights_areHeldOnce() {
        Network network = layers(11);

        Network bytes = stored(network, NumberFormat.FLOAT8_E4M3);
        Network pairs =
                WeightStorage.blocks(network, Sketch.shapes(network), new BlockOptions(4, 32, false), node -> true);

        for (Network stored : List.of(bytes, pairs)) {
            assertThat(stored.initializers().keySet().stream().filter(name -> name.contains(".table")))
                    .hasSize(1);
        }
    }

    @Test
    void blockOptions_ofAGroupThatNoKernelTakes_areRefused() {
        assertThatThrownBy(() -> new BlockOptions(4, 24, true))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("group: 24");
        assertThatThrownBy(() -> new BlockOptions(3, 32, true)).isInstanceOf(InvalidException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "cnn:width=0.25, FLOAT16, 0.001", "resnet:depth=8, FLOAT16, 0.001", "mlp, FLOAT16, 0.001",
        "cnn:width=0.25, FLOAT8_E4M3, 0.05", "resnet:depth=8, FLOAT8_E4M3, 0.05", "mlp, FLOAT8_E4M3, 0.05",
        "cnn:width=0.25, INT4, 0.2", "resnet:depth=8, INT4, 0.2", "mlp, INT4, 0.2"
    })
    void storage_ofZooNetworks_answersNearlyTheSame(String spec, NumberFormat format, double tolerance) {
        Network network = Zoo.build(Architecture.parse(spec), new InputShape.Image(3, 16, 16), 10, 1);

        Network stored = format == NumberFormat.INT4
                ? WeightStorage.blocks(network, Sketch.shapes(network), new BlockOptions(4, 32, false), node -> true)
                : stored(network, format);

        assertThat(meanError(network, stored)).isLessThan(tolerance).isPositive();
        assertThat(OnnxWriter.write(stored).remaining())
                .isLessThan(OnnxWriter.write(network).remaining());
    }

    @ParameterizedTest
    @CsvSource({"FLOAT16, 0.005", "BFLOAT16, 0.05", "FLOAT8_E4M3, 0.1"})
    void floats_ofANetworkWithItsFrontEnd_answersNearlyTheSame(NumberFormat format, double tolerance) {
        Network network = Zoo.build(Architecture.parse("dscnn"), new InputShape.Sound(16_000, 16_000), 4, 1);

        assertThat(meanError(network, stored(network, format))).isLessThan(tolerance);
    }
}
