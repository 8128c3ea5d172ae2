package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Validator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Channels taken out of a network for good: tensors get smaller, work gets less. Through sums, concatenations,
 * convolutions of groups, reshapes and splits, what hangs together goes together.
 */
public final class FilterPruning {

    /** Types in which the bits 0 stand for 0; signed bytes are symmetric as weights. */
    private static final Set<ElementType> ZERO_IS_NOTHING = EnumSet.of(
            ElementType.FLOAT, ElementType.FLOAT16, ElementType.BFLOAT16, ElementType.DOUBLE, ElementType.INT8);

    private record Candidate(int member, int group, double importance) {}

    /**
     * Layers whose channels go together, as those that meet in residual sums do.
     *
     * @param layers what the nodes that make the channels are called
     * @param channels how many can be removed, each with what hangs together with it
     */
    public record LayerSet(List<String> layers, int channels) {

        public LayerSet {
            layers = List.copyOf(layers);
        }
    }

    private final ChannelGraph graph;
    private final Shapes shapes;
    private final Map<Integer, List<Integer>> groups;
    private final Optional<Salience> salience;
    private final long seed;
    private final Map<FilterCriterion, Map<Integer, Double>> importances = new EnumMap<>(FilterCriterion.class);

    private FilterPruning(
            ChannelGraph graph,
            Shapes shapes,
            Map<Integer, List<Integer>> groups,
            Optional<Salience> salience,
            long seed) {
        this.graph = graph;
        this.shapes = shapes;
        this.groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
        this.salience = salience;
        this.seed = seed;
    }

    /**
     * The channels of a network.
     *
     * @param network constants that are computed are computed beforehand, whatever their size
     * @param seed of chance, where the criterion is that
     */
    public static FilterPruning of(Network network, Shapes shapes, long seed) {
        Network held = ConstantFolding.ofAnySize().folded(network, shapes);
        ChannelGraph graph = ChannelGraph.of(held, shapes);
        return new FilterPruning(graph, shapes, graph.groups(), Optional.empty(), seed);
    }

    /** The same, with all channels of some layers left where they are, and so those that hang together with them. */
    public FilterPruning keeping(Predicate<Node> layers) {
        Set<Integer> kept = new HashSet<>();
        for (ChannelGraph.Maker maker : graph.makers()) {
            if (layers.test(graph.network().nodes().get(maker.node()))) {
                Arrays.stream(maker.ids()).map(graph.classes()::of).forEach(kept::add);
            }
        }
        Map<Integer, List<Integer>> left = new LinkedHashMap<>(groups);
        left.values().removeIf(members -> members.stream().anyMatch(kept::contains));
        return new FilterPruning(graph, shapes, left, salience, seed);
    }

    /** The same with gradients, for the criterion that needs them. */
    public FilterPruning with(Salience gradients) {
        return new FilterPruning(graph, shapes, groups, Optional.of(gradients), seed);
    }

    /** How many channels, or sets of channels that hang together, can be removed. */
    public int removable() {
        return groups.values().stream().mapToInt(List::size).sum();
    }

    /** The network that channels are taken out of: as it was given, with what can be computed beforehand held. */
    public Network network() {
        return graph.network();
    }

    /** How many channels layers make. */
    public int channels() {
        return graph.makers().stream().mapToInt(maker -> maker.ids().length).sum();
    }

    /** The sets of layers that hang together, in the network's order; the same for what is left when channels are gone. */
    public List<LayerSet> sets() {
        List<LayerSet> sets = new ArrayList<>();
        for (List<Integer> members : groups.values()) {
            Set<Integer> own = Set.copyOf(members);
            List<String> layers = graph.makers().stream()
                    .filter(maker ->
                            Arrays.stream(maker.ids()).map(graph.classes()::of).anyMatch(own::contains))
                    .map(maker -> graph.network().nodes().get(maker.node()).label())
                    .toList();
            sets.add(new LayerSet(layers, members.size()));
        }
        return sets;
    }

    /**
     * Chooses what goes: all but so many of each set, the least important first; one of each layer stays.
     *
     * @param kept how many channels stay, for each of {@link #sets}; of one that has no more, all
     * @return classes, for {@link #removed} and {@link #masked}
     */
    public Set<Integer> allBut(List<Integer> kept, FilterCriterion criterion) {
        if (kept.size() != groups.size()) {
            throw new InvalidException("channels kept: of " + kept.size() + " sets (expected: of " + groups.size()
                    + ", as many as hang together)");
        }
        return allBut(kept, importance(criterion));
    }

    /** How many channels of each of {@link #sets} stay if some go. */
    public List<Integer> kept(Set<Integer> chosen) {
        return groups.values().stream()
                .map(members -> Math.toIntExact(members.stream()
                        .filter(member -> !chosen.contains(member))
                        .count()))
                .toList();
    }

    private Set<Integer> allBut(List<Integer> kept, Map<Integer, Double> importance) {
        Set<Integer> chosen = new HashSet<>();
        int set = 0;
        for (List<Integer> members : groups.values()) {
            int stays = kept.get(set++);
            if (stays < 1) {
                throw new InvalidException("channels kept: " + stays + " (expected: 1 or more), set " + set);
            }
            members.stream()
                    .sorted(Comparator.comparingDouble(member -> importance.getOrDefault(member, 0.0)))
                    .limit(Math.max(0, members.size() - stays))
                    .forEach(chosen::add);
        }
        return withOneOfEach(chosen, importance);
    }

    /**
     * Chooses what goes: in each set of layers that hang together the same share, the least important first.
     *
     * @param share of the removable channels, 0 to 1; at least one of each layer stays
     * @param criterion what makes a channel important
     * @param multiple of which numbers are to stay, where there are as many: kernels compute so many channels at once
     * @return classes, for {@link #removed} and {@link #masked}
     */
    public Set<Integer> uniform(double share, FilterCriterion criterion, int multiple) {
        requireShare(share);
        requireMultiple(multiple);
        Map<Integer, Double> importance = importance(criterion);
        if (share == 0) {
            return new HashSet<>();
        }
        List<Integer> kept = groups.values().stream()
                .map(group -> left(group.size(), share, multiple))
                .toList();
        return allBut(kept, importance);
    }

    private static int left(int channels, double share, int multiple) {
        double wanted = (1 - share) * channels;
        long rounded = channels < multiple ? Math.round(wanted) : multiple * Math.round(wanted / multiple);
        int least = channels < multiple ? 1 : multiple;
        return (int) Math.max(least, Math.min(channels, rounded));
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
        List<Candidate> all = new ArrayList<>();
        groups.forEach((group, members) -> {
            double mean = members.stream()
                    .mapToDouble(member -> importance.getOrDefault(member, 0.0))
                    .average()
                    .orElse(1);
            for (int member : members) {
                double own = importance.getOrDefault(member, 0.0);
                importance.put(member, mean == 0 ? 0 : own / mean);
                all.add(new Candidate(member, group, mean == 0 ? 0 : own / mean));
            }
        });
        all.sort(Comparator.comparingDouble(Candidate::importance));
        int wanted = (int) Math.round(share * all.size());
        Map<Integer, Integer> taken = new HashMap<>();
        Set<Integer> chosen = new HashSet<>();
        for (Candidate candidate : all) {
            int size = groups.getOrDefault(candidate.group(), List.of()).size();
            int limit = Math.min(size - 1, (int) Math.round(most * size));
            if (chosen.size() < wanted && taken.getOrDefault(candidate.group(), 0) < limit) {
                chosen.add(candidate.member());
                taken.merge(candidate.group(), 1, Integer::sum);
            }
        }
        for (List<Integer> group : groups.values()) {
            List<Integer> gone = group.stream()
                    .filter(chosen::contains)
                    .sorted(Comparator.comparingDouble(member -> -importance.getOrDefault(member, 0.0)))
                    .toList();
            int kept = group.size() - gone.size();
            int rounded = Math.min(group.size(), (kept + multiple - 1) / multiple * multiple);
            chosen.removeAll(Set.copyOf(gone.subList(0, group.size() < multiple ? 0 : rounded - kept)));
        }
        return withOneOfEach(chosen, importance);
    }

    /** Puts the most important back of every layer, part of a split or slice of which all were chosen. */
    private Set<Integer> withOneOfEach(Set<Integer> chosen, Map<Integer, Double> importance) {
        for (int[] ids : graph.needed()) {
            List<Integer> own =
                    Arrays.stream(ids).map(graph.classes()::of).boxed().toList();
            if (chosen.containsAll(own)) {
                own.stream()
                        .max(Comparator.comparingDouble(member -> importance.getOrDefault(member, 0.0)))
                        .ifPresent(chosen::remove);
            }
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

    private Map<Integer, Double> importance(FilterCriterion criterion) {
        return new HashMap<>(importances.computeIfAbsent(
                criterion, asked -> new FilterScores(graph, removableClasses(), salience, seed).importance(asked)));
    }

    private Set<Integer> removableClasses() {
        Set<Integer> all = new HashSet<>();
        groups.values().forEach(all::addAll);
        return all;
    }

    /** The network without the chosen channels. */
    public Network removed(Set<Integer> chosen) {
        return removed(chosen, graph.network().initializers());
    }

    /**
     * The same, with weights that stay making up for those that go ({@link Reconstruction}).
     *
     * @param items of one each, on which to see what layers read
     * @param done is called after each of {@link #reconstructions}, with whether the layer was fitted
     */
    public Network reconstructed(Set<Integer> chosen, List<Map<String, Tensor>> items, Consumer<Boolean> done) {
        Map<String, ConstantTensor> masked = masked(chosen).initializers();
        return removed(chosen, Reconstruction.weights(graph, shapes, chosen, masked, items, done));
    }

    /** How many layers {@link #reconstructed} can fit; 0 if some that read channels hold no floats, or bytes with zero points. */
    public int reconstructions() {
        boolean masks = graph.readers().stream()
                .allMatch(reader -> ZERO_IS_NOTHING.contains(
                        FilterScores.weight(graph.network().initializers(), reader.weight())
                                .type()));
        return masks ? Reconstruction.layers(graph, shapes).size() : 0;
    }

    private Network removed(Set<Integer> chosen, Map<String, ConstantTensor> held) {
        Network pruned = Removal.of(graph, chosen, held);
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
            ConstantTensor weight = FilterScores.weight(initializers, reader.weight());
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
