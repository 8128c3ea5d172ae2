package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CutsTest {

    private static List<String> names(List<Cut> cuts) {
        return cuts.stream().map(Cut::name).toList();
    }

    private static List<Cut> candidates(NetworkSketch sketch) {
        return Cuts.candidates(sketch.network(), sketch.shapes(), Cuts.DEFAULT_MAX_TENSORS);
    }

    private static Cut at(NetworkSketch sketch, String... tensors) {
        return Cuts.at(sketch.network(), sketch.shapes(), List.of(tensors));
    }

    private static NetworkSketch chain() {
        return new NetworkSketch()
                .input("x", 1, 8)
                .weight("w", 8, 4)
                .node("MatMul x w -> a")
                .node("Exp a -> b")
                .node("Exp b -> y")
                .output("y");
    }

    private static NetworkSketch residual() {
        return new NetworkSketch()
                .input("x", 1, 4)
                .node("Exp x -> a")
                .node("Sin a -> b")
                .node("Cos b -> c")
                .node("Add a c -> d")
                .node("Tan d -> y")
                .output("y");
    }

    @Test
    void candidates_plainChain_isEachInnerTensor() {
        assertThat(names(candidates(chain()))).containsExactly("a", "b");
        Cut first = candidates(chain()).get(0);
        assertThat(first.upstream()).containsExactly(0);
        assertThat(first.widthBytes()).isEqualTo(16);
        assertThat(first.upstreamMacs()).isEqualTo(32);
    }

    @Test
    void candidates_residual_namesTheSkipWithIt() {
        List<Cut> cuts = candidates(residual());
        assertThat(names(cuts)).containsExactly("a", "a+b", "a+c", "d");
        assertThat(cuts).extracting(Cut::widthBytes).containsExactly(16L, 32L, 32L, 16L);
    }

    @Test
    void candidates_twoBranches_pairEachTensorWithTheNarrowestOfTheOtherBranch() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 100)
                .shape("p0", 1, 2)
                .node("Exp x -> p0")
                .shape("p1", 1, 50)
                .node("Sin p0 -> p1")
                .shape("q0", 1, 40)
                .node("Cos x -> q0")
                .shape("q1", 1, 3)
                .node("Tan q0 -> q1")
                .shape("y", 1, 53)
                .node("Concat p1 q1 -> y")
                .node("Neg y -> z")
                .output("z");
        assertThat(names(candidates(sketch))).containsExactly("p0+q0", "p0+q1", "p1+q1", "y");
    }

    @Test
    void candidates_lateInputAndEarlyOutput_crossWithTheRest() {
        NetworkSketch sketch = new NetworkSketch()
                .input("audio", 1, 512)
                .input("state", 2, 1, 128)
                .node("Exp audio -> a")
                .node("Sum a state -> next s")
                .node("Sin s -> y")
                .output("y", "next");
        assertThat(names(candidates(sketch))).containsExactly("state+a", "next+s");
    }

    @Test
    void candidates_tensorWithSeveralReaders_countsOnce() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .shape("a", 1, 10)
                .node("Exp x -> a")
                .node("Sin a -> b")
                .node("Cos a -> c")
                .node("Add b c -> y")
                .output("y");
        assertThat(candidates(sketch)).first().satisfies(cut -> {
            assertThat(cut.tensors()).containsExactly("a");
            assertThat(cut.widthBytes()).isEqualTo(40);
        });
    }

    @Test
    void candidates_constantSubgraph_neverCrosses() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .weight("w", 1, 4)
                .node("Exp w -> k")
                .node("Sin k -> k2")
                .node("Add x k2 -> a")
                .node("Mul a k -> y")
                .output("y");
        List<Cut> cuts = candidates(sketch);
        assertThat(names(cuts)).containsExactly("a");
        assertThat(cuts.get(0).upstream()).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void candidates_nodesThatNoOutputNeeds_areNoCuts() {
        NetworkSketch sketch = chain().node("Cos a -> dead").node("Sin dead -> deader");
        assertThat(names(candidates(sketch))).containsExactly("a", "b");
    }

    @Test
    void candidates_unknownWidth_isLeftOut() {
        assertThat(names(candidates(residual().noShape("b")))).containsExactly("a", "a+c", "d");
        assertThat(names(candidates(residual().noShape("a")))).containsExactly("d");
    }

    @Test
    void candidates_maxTensors_dropsWiderOnes() {
        assertThat(names(Cuts.candidates(residual().network(), residual().shapes(), 1)))
                .containsExactly("a", "d");
    }

    @Test
    void candidates_equallyNarrow_preferTheOneOutsideFusions() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .weight("w", 4, 4)
                .node("Exp x -> s")
                .node("Sin s -> p")
                .node("Conv s w -> q")
                .node("Relu q -> r")
                .node("Mul p r -> t")
                .node("Neg t -> y")
                .output("y");
        Cut withP = candidates(sketch).stream()
                .filter(cut -> cut.tensors().contains("p"))
                .findFirst()
                .orElseThrow();
        assertThat(withP.tensors()).doesNotContain("q");
        assertThat(withP.fusionBoundary()).isTrue();
    }

    @Test
    void candidates_capturedValue_crosses() {
        Subgraph body = new Subgraph("then", List.of(), List.of(), List.of(), List.of(), List.of("a"), Encoded.NONE);
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .node("Exp x -> a")
                .node("Sin a -> b")
                .node("If b -> y", new Attribute.GraphValue(body))
                .output("y");
        assertThat(names(candidates(sketch))).containsExactly("a", "a+b");
    }

    @Test
    void candidates_randomSource_liesOnOneSide() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .node("Exp x -> a")
                .node("RandomNormal -> noise")
                .node("Add a noise -> y")
                .output("y");
        assertThat(names(candidates(sketch))).contains("a");
        assertThatThrownBy(() -> at(sketch, "nothing")).isInstanceOf(InvalidException.class);
    }

    @Test
    void at_innerTensor_hasTheSkippingTensorToo() {
        Cut cut = at(residual(), "b");
        assertThat(cut.tensors()).containsExactly("a", "b");
        assertThat(cut.upstream()).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void at_unknownName_namesTheNearest() {
        assertThatThrownBy(() -> at(
                        new NetworkSketch()
                                .input("x", 1, 4)
                                .node("Exp x -> conv_1")
                                .node("Exp conv_1 -> y")
                                .output("y"),
                        "conv1"))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("\"conv1\" (expected: a value of the network; nearest: \"conv_1\"");
    }

    @Test
    void at_initializer_isRefused() {
        assertThatThrownBy(() -> at(chain(), "w"))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("initializer");
    }

    @Test
    void at_deadTensor_isRefused() {
        assertThatThrownBy(() -> at(chain().node("Cos a -> dead"), "dead"))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("that an output needs");
    }

    @Test
    void at_outputOrInput_leavesNothingOnOneSide() {
        assertThatThrownBy(() -> at(chain(), "y")).hasMessageContaining("nodes downstream: 0");
        assertThatThrownBy(() -> at(chain(), "x")).hasMessageContaining("nodes upstream: 0");
    }

    @Test
    void at_tensorThatDoesNotCross_isRefused() {
        assertThatThrownBy(() -> at(chain(), "a", "b"))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("tensor: \"a\"");
    }

    @Test
    void at_unknownWidth_isRefused() {
        assertThatThrownBy(() -> at(residual().noShape("a"), "b"))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("width: unknown")
                .hasMessageContaining("tensor \"a\"");
    }

    @Test
    void at_valueUsedBeforeItIsMade_isRefused() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .node("Exp b -> y")
                .node("Sin x -> b")
                .output("y");
        assertThatThrownBy(() -> at(sketch, "b"))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("value: \"b\"");
    }
}
