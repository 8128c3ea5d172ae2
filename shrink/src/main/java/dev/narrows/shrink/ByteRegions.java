package dev.narrows.shrink;

import dev.narrows.graph.Costs;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What computes with bytes and hangs together: nodes of a plan that hand values on to each other as bytes. What comes
 * in and goes out is converted, and that takes time too.
 */
final class ByteRegions {

    /**
     * The work that pays for a byte of float32 that is converted at a region's border. Seen in profiles on AVX-512 with
     * VNNI: a number put on a grid or back took 0.2 to 0.3 ns, and 0.4 ns to get into the other order of channels; a
     * multiplication on bytes took 0.006 (ResNet-20) to 0.02 ns (MobileNetV2) less.
     */
    private static final int MACS_PER_BYTE = 10;

    private ByteRegions() {}

    /** The layers of regions that do too little work for what is converted at their borders. */
    static List<Node> notWorthTheirBorders(Network network, QuantizationPlan plan, List<Costs.NodeCost> costs) {
        Map<String, Integer> producers = network.producers();
        Set<Integer> members = new TreeSet<>(plan.layers().keySet());
        members.addAll(plan.others());
        Classes classes = new Classes();
        Map<Integer, Integer> ids = new HashMap<>();
        members.forEach(index -> ids.put(index, classes.add()));
        for (int index : members) {
            for (String input : network.nodes().get(index).inputs()) {
                Integer producer = producers.get(input);
                if (producer != null && ids.containsKey(producer)) {
                    classes.join(id(ids, index), id(ids, producer));
                }
            }
        }
        Map<Integer, Double> gain = new HashMap<>(); // of each region, in multiplications
        plan.layers()
                .keySet()
                .forEach(index -> gain.merge(
                        classes.of(id(ids, index)), (double) costs.get(index).macs(), Double::sum));
        Map<String, List<Integer>> users = network.users();
        for (String value : plan.values()) {
            Integer producer = producers.get(value);
            if (producer == null) {
                continue; // an input of the network
            }
            double border = (double) MACS_PER_BYTE * costs.get(producer).outputBytes();
            boolean made = ids.containsKey(producer);
            Set<Integer> readers = new TreeSet<>();
            boolean leaves = !users.containsKey(value);
            for (int user : users.getOrDefault(value, List.of())) {
                if (ids.containsKey(user)) {
                    readers.add(classes.of(id(ids, user)));
                } else {
                    leaves = true;
                }
            }
            if (made && leaves) {
                gain.merge(classes.of(id(ids, producer)), -border, Double::sum);
            } else if (!made) {
                readers.forEach(region -> gain.merge(region, -border, Double::sum));
            }
        }
        List<Node> found = new ArrayList<>();
        for (int index : plan.layers().keySet()) {
            if (gain.getOrDefault(classes.of(id(ids, index)), 0.0) <= 0) {
                found.add(network.nodes().get(index));
            }
        }
        return found;
    }

    private static int id(Map<Integer, Integer> ids, int index) {
        Integer id = ids.get(index);
        if (id == null) {
            throw new IllegalStateException("node " + index);
        }
        return id;
    }
}
