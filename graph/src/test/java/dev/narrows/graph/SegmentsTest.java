package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.IncompatibleException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SegmentsTest {

    private static Segments.Chain split(NetworkSketch sketch, String... cuts) {
        List<Cut> at = new ArrayList<>();
        for (String cut : cuts) {
            at.add(Cuts.at(sketch.network(), sketch.shapes(), List.of(cut.split("\\+", -1))));
        }
        return Segments.split(sketch.network(), sketch.shapes(), at);
    }

    private static List<String> inputs(Network network) {
        return network.inputs().stream().map(ValueInfo::name).toList();
    }

    private static List<String> outputs(Network network) {
        return network.outputs().stream().map(ValueInfo::name).toList();
    }

    private static List<String> ops(Network network) {
        return network.nodes().stream().map(Node::opType).toList();
    }

    private static NetworkSketch residual() {
        return new NetworkSketch()
                .batchInput("x", "N", 1, 4)
                .weight("w", 4, 4)
                .weight("v", 4, 4)
                .batchShape("a", 1, 4)
                .node("MatMul x w -> a")
                .batchShape("b", 1, 4)
                .node("Sin a -> b")
                .batchShape("c", 1, 4)
                .node("MatMul b v -> c")
                .node("Add a c -> d")
                .node("MatMul d w -> y")
                .output("y");
    }

    @Test
    void split_noCut_isTheNetworkInOneSegment() {
        Segments.Chain chain = split(residual());
        assertThat(chain.segments()).hasSize(1);
        assertThat(chain.cuts()).containsExactly(List.of("x"), List.of("y"));
        assertThat(chain.segments().get(0).nodes())
                .isEqualTo(residual().network().nodes());
    }

    @Test
    void split_residual_carriesTheSkipPastTheSegment() {
        Segments.Chain chain = split(residual(), "b", "c");
        assertThat(chain.cuts()).containsExactly(List.of("x"), List.of("a", "b"), List.of("a", "c"), List.of("y"));
        assertThat(chain.segments())
                .extracting(SegmentsTest::inputs)
                .containsExactly(List.of("x"), List.of("b"), List.of("a", "c"));
        assertThat(chain.segments())
                .extracting(SegmentsTest::outputs)
                .containsExactly(List.of("a", "b"), List.of("c"), List.of("y"));
    }

    @Test
    void split_weights_goOnlyWhereTheyAreReadAndSharedOnesAreNamed() {
        Segments.Chain chain = split(residual(), "b", "c");
        assertThat(chain.segments())
                .extracting(segment -> segment.initializers().keySet())
                .containsExactly(Set.of("w"), Set.of("v"), Set.of("w"));
        assertThat(chain.shared()).containsOnlyKeys("w");
    }

    @Test
    void split_batchInput_namesTheBatchAxisOfCutTensors() {
        Network first = split(residual(), "b").segments().get(0);
        assertThat(first.outputs().get(0).type())
                .contains(TensorType.of(ElementType.FLOAT, List.of(new Dim.Symbol("N"), new Dim.Known(4))));
    }

    @Test
    void split_inputOfFreeLength_claimsNoLengthThatOneRunShowed() {
        NetworkSketch sketch = new NetworkSketch().shape("x", 1, 4);
        Network fixed = new NetworkSketch()
                .input("x", 1, 4)
                .node("Exp x -> a")
                .node("Sin a -> y")
                .output("y")
                .network();
        Network free = fixed.withInputs(List.of(ValueInfo.of(
                "x", TensorType.of(ElementType.FLOAT, List.of(new Dim.Known(1), new Dim.Symbol("length"))))));
        Shapes shapes = sketch.shape("a", 1, 4).shape("y", 1, 4).shapes();
        Segments.Chain chain = Segments.split(free, shapes, List.of(Cuts.at(free, shapes, List.of("a"))));
        assertThat(chain.segments().get(1).inputs().get(0).type())
                .contains(TensorType.of(ElementType.FLOAT, List.of(new Dim.Unknown(), new Dim.Unknown())));
    }

    @Test
    void split_constantSubgraph_isRepeatedWhereNeeded() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .weight("w", 1, 4)
                .node("Exp w -> k")
                .node("Sin k -> k2")
                .node("Add x k2 -> a")
                .node("Mul a k -> y")
                .output("y");
        Segments.Chain chain = split(sketch, "a");
        assertThat(chain.segments())
                .extracting(SegmentsTest::ops)
                .containsExactly(List.of("Exp", "Sin", "Add"), List.of("Exp", "Mul"));
        assertThat(chain.segments().get(1).initializers()).containsOnlyKeys("w");
        assertThat(chain.cuts().get(1)).containsExactly("a");
    }

    @Test
    void split_constantOutput_isMadeByTheLastSegment() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .weight("w", 1, 4)
                .node("Exp w -> k")
                .node("Exp x -> a")
                .node("Sin a -> y")
                .output("k", "w", "y");
        Segments.Chain chain = split(sketch, "a");
        assertThat(outputs(chain.segments().get(0))).containsExactly("a");
        assertThat(outputs(chain.segments().get(1))).containsExactly("k", "w", "y");
        assertThat(chain.segments().get(1).initializers()).containsOnlyKeys("w");
        assertThat(ops(chain.segments().get(1))).containsExactly("Exp", "Sin");
    }

    @Test
    void split_outputThatIsAnInput_isCarriedToTheEnd() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .input("id", 1, 4)
                .node("Exp x -> a")
                .node("Sin a -> y")
                .output("y", "id");
        Segments.Chain chain = split(sketch, "a");
        assertThat(chain.cuts()).containsExactly(List.of("x", "id"), List.of("id", "a"), List.of("y", "id"));
        assertThat(inputs(chain.segments().get(1))).containsExactly("a");
        assertThat(outputs(chain.segments().get(1))).containsExactly("y");
    }

    @Test
    void split_outputReadInside_isMadeOnceAndCarried() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .node("Exp x -> a")
                .node("Sin a -> b")
                .node("Cos b -> y")
                .output("a", "y");
        Segments.Chain chain = split(sketch, "a", "b");
        assertThat(chain.cuts()).containsExactly(List.of("x"), List.of("a"), List.of("a", "b"), List.of("a", "y"));
        assertThat(chain.segments())
                .extracting(SegmentsTest::outputs)
                .containsExactly(List.of("a"), List.of("b"), List.of("y"));
    }

    @Test
    void split_unusedInput_isInTheFirstCutOnly() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .input("unused", 1, 4)
                .node("Exp x -> a")
                .node("Sin a -> y")
                .output("y");
        Segments.Chain chain = split(sketch, "a");
        assertThat(chain.cuts()).containsExactly(List.of("x", "unused"), List.of("a"), List.of("y"));
        assertThat(inputs(chain.segments().get(0))).containsExactly("x");
    }

    @Test
    void split_subgraphCaptures_becomeInputsAndInitializersOfTheSegment() {
        Subgraph body =
                new Subgraph("then", List.of(), List.of(), List.of(), List.of(), List.of("a", "w"), Encoded.NONE);
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .weight("w", 1, 4)
                .node("Exp x -> a")
                .node("Sin a -> b")
                .node("If b -> y", new Attribute.GraphValue(body))
                .output("y");
        Network last = split(sketch, "b").segments().get(1);
        assertThat(inputs(last)).containsExactly("a", "b");
        assertThat(last.initializers()).containsOnlyKeys("w");
    }

    @Test
    void split_rest_isKept() {
        Network network = residual().network();
        Network segment = split(residual(), "b").segments().get(1);
        assertThat(segment.opsets()).isEqualTo(network.opsets());
        assertThat(segment.metadata()).isEqualTo(network.metadata());
        assertThat(segment.irVersion()).isEqualTo(network.irVersion());
    }

    @Test
    void split_cutsInTheWrongOrder_areRefused() {
        assertThatThrownBy(() -> split(residual(), "c", "b"))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("cut: \"a+b\"")
                .hasMessageContaining("after \"a+c\"");
    }

    @Test
    void split_crossingCuts_areRefused() {
        NetworkSketch sketch = new NetworkSketch()
                .input("x", 1, 4)
                .node("Exp x -> a")
                .node("Sin x -> b")
                .node("Add a b -> y")
                .output("y");
        assertThatThrownBy(() -> split(sketch, "a", "b"))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("lies before that but not before this");
    }

    @Test
    void split_sameCutTwice_isRefused() {
        assertThatThrownBy(() -> split(residual(), "b", "b"))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("nothing lies between");
    }

    @Test
    void split_cutOfAnotherNetwork_isRefused() {
        Cut foreign = new Cut(List.of("q"), Set.of(1), 16, true, 0);
        assertThatThrownBy(() -> Segments.split(residual().network(), residual().shapes(), List.of(foreign)))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("cut: \"q\"");
    }

    /** Every segment has all that it reads, and the chain ends with all outputs. */
    @Property(tries = 300, seed = "20260102")
    void split_randomNetworkAtRandomCuts_isAChain(@ForAll long seed) {
        Random random = new Random(seed);
        NetworkSketch sketch = CutsPropertyTest.sketch(random);
        Network network = sketch.network();
        List<Cut> cuts = new ArrayList<>();
        for (Cut cut : Cuts.candidates(network, sketch.shapes(), 100)) {
            Cut last = cuts.isEmpty() ? null : cuts.get(cuts.size() - 1);
            if (random.nextBoolean() && (last == null || last.precedes(cut))) {
                cuts.add(cut);
            }
        }
        Segments.Chain chain = Segments.split(network, sketch.shapes(), cuts);
        Set<String> alive = new HashSet<>(inputs(network));
        for (int i = 0; i < chain.segments().size(); i++) {
            Network segment = chain.segments().get(i);
            assertThat(alive).containsAll(chain.cuts().get(i)).containsAll(inputs(segment));
            Set<String> known = new HashSet<>(inputs(segment));
            known.addAll(segment.initializers().keySet());
            for (Node node : segment.nodes()) {
                assertThat(known).containsAll(node.uses());
                known.addAll(node.outputs());
            }
            assertThat(known).containsAll(outputs(segment));
            assertThat(segment.nodes()).isNotEmpty();
            alive.retainAll(chain.cuts().get(i));
            alive.addAll(outputs(segment));
        }
        assertThat(alive).containsAll(outputs(network));
    }
}
