package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Candidates against every upstream-closed set of small random networks. */
class CutsPropertyTest {

    /** Two inputs, up to eight nodes with one or two outputs, random readers and widths; one width in ten unknown. */
    static NetworkSketch sketch(Random random) {
        NetworkSketch sketch = new NetworkSketch()
                .input("x0", 1, 1 + random.nextInt(20))
                .input("x1", 1, 1 + random.nextInt(20))
                .weight("w", 1, 4);
        List<String> values = new ArrayList<>(List.of("x0", "x1", "w"));
        int nodes = 2 + random.nextInt(7);
        List<String> unread = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            String a = values.get(random.nextInt(values.size()));
            String b = values.get(random.nextInt(values.size()));
            List<String> made = new ArrayList<>(List.of("v" + node));
            if (random.nextInt(4) == 0) {
                made.add("u" + node);
            }
            made.forEach(name -> sketch.shape(name, 1, 1 + random.nextInt(4)));
            sketch.node("Op " + a + " " + b + " -> " + String.join(" ", made));
            if (random.nextInt(10) == 0) {
                sketch.noShape(made.get(0));
            }
            unread.removeAll(List.of(a, b));
            unread.addAll(made);
            values.addAll(made);
        }
        unread.stream().filter(name -> random.nextInt(5) > 0).forEach(sketch::output);
        sketch.output("v" + random.nextInt(nodes));
        return sketch;
    }

    private record Narrowest(long width, int tensors) {}

    @Property(tries = 400, seed = "20260101")
    void candidates_randomNetwork_areTheNarrowestOfAllClosedSets(@ForAll long seed) {
        NetworkSketch sketch = sketch(new Random(seed));
        Network network = sketch.network();
        Shapes shapes = sketch.shapes();
        Dataflow dataflow = Dataflow.of(network);
        Map<String, Narrowest> expected = bruteForce(dataflow, shapes);
        List<Cut> cuts = Cuts.candidates(network, shapes, 100);

        Map<String, Narrowest> found = new HashMap<>();
        for (Cut cut : cuts) {
            boolean narrowestForOne = false;
            for (String tensor : cut.tensors()) {
                Narrowest size = new Narrowest(cut.widthBytes(), cut.tensors().size());
                narrowestForOne |= size.equals(expected.get(tensor));
                found.merge(tensor, size, CutsPropertyTest::less);
            }
            assertThat(narrowestForOne).as(cut.name()).isTrue();
            assertThat(isClosed(dataflow, NodeSet.copyOf(cut.upstream()).toBits()))
                    .isTrue();
        }
        found.keySet().retainAll(expected.keySet()); // network inputs have no candidate of their own
        assertThat(found).isEqualTo(expected);
        for (int i = 0; i < cuts.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(cuts.get(i).precedes(cuts.get(j))).isFalse();
                assertThat(cuts.get(i).tensors()).isNotEqualTo(cuts.get(j).tensors());
            }
        }
    }

    private static Map<String, Narrowest> bruteForce(Dataflow dataflow, Shapes shapes) {
        Map<String, Narrowest> narrowest = new HashMap<>();
        int[] steps = dataflow.steps().stream().toArray();
        for (int bits = 1; bits < (1 << steps.length) - 1; bits++) {
            BitSet upstream = new BitSet();
            for (int i = 0; i < steps.length; i++) {
                upstream.set(steps[i], (bits >> i & 1) != 0);
            }
            List<Dataflow.Value> crossing = dataflow.crossing(upstream);
            if (!isClosed(dataflow, upstream)
                    || crossing.stream()
                            .anyMatch(value -> shapes.of(value.name()).isEmpty())) {
                continue;
            }
            long width = crossing.stream()
                    .mapToLong(value -> shapes.of(value.name()).orElseThrow().sizeBytes())
                    .sum();
            for (Dataflow.Value value : crossing) {
                if (value.producer() != Dataflow.INPUT) {
                    narrowest.merge(value.name(), new Narrowest(width, crossing.size()), CutsPropertyTest::less);
                }
            }
        }
        return narrowest;
    }

    private static Narrowest less(Narrowest a, Narrowest b) {
        return a.width() < b.width() || (a.width() == b.width() && a.tensors() <= b.tensors()) ? a : b;
    }

    private static boolean isClosed(Dataflow dataflow, BitSet upstream) {
        return upstream.stream()
                .filter(dataflow::isStep)
                .flatMap(step -> dataflow.before(step).stream())
                .allMatch(upstream::get);
    }
}
