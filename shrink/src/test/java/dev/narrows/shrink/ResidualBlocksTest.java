package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ResidualBlocksTest {

    private static final Map<String, Attribute> PADDED = Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L));
    private static final double TOLERANCE = 1e-6; // relative: 0 is added to what one has and the other not

    /** What blocks are put behind: {@code b}, of 4 channels. */
    private static Sketch image() {
        return Sketch.opset(17)
                .input("x", -1, 3, 8, 8)
                .weight("w", 4, 3, 3, 3)
                .node("Conv x w -> a", PADDED)
                .node("Relu a -> b");
    }

    /** Two convolutions beside {@code from}, a sum and its activation, which is called {@code name}. */
    private static Sketch block(Sketch sketch, String from, String name, double most) {
        return sketch.weight(name + ".w1", 4, 4, 3, 3)
                .weight(name + ".w2", -most, most, 4, 4, 3, 3)
                .node("Conv " + from + " " + name + ".w1 -> " + name + ".c1", PADDED)
                .node("Relu " + name + ".c1 -> " + name + ".r")
                .node("Conv " + name + ".r " + name + ".w2 -> " + name + ".c2", PADDED)
                .node("Add " + name + ".c2 " + from + " -> " + name + ".sum")
                .node("Relu " + name + ".sum -> " + name);
    }

    private static Network end(Sketch sketch, String value) {
        return sketch.weight("end", 2, 4, 1, 1)
                .node("Conv " + value + " end -> y")
                .output("y", -1, 2, 8, 8)
                .network();
    }

    private static ResidualBlocks blocks(Network network) {
        return ResidualBlocks.of(network, Sketch.shapes(network));
    }

    private static List<String> names(ResidualBlocks blocks) {
        return blocks.all().stream().map(ResidualBlocks.Block::name).toList();
    }

    @Test
    void of_sumsOfAValueAndItsBranch_tellsThemWithTheirWork() {
        Network network = end(block(block(image(), "b", "p", 1), "p", "q", 1), "q");

        ResidualBlocks found = blocks(network);

        assertThat(found.all())
                .containsExactly(
                        new ResidualBlocks.Block(
                                "p.sum", "b", List.of("Conv → p.c1", "Conv → p.c2"), 2 * 4 * 4 * 9 * 64),
                        new ResidualBlocks.Block(
                                "q.sum", "p", List.of("Conv → q.c1", "Conv → q.c2"), 2 * 4 * 4 * 9 * 64));
    }

    @Test
    void without_aBranchOfZeros_answersTheSameFromFewerNodes() {
        Network network = end(block(block(image(), "b", "p", 1e-30), "p", "q", 1), "q");

        Network left = blocks(network).without(List.of("p.sum"), Sketch::shapes);

        assertThat(Sketch.reference(network).difference(left).largest()).isLessThan(TOLERANCE);
        assertThat(Sketch.operators(left))
                .containsExactly("Conv", "Relu", "Conv", "Relu", "Conv", "Add", "Relu", "Conv");
        assertThat(left.initializers().keySet()).containsExactlyInAnyOrder("w", "q.w1", "q.w2", "end");
        assertThat(left.inputs()).isEqualTo(network.inputs());
        assertThat(left.outputs()).isEqualTo(network.outputs());
        assertThat(left.metadata()).isEqualTo(network.metadata());
    }

    @Test
    void without_several_leavesTheRest() {
        Network network = end(block(block(block(image(), "b", "p", 1), "p", "q", 1), "q", "r", 1), "r");

        Network left = blocks(network).without(List.of("r.sum", "p.sum"), Sketch::shapes);

        assertThat(names(blocks(left))).containsExactly("q.sum");
        assertThatThrownBy(() -> blocks(network).without(List.of("z"), Sketch::shapes))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("block: \"z\" (expected: one of [p.sum, q.sum, r.sum]");
    }

    @Test
    void of_sumsThatAreNone_findsNone() {
        Sketch shortcut = image() // both sides are made
                .weight("w1", 4, 4, 3, 3)
                .weight("w2", 4, 4, 1, 1)
                .node("Conv b w1 -> c", PADDED)
                .node("Conv b w2 -> d")
                .node("Add c d -> e");
        Sketch readElsewhere = image().weight("w1", 4, 4, 3, 3)
                .node("Conv b w1 -> c", PADDED)
                .node("Relu c -> r")
                .node("Sigmoid r -> s")
                .node("Add s b -> d")
                .node("Mul d r -> e");
        Sketch noWork = image().node("Sigmoid b -> s").node("Add s b -> e");
        Sketch twice = image().node("Add b b -> e");
        Sketch constant =
                image().weight("bias", 1, 4, 1, 1).node("Sigmoid b -> s").node("Add s bias -> e");
        Sketch other = image().weight("w1", 4, 4, 3, 3)
                .input("z", -1, 4, 8, 8)
                .node("Conv b w1 -> c", PADDED)
                .node("Mul c z -> d")
                .node("Add d b -> e");
        Sketch broadcast =
                image().weight("w1", 4, 4, 8, 8).node("Conv b w1 -> c").node("Add c b -> e");

        for (Sketch sketch : List.of(shortcut, readElsewhere, noWork, twice, constant, other, broadcast)) {
            assertThat(blocks(end(sketch, "e")).all()).isEmpty();
        }
        Network shown = image().weight("w1", 4, 4, 3, 3)
                .node("Conv b w1 -> c", PADDED)
                .node("Add b c -> e")
                .output("e", -1, 4, 8, 8)
                .network();
        assertThat(blocks(shown).all()).isEmpty();
    }

    @Test
    void least_ofBlocksThatAddMoreAndMore_takesTheFaintestFirst() {
        Network network = end(block(block(block(image(), "b", "p", 1), "p", "q", 0.01), "q", "r", 0.1), "r");
        AtomicInteger tried = new AtomicInteger();
        ResidualBlocks found = blocks(network);

        List<ResidualBlocks.Gone> gone =
                found.least(2, Sketch.reference(network), Sketch::shapes, tried::incrementAndGet);

        assertThat(gone.stream().map(one -> one.block().name())).containsExactly("q.sum", "r.sum");
        assertThat(gone.get(0).signalToNoise()).isGreaterThan(gone.get(1).signalToNoise());
        assertThat(gone.get(1).block().kept()).isEqualTo("p"); // what q's sum would have been without it
        assertThat(tried.get()).isEqualTo(found.trials(2)).isEqualTo(3 + 2);
        assertThatThrownBy(() -> found.least(4, Sketch.reference(network), Sketch::shapes, () -> {}))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("blocks: 4 (expected: at most 3");
    }

    @Test
    void keeping_aLayer_leavesItsBlock() {
        Network network = end(block(block(image(), "b", "p", 1), "p", "q", 0.01), "q");

        ResidualBlocks some = blocks(network).keeping(node -> node.outputs().contains("q.c2"));

        assertThat(names(some)).containsExactly("p.sum");
        assertThat(some.least(1, Sketch.reference(network), Sketch::shapes, () -> {})
                        .get(0)
                        .block()
                        .name())
                .isEqualTo("p.sum");
    }

    @Test
    void of_aSumThatASubgraphReads_findsNone() {
        Network network = Conditional.network();
        List<Node> nodes = network.nodes().stream()
                .flatMap(node -> node.outputs().contains("b")
                        ? Stream.of(
                                node.withOutputs(List.of("q")),
                                Node.of("", "Add", List.of("a", "q"), List.of("b"), Map.of()))
                        : Stream.of(node))
                .toList();

        assertThat(blocks(network.rewired(nodes, network.initializers())).all()).isEmpty();
    }

    @Test
    void of_aSumThatNobodyReads_findsNone() {
        Sketch sketch = block(image(), "b", "p", 1)
                .weight("w3", 4, 4, 3, 3)
                .node("Conv p w3 -> c", PADDED)
                .node("Add c p -> nobody");

        assertThat(names(blocks(end(sketch, "p")))).containsExactly("p.sum");
    }

    /** The pass that takes out a second activation leaves the Identity, or the sum would get the output's name. */
    @Test
    void without_theFirstOfTwo_leavesTheOneThatIsHandedOnToAnOutput() {
        Network network = block(image(), "b", "p", 1)
                .weight("w3", 4, 4, 3, 3)
                .node("Conv p w3 -> c", PADDED)
                .node("Add c p -> s")
                .node("Identity s -> y")
                .output("y", -1, 4, 8, 8)
                .network();
        ResidualBlocks found = blocks(network);

        assertThat(names(found)).containsExactly("p.sum", "s");
        assertThat(names(blocks(found.without(List.of("p.sum"), Sketch::shapes))))
                .containsExactly("s");
        assertThat(Sketch.operators(found.without(List.of("p.sum", "s"), Sketch::shapes)))
                .containsExactly("Conv", "Relu", "Identity");
        assertThat(found.least(2, Sketch.reference(network), Sketch::shapes, () -> {}))
                .hasSize(2);
    }

    /** The outer branch goes with the block in it. */
    @Test
    void of_aBlockInsideAnother_tellsBoth() {
        Sketch sketch = block(image().weight("w1", 4, 4, 3, 3).node("Conv b w1 -> c", PADDED), "c", "inner", 1)
                .node("Add inner b -> outer");
        Network network = end(sketch, "outer");

        ResidualBlocks found = blocks(network);

        assertThat(names(found)).containsExactly("inner.sum", "outer");
        assertThat(names(found.innermost())).containsExactly("inner.sum");
        assertThat(Sketch.operators(found.without(List.of("outer"), Sketch::shapes)))
                .containsExactly("Conv", "Relu", "Conv");
        assertThatThrownBy(() -> found.without(List.of("outer", "inner.sum"), Sketch::shapes))
                .isInstanceOf(InvalidException.class);
    }
}
