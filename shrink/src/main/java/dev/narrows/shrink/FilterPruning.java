package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Validator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Channels taken out of a network for good: tensors get smaller, work gets less. Through sums, concatenations,
 * convolutions of groups, reshapes and splits, what hangs together goes together.
 */
public final class FilterPruning {

    /** Types in which the bits 0 stand for 0; signed bytes are symmetric as weights. */
    private static final Set<ElementType> ZERO_IS_NOTHING =
            EnumSet.of(ElementType.FLOAT, ElementType.FLOAT16, ElementType.BFLOAT16, ElementType.DOUBLE, ElementType.INT8);

    private final ChannelGraph graph;
    private final Map<Integer, List<Integer>> groups;

    private FilterPruning(ChannelGraph graph) {
        this.graph = graph;
        this.groups = graph.groups();
    }

    /**
     * The channels of a network.
     *
     * @param network constants that are computed are computed beforehand, whatever their size
     */
    public static FilterPruning of(Network network, Shapes shapes) {
        Network held = network;
        while (true) {
            Patch patch = ConstantFolding.ofAnySize().patch(held, shapes);
            if (patch.changes() == 0) {
                return new FilterPruning(ChannelGraph.of(held, shapes));
            }
            held = patch.apply();
        }
    }

    /** How many channels, or sets of channels that hang together, can be removed. */
    public int removable() {
        return groups.values().stream().mapToInt(List::size).sum();
    }

    /** How many channels layers make. */
    public int channels() {
        return graph.makers().stream().mapToInt(maker -> maker.ids().length).sum();
    }

    /**
     * Chooses what goes: in each set of layers that hang together the same share, the least important first.
     *
     * @param share of the removable channels, 0 to 1; at least one of each stays
     * @param criterion what makes a channel important
     * @param multiple of which numbers are to stay, where there are as many: kernels compute so many channels at once
     * @return classes, for {@link #removed} and {@link #masked}
     */
    public Set<Integer> uniform(double share, FilterCriterion criterion, int multiple) {
        requireShare(share);
        requireMultiple(multiple);
        Map<Integer, Double> importance = importance(criterion);
        Set<Integer> chosen = new HashSet<>();
        for (List<Integer> group : groups.values()) {
            List<Integer> sorted = new ArrayList<>(group);
            sorted.sort(Comparator.comparingDouble(importance::get));
            double left = (1 - share) * group.size();
            long kept = group.size() < multiple ? Math.round(left) : multiple * Math.round(left / multiple);
            int least = group.size() < multiple ? 1 : multiple;
            int stays = (int) Math.max(least, Math.min(group.size(), kept));
            chosen.addAll(sorted.subList(0, group.size() - stays));
        }
        return chosen;
    }

    /**
     * Chooses what goes over the whole network, the least important first, their layers' mean importance being equal.
     *
     * @param share of the removable channels, 0 to 1
     * @param most share of a set of layers that may go
     * @param multiple as for {@link #uniform}; numbers are rounded up to it
     */
    public Set<Integer> global(double share, double most, FilterCriterion criterion, int multiple) {
        requireMultiple(multiple);
        requireShare(share);
        requireShare(most);
        Map<Integer, Double> importance = importance(criterion);
        Map<Integer, Integer> left = new HashMap<>();
        Map<Integer, Integer> groupOf = new HashMap<>();
        List<Integer> all = new ArrayList<>();
        groups.forEach((group, members) -> {
            left.put(group, Math.min(members.size() - 1, (int) Math.round(most * members.size())));
            double mean = members.stream().mapToDouble(importance::get).average().orElse(1);
            for (int member : members) {
                importance.put(member, mean == 0 ? 0 : importance.get(member) / mean);
                groupOf.put(member, group);
                all.add(member);
            }
        });
        all.sort(Comparator.comparingDouble(importance::get));
        int wanted = (int) Math.round(share * all.size());
        Set<Integer> chosen = new HashSet<>();
        for (int member : all) {
            int group = groupOf.get(member);
            if (chosen.size() < wanted && left.get(group) > 0) {
                chosen.add(member);
                left.merge(group, -1, Integer::sum);
            }
        }
        for (List<Integer> group : groups.values()) {
            List<Integer> gone = group.stream()
                    .filter(chosen::contains)
                    .sorted(Comparator.comparingDouble(importance::get).reversed())
                    .toList();
            int kept = group.size() - gone.size();
            int rounded = Math.min(group.size(), (kept + multiple - 1) / multiple * multiple);
            chosen.removeAll(Set.copyOf(gone.subList(0, group.size() < multiple ? 0 : rounded - kept)));
        }
        return chosen;
    }

    private static void requireMultiple(int multiple) {
        if (multiple < 1) {
            throw new InvalidException("multiple: " + multiple + " (expected: 1 or more)");
        }
    }

    private static void requireShare(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new InvalidException("share: " + share + " (expected: 0 to 1)");
        }
    }

    /** The mean importance of the channels of each class. */
    private Map<Integer, Double> importance(FilterCriterion criterion) {
        Map<Integer, Double> sums = new HashMap<>();
        Map<Integer, Integer> counts = new HashMap<>();
        for (ChannelGraph.Maker maker : graph.makers()) {
            ConstantTensor weight = graph.network().initializers().get(maker.weight());
            double[] scores = criterion.scores(weight, maker.axis());
            for (int channel = 0; channel < scores.length; channel++) {
                int own = graph.classes().of(maker.ids()[channel]);
                sums.merge(own, scores[channel], Double::sum);
                counts.merge(own, 1, Integer::sum);
            }
        }
        Map<Integer, Double> means = new LinkedHashMap<>();
        sums.forEach((own, sum) -> means.put(own, sum / counts.get(own)));
        return means;
    }

    /** The network without the chosen channels. */
    public Network removed(Set<Integer> chosen) {
        Network pruned = Removal.of(graph, chosen);
        Validator.check(pruned);
        return pruned;
    }

    /**
     * The network as large as it was, with 0 for every weight that reads a chosen channel: it answers as the one without
     * them does. For checks, and for training under a mask.
     */
    public Network masked(Set<Integer> chosen) {
        Map<String, ConstantTensor> initializers =
                new LinkedHashMap<>(graph.network().initializers());
        for (ChannelGraph.Reader reader : graph.readers()) {
            ConstantTensor weight = initializers.get(reader.weight());
            if (!ZERO_IS_NOTHING.contains(weight.type())) {
                throw new UnsupportedException("weights: " + weight.type() + " (expected: one of " + ZERO_IS_NOTHING
                        + ", to be masked), tensor \"" + weight.name() + "\"");
            }
            List<int[]> gone = new ArrayList<>();
            for (int[] ids : reader.ids()) {
                List<Integer> places = new ArrayList<>();
                for (int place = 0; place < ids.length; place++) {
                    if (chosen.contains(graph.classes().of(ids[place]))) {
                        places.add(place);
                    }
                }
                gone.add(places.stream().mapToInt(Integer::intValue).toArray());
            }
            initializers.put(reader.weight(), Slices.zeroed(weight, reader.axis(), gone));
        }
        return graph.network().withInitializers(initializers);
    }
}
