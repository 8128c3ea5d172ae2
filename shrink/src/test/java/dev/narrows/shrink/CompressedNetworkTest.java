package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.MalformedException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.plan.RandomItems;
import dev.narrows.wire.weights.WeightsCode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CompressedNetworkTest {

    private static final Network NETWORK = Sketch.opset(17)
            .input("x", -1, 8, 6, 6)
            .weight("w1", 32, 8, 3, 3)
            .weight("b1", 32)
            .weight("w2", 32 * 16, 60)
            .node("Conv x w1 b1 -> a")
            .node("Relu a -> b")
            .node("Flatten b -> c")
            .node("MatMul c w2 -> y")
            .output("y", -1, 60)
            .network();

    private static Network shared(double ratio, int bits) {
        Network pruned = WeightPruning.of(NETWORK, Sketch.shapes(NETWORK), node -> true)
                .pruned(WeightPruning.Method.GLOBAL_WEIGHT, ratio, Map.of(), 0);
        return WeightSharing.of(pruned, Sketch.shapes(pruned), node -> true).shared(layer -> bits);
    }

    private static CompressedNetwork compressed(Network network) {
        return CompressedNetwork.of(network, () -> {});
    }

    private static Network there(Network network) {
        return NetworkExpansion.read(compressed(network).bytes());
    }

    @Test
    void read_ofASharedNetwork_isItByteByByteAndAnswersAlike() {
        Network network = shared(8, 4);

        Network read = there(network);

        assertThat(OnnxWriter.write(read)).isEqualTo(OnnxWriter.write(network));
        Reference reference = Reference.of(network, RandomItems.of(network, Sketch.shapes(network), 4, 1));
        assertThat(reference.difference(read).largest()).isZero(); // the same bytes, so the same answers
    }

    @Test
    void read_ofAnyNetwork_isItByteByByte() {
        Network quantized = Int8.calibrated(
                        NETWORK, Sketch.shapes(NETWORK), RandomItems.of(NETWORK, Sketch.shapes(NETWORK), 4, 1))
                .quantized(Int8Options.DEFAULT, node -> true);
        Network nothing = Sketch.opset(17)
                .input("x", 1, 3)
                .node("Relu x -> y")
                .output("y", 1, 3)
                .network();
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(NETWORK.initializers());
        initializers.put(
                "text",
                new ConstantTensor(
                        "text",
                        ElementType.STRING,
                        List.of(2L),
                        ByteBuffer.allocate(0),
                        List.of("a", "b".repeat(200)),
                        ""));
        initializers.put("none", ConstantTensor.of("none", List.of(0L, 4L)));
        initializers.put(
                "nibbles",
                new ConstantTensor(
                        "nibbles",
                        ElementType.INT4,
                        List.of(3L, 99L),
                        ByteBuffer.allocate(149),
                        List.of(),
                        "documented"));
        Network odd = NETWORK.withInitializers(initializers);

        for (Network network : List.of(NETWORK, quantized, nothing, odd)) {
            assertThat(OnnxWriter.write(there(network))).isEqualTo(OnnxWriter.write(network));
        }
    }

    @Test
    void of_aPrunedAndSharedNetwork_isFarSmallerThanBehindDeflate() {
        CompressedNetwork dense = compressed(NETWORK);
        CompressedNetwork shared = compressed(shared(10, 4));

        assertThat(dense.onnxBytes()).isEqualTo(shared.onnxBytes());
        assertThat((double) dense.length() / dense.onnxBytes()).isBetween(0.8, 0.95); // 24 bits of 32 are noise
        assertThat((double) shared.length() / shared.deflatedBytes()).isLessThan(0.75);
        // a tenth is left, of 15 values: 0.47 bits for which, 0.39 for what, of 32; the codes, the graph and the bias
        // take some
        assertThat((double) shared.onnxBytes() / shared.length()).isBetween(30.0, 40.0);
        CompressedNetwork.Part part = shared.parts().stream()
                .filter(one -> one.tensor().name().equals("w2"))
                .findFirst()
                .orElseThrow();
        assertThat(part.kind()).isEqualTo(WeightsCode.Kind.PALETTE);
        assertThat(part.values()).hasValue(16);
        assertThat(part.nonZeros()).isBetween(2500L, 3500L);
        assertThat(part.bitsPerWeight()).isBetween(0.7, 1.0);
    }

    @Test
    void of_theSameNetwork_givesTheSameBytes() {
        assertThat(compressed(shared(4, 5)).bytes())
                .isEqualTo(compressed(shared(4, 5)).bytes());
    }

    @Test
    void read_ofDamagedFiles_refusesAllAndNamesTheByte() {
        Network small = Sketch.opset(17)
                .input("x", 1, 16)
                .weight("w1", 16, 24)
                .weight("w2", 24, 4)
                .node("MatMul x w1 -> a")
                .node("MatMul a w2 -> y")
                .output("y", 1, 4)
                .network();
        small = WeightSharing.of(small, Sketch.shapes(small), node -> true)
                .shared(layer -> layer.weight().name().equals("w1") ? 4 : 0);
        byte[] file = compressed(small).bytes();
        byte[] onnx = bytes(small);
        SplittableRandom random = new SplittableRandom(1);
        int same = 0;
        for (int i = 0; i < 4000; i++) {
            byte[] damaged = damaged(file, random);
            try {
                // what a change leaves as it was, such as bits at a code's end that say nothing, may pass
                assertThat(bytes(NetworkExpansion.read(damaged))).isEqualTo(onnx);
                same++;
            } catch (MalformedException e) {
                assertThat(e).hasMessageMatching("(?s).*\\bbyte \\d+.*");
            }
        }
        assertThat(same).isLessThan(200);
    }

    private static byte[] bytes(Network network) {
        ByteBuffer onnx = OnnxWriter.write(network);
        byte[] bytes = new byte[onnx.remaining()];
        onnx.get(bytes);
        return bytes;
    }

    private static byte[] damaged(byte[] file, SplittableRandom random) {
        byte[] damaged = file.clone();
        switch (random.nextInt(4)) {
            case 0 -> damaged = Arrays.copyOf(file, random.nextInt(file.length));
            case 1 -> damaged = Arrays.copyOf(file, file.length + 1 + random.nextInt(9));
            case 2 -> damaged[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
            default -> {
                for (int k = 0; k < 4; k++) {
                    damaged[random.nextInt(file.length)] = (byte) random.nextInt(256);
                }
            }
        }
        return damaged;
    }

    @Test
    void read_ofOtherFiles_saysWhatIsExpected() {
        assertThatThrownBy(() -> NetworkExpansion.read(bytes(NETWORK)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("magic number: ")
                .hasMessageContaining("(expected: 4e525a01), byte 0");
        assertThatThrownBy(() -> NetworkExpansion.read(new byte[2]))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("2 bytes left (expected: 4), byte 0");
    }

    @Test
    void read_ofAFileThatClaimsMoreThanItHolds_refusesItWithoutAllocatingThat() {
        byte[] file = compressed(shared(4, 5)).bytes();
        byte[] huge = file.clone();
        Arrays.fill(huge, 4, 7, (byte) 0xFF); // the network: 2³¹ - 1 bytes
        huge[7] = 0x7F;
        Arrays.fill(huge, 40, 43, (byte) 0xFF); // the graph too
        huge[43] = 0x7F;

        assertThatThrownBy(() -> NetworkExpansion.read(huge)).isInstanceOf(MalformedException.class);
    }
}
