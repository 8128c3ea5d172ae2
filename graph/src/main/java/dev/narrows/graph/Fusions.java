package dev.narrows.graph;

import dev.narrows.graph.Dataflow.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The groups of nodes that ONNX Runtime's CPU provider computes as one operator when all optimisations are on. A cut
 * through a group undoes the fusion: the chain is slower than the whole network, and where the fused operator rounds
 * differently (a convolution with folded constants, or one that adds a residual into its accumulators), its last bits may
 * differ. {@link #keepsBits} tells where they do not.
 *
 * <p>The rules follow the sources in onnxruntime/core/optimizer; each names its file. They look at operators and readers
 * only, not at shapes, opsets or constants' values, and so name a few groups that the runtime leaves alone. Not known
 * here: fusions of attention, embeddings and shape arithmetic. A Softmax that is spelt out is no fusion of the runtime's.
 */
public final class Fusions {

    /**
     * Nodes that become one.
     *
     * @param rule what the runtime calls it
     * @param nodes indices into {@link Network#nodes}
     * @param residual the value that a convolution adds into its accumulators. The runtime does so in its blocked layout
     *     (NCHWc) only, which an input of a segment has not: then it adds apart
     */
    public record Group(String rule, Set<Integer> nodes, Optional<String> residual) {

        Group(String rule, Set<Integer> nodes) {
            this(rule, nodes, Optional.empty());
        }

        public Group {
            nodes = NodeSet.copyOf(nodes);
        }
    }

    private static final Set<String> AVERAGING = Set.of("GlobalAveragePool", "AveragePool");

    private final Dataflow dataflow;
    private final List<Group> groups;
    private final BitSet sensitive; // steps that round otherwise in the blocked layout

    private Fusions(Dataflow dataflow) {
        this.dataflow = dataflow;
        List<Group> found = new ArrayList<>();
        FusionWalk walk = new FusionWalk(dataflow);
        dataflow.steps().stream().forEach(step -> {
            FusionChains.match(walk, step, found);
            FusionPatterns.match(walk, step, found);
        });
        this.groups = List.copyOf(found);
        this.sensitive = sensitive();
    }

    /** The groups of a network. */
    public static Fusions of(Network network) {
        return new Fusions(Dataflow.of(network));
    }

    static Fusions of(Dataflow dataflow) {
        return new Fusions(dataflow);
    }

    /** The groups, in the order of their anchors; a node may be in several. */
    public List<Group> groups() {
        return groups;
    }

    /** The groups that have nodes both in {@code upstream} and outside. */
    public List<Group> splitBy(Set<Integer> upstream) {
        BitSet bits = NodeSet.copyOf(upstream).toBits();
        return groups.stream().filter(group -> isSplit(group, bits)).toList();
    }

    boolean isSplitBy(BitSet upstream) {
        for (Group group : groups) {
            if (isSplit(group, upstream)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSplit(Group group, BitSet upstream) {
        boolean inside = false;
        boolean outside = false;
        for (int node : group.nodes()) {
            inside |= upstream.get(node);
            outside |= !upstream.get(node);
        }
        return inside && outside;
    }

    /**
     * Whether the outputs of a chain that is cut here should have every bit of the whole network's, all optimisations on:
     * no group is split, and what crosses does not reach an operator that rounds otherwise in the runtime's blocked
     * layout (NCHWc) than in the plain one that a segment's inputs have. Such are residuals added into a convolution,
     * batch normalisations that stand alone, and averages; only a convolution blocks its input anew, so that whatever
     * lies between carries the plain layout on. For networks in float32 (float16 ones: {@link Widening}).
     *
     * <p>A rule that measurements support (the benchmark EveryCut), not a promise of the runtime's. Elsewhere the
     * difference is a few units in the last place.
     */
    public boolean keepsBits(Set<Integer> upstream) {
        BitSet bits = NodeSet.copyOf(upstream).toBits();
        return !isSplitBy(bits) && !changesLayoutOfSensitive(bits);
    }

    private boolean changesLayoutOfSensitive(BitSet upstream) {
        Set<String> plain = new HashSet<>();
        dataflow.crossing(upstream).forEach(value -> plain.add(value.name()));
        BitSet downstream = dataflow.steps();
        downstream.andNot(upstream);
        for (int step = downstream.nextSetBit(0); step >= 0; step = downstream.nextSetBit(step + 1)) {
            Node node = dataflow.network().nodes().get(step);
            if (node.is("Conv") || dataflow.read(step).stream().noneMatch(value -> plain.contains(value.name()))) {
                continue;
            }
            if (sensitive.get(step)) {
                return true;
            }
            dataflow.made(step).forEach(value -> plain.add(value.name()));
        }
        return false;
    }

    /** Averages, normalisations that are folded into no convolution, and additions that are fused into one. */
    private BitSet sensitive() {
        BitSet folded = new BitSet();
        BitSet found = new BitSet();
        for (Group group : groups) {
            if (group.rule().equals(FusionChains.CONVOLUTION)) {
                group.nodes().forEach(folded::set);
                group.residual()
                        .flatMap(name -> Optional.ofNullable(dataflow.value(name)))
                        .ifPresent(value -> {
                            for (int reader : value.readers()) {
                                found.set(
                                        reader,
                                        found.get(reader) || group.nodes().contains(reader));
                            }
                        });
            }
        }
        dataflow.steps().stream().forEach(step -> {
            Node node = dataflow.network().nodes().get(step);
            boolean alone = node.is("BatchNormalization") && !folded.get(step);
            if (alone || AVERAGING.contains(node.opType())) {
                found.set(step);
            }
        });
        return found;
    }

    /** The values made and read within one group, by their index. */
    BitSet interior() {
        BitSet interior = new BitSet();
        for (Group group : groups) {
            for (int node : group.nodes()) {
                for (Value value : dataflow.made(node)) {
                    for (int reader : value.readers()) {
                        if (group.nodes().contains(reader)) {
                            interior.set(value.index());
                        }
                    }
                }
            }
        }
        return interior;
    }
}
