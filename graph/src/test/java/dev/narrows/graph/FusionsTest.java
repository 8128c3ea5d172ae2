package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FusionsTest {

    /** The operators of each group, in order. */
    private static List<String> groups(NetworkSketch sketch) {
        Network network = sketch.network();
        return Fusions.of(network).groups().stream()
                .map(group -> String.join(
                        " ",
                        group.nodes().stream()
                                .map(node -> network.nodes().get(node).opType())
                                .toList()))
                .toList();
    }

    private static NetworkSketch sketch() {
        return new NetworkSketch().input("x", 1, 4).weight("w", 4, 4).weight("k", 4);
    }

    @Test
    void of_convolution_takesConstantsThenActivation() {
        assertThat(groups(sketch().node("Conv x w -> a")
                        .node("BatchNormalization a k k k k -> b")
                        .node("Relu b -> c")
                        .node("Exp c -> y")
                        .output("y")))
                .contains("Conv BatchNormalization Relu");
        assertThat(groups(sketch().node("Conv x w -> a")
                        .node("Add a k -> b")
                        .node("Clip b k k -> y")
                        .output("y")))
                .containsExactly("Conv Add Clip");
    }

    @Test
    void of_residual_takesTheAdditionAndItsActivation() {
        assertThat(groups(sketch().node("Exp x -> s")
                        .node("Conv s w -> a")
                        .node("Add a s -> b")
                        .node("Relu b -> c")
                        .node("Relu c -> y")
                        .output("y")))
                .containsExactly("Conv Add Relu");
    }

    @Test
    void of_convolutionWithTwoReaders_isAlone() {
        assertThat(groups(sketch().node("Conv x w -> a")
                        .node("Relu a -> b")
                        .node("Sub a b -> y")
                        .output("y")))
                .isEmpty();
        assertThat(groups(sketch().node("Conv x w -> a").node("Relu a -> y").output("y", "a")))
                .isEmpty();
    }

    @Test
    void of_identityBetween_isPassed() {
        assertThat(groups(sketch().node("Conv x w -> a")
                        .node("Dropout a -> b")
                        .node("Relu b -> y")
                        .output("y")))
                .containsExactly("Conv Dropout Relu");
    }

    @Test
    void of_silu_isSigmoidAndProduct() {
        assertThat(groups(sketch().node("Conv x w -> a")
                        .node("Sigmoid a -> s")
                        .node("Mul a s -> y")
                        .output("y")))
                .containsExactly("Sigmoid Mul");
        assertThat(groups(sketch().node("Exp x -> a")
                        .node("Mul a k -> m")
                        .node("Sigmoid m -> s")
                        .node("Mul a s -> y")
                        .output("y")))
                .containsExactly("Mul Sigmoid Mul");
    }

    @Test
    void of_gelu_isOneGroup() {
        assertThat(groups(sketch().node("MatMul x w -> m")
                        .node("Add m k -> a")
                        .node("Div a k -> d")
                        .node("Erf d -> e")
                        .node("Add e k -> p")
                        .node("Mul a p -> q")
                        .node("Mul q k -> y")
                        .output("y")))
                .containsExactlyInAnyOrder("MatMul Add", "Add Div Erf Add Mul Mul");
    }

    @Test
    void of_fastGelu_isOneGroup() {
        assertThat(groups(sketch().node("Exp x -> a")
                        .node("Pow a k -> c")
                        .node("Mul c k -> d")
                        .node("Add a d -> e")
                        .node("Mul e k -> f")
                        .node("Tanh f -> g")
                        .node("Add g k -> h")
                        .node("Mul a h -> i")
                        .node("Mul i k -> y")
                        .output("y")))
                .containsExactly("Pow Mul Add Mul Tanh Add Mul Mul");
    }

    @Test
    void of_layerNormalization_isOneGroup() {
        assertThat(groups(sketch().node("Exp x -> a")
                        .node("ReduceMean a -> m")
                        .node("Sub a m -> d")
                        .node("Pow d k -> s")
                        .node("ReduceMean s -> v")
                        .node("Add v k -> e")
                        .node("Sqrt e -> r")
                        .node("Div d r -> q")
                        .node("Mul q k -> t")
                        .node("Add t k -> y")
                        .output("y")))
                .containsExactly("ReduceMean Sub Pow ReduceMean Add Sqrt Div Mul Add");
    }

    @Test
    void of_quantisedOperator_isBetweenDequantizeAndQuantize() {
        NetworkSketch sketch = sketch().node("QuantizeLinear x k k -> q")
                .node("DequantizeLinear q k k -> a")
                .node("DequantizeLinear w k k -> v")
                .node("Conv a v -> b")
                .node("Relu b -> c")
                .node("QuantizeLinear c k k -> r")
                .node("DequantizeLinear r k k -> y")
                .output("y");
        assertThat(groups(sketch)).contains("DequantizeLinear Conv Relu QuantizeLinear");
        assertThat(Cuts.at(sketch.network(), sketch.shapes(), List.of("q")).fusionBoundary())
                .isTrue();
        assertThat(Cuts.at(sketch.network(), sketch.shapes(), List.of("a")).fusionBoundary())
                .isFalse();
    }

    @Test
    void of_dynamicallyQuantisedProduct_isOneGroup() {
        assertThat(groups(sketch().node("DynamicQuantizeLinear x -> q s z")
                        .node("MatMulInteger q w z k -> i")
                        .node("Cast i -> f")
                        .node("Mul s k -> t")
                        .node("Mul f t -> g")
                        .node("Add g k -> y")
                        .output("y")))
                .contains("MatMulInteger Cast Mul Add", "DynamicQuantizeLinear MatMulInteger");
    }

    @Test
    void splitBy_cutInside_namesTheGroup() {
        Network network = sketch().node("Conv x w -> a")
                .node("Relu a -> b")
                .node("Exp b -> y")
                .output("y")
                .network();
        Fusions fusions = Fusions.of(network);
        assertThat(fusions.splitBy(Set.of(0))).extracting(Fusions.Group::rule).containsExactly("Conv");
        assertThat(fusions.splitBy(Set.of(0, 1))).isEmpty();
    }

    @Test
    void keepsBits_residualThatCrosses_isAddedApart() {
        Network network = sketch().node("Exp x -> s")
                .node("Conv s w -> a")
                .node("Add s a -> b")
                .node("Relu b -> c")
                .node("GlobalAveragePool c -> d")
                .node("Exp d -> y")
                .output("y")
                .network();
        Fusions fusions = Fusions.of(network);
        assertThat(fusions.groups().get(0).residual()).contains("s");
        assertThat(fusions.splitBy(Set.of(0))).isEmpty();
        assertThat(fusions.keepsBits(Set.of(0))).isFalse();
        assertThat(fusions.keepsBits(Set.of(0, 1))).isFalse(); // inside
        assertThat(fusions.keepsBits(Set.of(0, 1, 2, 3))).isFalse(); // averaged at once
        assertThat(fusions.keepsBits(Set.of(0, 1, 2, 3, 4))).isTrue();
    }

    @Test
    void keepsBits_plainLayoutThatReachesALoneNormalisation_changesIt() {
        // as in DenseNet: what crosses is concatenated, then normalised before the next convolution
        Network network = sketch().node("Conv x w -> f")
                .node("Exp f -> g")
                .node("Concat f g -> c")
                .node("BatchNormalization c k k k k -> n")
                .node("Conv n w -> d")
                .node("Exp d -> y")
                .output("y")
                .network();
        Fusions fusions = Fusions.of(network);
        assertThat(fusions.splitBy(Set.of(0))).isEmpty();
        assertThat(fusions.keepsBits(Set.of(0))).isFalse();
        assertThat(fusions.keepsBits(Set.of(0, 1, 2))).isFalse();
        assertThat(fusions.keepsBits(Set.of(0, 1, 2, 3))).isTrue(); // the convolution blocks its input anew
    }
}
