package dev.narrows.graph;

import dev.narrows.graph.Dataflow.Value;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jgrapht.Graph;
import org.jgrapht.alg.flow.PushRelabelMFImpl;
import org.jgrapht.graph.DefaultWeightedEdge;
import org.jgrapht.graph.SimpleDirectedWeightedGraph;

/**
 * The narrowest cut between steps that must lie upstream and steps that must lie downstream.
 *
 * <p>design: a minimum cut in a flow network (Ford and Fulkerson, 1956; maximum flow by Goldberg and Tarjan's
 * push-relabel, 1988, from JGraphT) in which [1] each value is a vertex of its own behind its producer, joined by an
 * edge with the value's width as capacity, so that a value with several readers is paid for once; [2] an edge of
 * unlimited capacity goes from each step back to the makers of what it reads, so that the upstream side is closed;
 * [3] steps that are bound to a side are contracted into the source and the sink. Their ancestors and descendants are
 * bound with them, so in most networks only a few branches beside the wanted cut stay free, and each flow problem is
 * tiny. Of several minimum cuts the one with the fewest steps upstream is returned.
 */
final class MinimumCut {

    private static final int SOURCE = -1;
    private static final int SINK = -2;

    private final Dataflow dataflow;
    private final long[] widths;
    private final BitSet interior;

    /**
     * @param widths bytes of each value, by its index; -1 if it must not cross
     * @param interior values inside a group that the runtime fuses: avoided among equally narrow cuts
     */
    MinimumCut(Dataflow dataflow, long[] widths, BitSet interior) {
        this.dataflow = dataflow;
        this.widths = widths.clone();
        this.interior = (BitSet) interior.clone();
    }

    /**
     * The steps upstream in the narrowest cut; among equally narrow ones, with the fewest tensors, then with the fewest
     * inside a fusion.
     *
     * @param source steps that lie upstream, closed under what they depend on
     * @param sink steps that lie downstream, closed under what depends on them
     * @return empty if no cut does without the values that must not cross
     */
    Optional<BitSet> between(BitSet source, BitSet sink) {
        BitSet free = dataflow.steps();
        free.andNot(source);
        free.andNot(sink);
        BitSet upstream = (BitSet) source.clone();
        if (!free.isEmpty()) {
            Graph<Integer, DefaultWeightedEdge> graph = new SimpleDirectedWeightedGraph<>(DefaultWeightedEdge.class);
            double unlimited = build(graph, source, sink, free);
            Set<Integer> side = sourceSide(graph, unlimited);
            free.stream().filter(side::contains).forEach(upstream::set);
        }
        for (Value value : dataflow.crossing(upstream)) {
            if (widths[value.index()] < 0) {
                return Optional.empty();
            }
        }
        return Optional.of(upstream);
    }

    private static Set<Integer> sourceSide(Graph<Integer, DefaultWeightedEdge> graph, double unlimited) {
        // the library compares flows with an absolute tolerance; whole numbers below 2^53 stay exact
        PushRelabelMFImpl<Integer, DefaultWeightedEdge> flow = new PushRelabelMFImpl<>(graph, 0.25);
        double value = flow.calculateMinCut(SOURCE, SINK);
        return value < unlimited ? flow.getSourcePartition() : Set.of();
    }

    /** Adds the vertices and edges; returns the capacity that stands for unlimited. */
    private double build(Graph<Integer, DefaultWeightedEdge> graph, BitSet source, BitSet sink, BitSet free) {
        graph.addVertex(SOURCE);
        graph.addVertex(SINK);
        List<Value> values = dataflow.values().stream()
                .filter(value -> touches(value, source, free))
                .toList();
        long ties = values.size() + 1L;
        double total = 0;
        for (Value value : values) {
            total += capacity(value, ties);
        }
        if (total > 0x1p51) { // too wide to hold the tie-breaks exactly in a double: bytes alone decide
            ties = 0;
            total = values.stream().mapToDouble(value -> capacity(value, 0)).sum();
        }
        double unlimited = total + 1;
        for (Value value : values) {
            int producer = side(value.producer(), source, sink);
            int vertex = dataflow.network().nodes().size() + value.index();
            double capacity = widths[value.index()] < 0 ? unlimited : capacity(value, ties);
            addEdge(graph, producer, vertex, capacity);
            if (value.output()) {
                addEdge(graph, vertex, SINK, unlimited);
            }
            for (int reader : value.readers()) {
                int end = side(reader, source, sink);
                if (end != SOURCE) {
                    addEdge(graph, vertex, end, unlimited);
                }
                if (end >= 0 && producer >= 0) {
                    addEdge(graph, end, producer, unlimited);
                }
            }
        }
        return unlimited;
    }

    /** Whether a value's crossing is not settled yet: it is made on a free step, or read by one. */
    private static boolean touches(Value value, BitSet source, BitSet free) {
        if (value.producer() != Dataflow.INPUT && free.get(value.producer())) {
            return true;
        }
        if (value.producer() != Dataflow.INPUT && !source.get(value.producer())) {
            return false;
        }
        for (int reader : value.readers()) {
            if (free.get(reader)) {
                return true;
            }
        }
        return false;
    }

    /** Width first, then the number of tensors, then how many lie inside a fusion. */
    private double capacity(Value value, long ties) {
        long width = widths[value.index()];
        if (width < 0) {
            return 0;
        }
        return ties == 0 ? width : ((double) width * ties + 1) * ties + (interior.get(value.index()) ? 1 : 0);
    }

    private static int side(int step, BitSet source, BitSet sink) {
        if (step == Dataflow.INPUT || source.get(step)) {
            return SOURCE;
        }
        return sink.get(step) ? SINK : step;
    }

    private static void addEdge(Graph<Integer, DefaultWeightedEdge> graph, int from, int to, double capacity) {
        graph.addVertex(from);
        graph.addVertex(to);
        DefaultWeightedEdge edge = graph.getEdge(from, to);
        if (edge == null) {
            edge = graph.addEdge(from, to);
            graph.setEdgeWeight(edge, capacity);
        } else {
            graph.setEdgeWeight(edge, Math.max(graph.getEdgeWeight(edge), capacity));
        }
    }
}
