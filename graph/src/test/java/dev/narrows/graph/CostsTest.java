package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CostsTest {

    private static final Attribute TRANS = new Attribute.IntValue(1);

    /** MACs of one node over values of the given shapes. */
    private static long macs(
            String op, String domain, Map<String, Attribute> attributes, long[] out, long[]... inputs) {
        NetworkSketch sketch = new NetworkSketch();
        List<String> names = new java.util.ArrayList<>();
        for (long[] input : inputs) {
            sketch.input("i" + names.size(), input);
            names.add("i" + names.size());
        }
        sketch.shape("y", out);
        sketch.node(new Node("", op, domain, names, List.of("y"), attributes, Encoded.NONE));
        sketch.output("y");
        return Costs.of(sketch.network(), sketch.shapes()).get(0).macs();
    }

    private static long macs(String op, long[] out, long[]... inputs) {
        return macs(op, "", Map.of(), out, inputs);
    }

    private static long[] d(long... dims) {
        return dims;
    }

    @Test
    void of_convolutions_countOutputsTimesWindow() {
        assertThat(macs("Conv", d(1, 8, 5, 5), d(1, 3, 7, 7), d(8, 3, 3, 3))).isEqualTo(8 * 25 * 27);
        assertThat(macs("Conv", d(1, 8, 5), d(1, 4, 7), d(8, 2, 3))).isEqualTo(8 * 5 * 6); // two groups, one axis
        assertThat(macs("Conv", d(1, 2, 3, 3, 3), d(1, 1, 4, 4, 4), d(2, 1, 2, 2, 2)))
                .isEqualTo(2 * 27 * 8);
        assertThat(macs("Conv", d(1, 8, 5, 5), d(1, 8, 7, 7), d(8, 1, 3, 3))).isEqualTo(8 * 25 * 9); // depthwise
        assertThat(macs("ConvInteger", d(1, 8, 5, 5), d(1, 3, 7, 7), d(8, 3, 3, 3)))
                .isEqualTo(8 * 25 * 27);
        assertThat(macs("QLinearConv", d(1, 8, 5, 5), d(1, 3, 7, 7), d(), d(), d(8, 3, 3, 3)))
                .isEqualTo(8 * 25 * 27);
    }

    @Test
    void of_transposedConvolution_countsInputsTimesWindow() {
        // input (1, 4, 3, 3), weights (4, 2, 2, 2): each of 36 elements meets 2 channels × 4 taps
        assertThat(macs("ConvTranspose", d(1, 2, 6, 6), d(1, 4, 3, 3), d(4, 2, 2, 2)))
                .isEqualTo(36 * 8);
    }

    @Test
    void of_matrixProducts_countOutputsTimesInner() {
        assertThat(macs("Gemm", d(2, 5), d(2, 3), d(3, 5))).isEqualTo(30);
        assertThat(macs("Gemm", "", Map.of("transA", TRANS), d(2, 5), d(3, 2), d(3, 5)))
                .isEqualTo(30);
        assertThat(macs("MatMul", d(7, 4, 2, 5), d(4, 2, 3), d(7, 1, 3, 5))).isEqualTo(7 * 4 * 2 * 5 * 3);
        assertThat(macs("MatMul", d(), d(6), d(6))).isEqualTo(6);
        assertThat(macs("MatMul", d(5), d(6), d(6, 5))).isEqualTo(30);
        assertThat(macs("MatMulInteger", d(2, 5), d(2, 3), d(3, 5))).isEqualTo(30);
        assertThat(macs("QLinearMatMul", d(2, 5), d(2, 3), d(), d(), d(3, 5))).isEqualTo(30);
        assertThat(macs("FusedMatMul", "com.microsoft", Map.of("transA", TRANS), d(2, 5), d(3, 2), d(3, 5)))
                .isEqualTo(30);
    }

    @Test
    void of_recurrentLayers_countGates() {
        // 10 steps, batch 2, input 3, hidden 5, two directions
        assertThat(macs("LSTM", d(10, 2, 2, 5), d(10, 2, 3), d(2, 20, 3), d(2, 20, 5)))
                .isEqualTo(10 * 2 * 2 * 4 * 5 * (3 + 5));
        assertThat(macs("GRU", d(10, 1, 2, 5), d(10, 2, 3), d(1, 15, 3), d(1, 15, 5)))
                .isEqualTo(10 * 2 * 3 * 5 * (3 + 5));
        assertThat(macs("RNN", d(10, 1, 2, 5), d(10, 2, 3), d(1, 5, 3), d(1, 5, 5)))
                .isEqualTo(10 * 2 * 5 * (3 + 5));
    }

    @Test
    void of_einsum_multipliesAllLabels() {
        Map<String, Attribute> product = Map.of("equation", new Attribute.Text("bij, bjk -> bik", false));
        assertThat(macs("Einsum", "", product, d(2, 3, 5), d(2, 3, 4), d(2, 4, 5)))
                .isEqualTo(2 * 3 * 4 * 5);
        Map<String, Attribute> spread = Map.of("equation", new Attribute.Text("...ij,jk->...ik", false));
        assertThat(macs("Einsum", "", spread, d(6, 7, 3, 5), d(6, 7, 3, 4), d(4, 5)))
                .isEqualTo(6 * 7 * 3 * 4 * 5);
        Map<String, Attribute> sum = Map.of("equation", new Attribute.Text("ij->i", false));
        assertThat(macs("Einsum", "", sum, d(3), d(3, 4))).isZero();
        Map<String, Attribute> wrong = Map.of("equation", new Attribute.Text("ij,jk->ik", false));
        assertThat(macs("Einsum", "", wrong, d(3, 5), d(2, 3, 4), d(4, 5))).isZero();
    }

    @Test
    void of_attention_countsBothProducts() {
        // batch 1, 2 heads, 3 queries, 5 keys, sizes 4 and 6
        assertThat(macs("Attention", d(1, 2, 3, 6), d(1, 2, 3, 4), d(1, 2, 5, 4), d(1, 2, 5, 6)))
                .isEqualTo(2 * 3 * 5 * (4 + 6));
    }

    @Test
    void of_otherOperatorsAndDomains_countNothing() {
        assertThat(macs("Relu", d(1, 8), d(1, 8))).isZero();
        assertThat(macs("Conv", "org.example", Map.of(), d(1, 8, 5, 5), d(1, 3, 7, 7), d(8, 3, 3, 3)))
                .isZero();
    }

    @Test
    void of_sharedWeight_countsAtTheFirstReader() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .weight("w", 4, 4)
                .node("MatMul x w -> a")
                .node("MatMul a w -> y")
                .output("y");
        List<Costs.NodeCost> costs = Costs.of(sketch.network(), sketch.shapes());
        assertThat(costs).containsExactly(new Costs.NodeCost(16, 16, 16), new Costs.NodeCost(16, 0, 16));
    }

    @Test
    void of_unknownShape_countsNothing() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .weight("w", 4, 4)
                .node("MatMul x w -> y")
                .noShape("y")
                .output("y");
        assertThat(Costs.of(sketch.network(), sketch.shapes())).containsExactly(new Costs.NodeCost(0, 16, 0));
    }
}
