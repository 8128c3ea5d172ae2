package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.NarrowsException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Fusion and clean-up: passes made again and again until none finds anything, each patch checked against the network's
 * answers before the next is made. A patch that answers otherwise is not taken, and said to be so.
 */
public final class Fusing {

    /** How far an output may be off, relative to its largest magnitude: products and sums in another order. */
    public static final double TOLERANCE = 1e-4;

    private static final int CHECKED_ITEMS = 8;
    private static final int MOST_ROUNDS = 100; // of a pass: as many as layers that depend on each other

    private final Network original;
    private final Shapes shapes;
    private final Reference reference;
    private final List<Step> steps = new ArrayList<>();

    private Fusing(Network original, Shapes shapes, Reference reference) {
        this.original = original;
        this.shapes = shapes;
        this.reference = reference;
    }

    /**
     * What a pass did.
     *
     * @param changes nodes and weights changed
     * @param nodes that were left
     * @param difference see {@link Reference.Difference#largest}, to the original network
     * @param taken whether it was within the tolerance
     * @param failure what the runtime said, if the network did not run
     */
    public record Step(String pass, int changes, int nodes, double difference, boolean taken, String failure) {}

    /** The network in the end, and how it came about. */
    public record Result(Network network, List<Step> steps) {

        public Result {
            steps = List.copyOf(steps);
        }
    }

    /** All passes, in an order in which each finds most. */
    public static List<Pass> passes() {
        return List.of(
                new ConstantFolding(), new NoOps(), new Folding(), new LinearMerging(), new Duplicates(), new Unused());
    }

    /**
     * Makes the passes.
     *
     * @param shapes of the network's values
     * @param reference the network's answers
     */
    public static Result run(Network network, Shapes shapes, Reference reference, List<Pass> passes) {
        return new Fusing(network, shapes, reference).run(passes);
    }

    /**
     * The network after all passes, checked on the first few items.
     *
     * @param items of one each
     */
    public static Network fused(Network network, Shapes shapes, List<Map<String, Tensor>> items) {
        Reference reference = Reference.of(network, items.subList(0, Math.min(items.size(), CHECKED_ITEMS)));
        return run(network, shapes, reference, passes()).network();
    }

    private Result run(List<Pass> passes) {
        Network network = original;
        List<Pass> left = new ArrayList<>(passes);
        boolean again = true;
        for (int round = 0; again && round < MOST_ROUNDS; round++) {
            again = false;
            for (Pass pass : List.copyOf(left)) {
                int before = steps.size();
                network = made(pass, network);
                if (steps.size() > before) {
                    boolean taken = steps.get(before).taken();
                    again |= taken;
                    if (!taken) {
                        left.remove(pass); // it would fail again
                    }
                }
            }
        }
        return new Result(network, steps);
    }

    private Network made(Pass pass, Network network) {
        Network changed = network;
        int changes = 0;
        double difference = Double.POSITIVE_INFINITY;
        String failure = "";
        try {
            for (int round = 0; round < MOST_ROUNDS; round++) {
                Patch patch = pass.patch(changed, shapes);
                if (patch.changes() == 0) {
                    break;
                }
                changes += patch.changes();
                changed = patch.apply();
            }
            if (changes == 0) {
                return network;
            }
            Validator.check(changed);
            difference = reference.difference(changed).largest();
        } catch (NarrowsException e) { // what the pass made is no network that runs: the old one does
            failure = String.valueOf(e.getMessage());
        }
        boolean taken = difference <= TOLERANCE;
        steps.add(new Step(pass.name(), changes, changed.nodes().size(), difference, taken, failure));
        return taken ? changed : network;
    }
}
