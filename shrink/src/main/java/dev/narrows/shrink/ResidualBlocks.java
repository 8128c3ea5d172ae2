package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Validator;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The residual blocks of a network that can go as a whole: sums of a value with what a branch makes of that value alone.
 * Without the branch the sum is the value (A. Veit, M. Wilber, S. Belongie: Residual networks behave like ensembles of
 * relatively shallow networks, 2016). Where a device's time is spent on the number of layers more than on their width, that
 * gains more time than channels do (S. Elkerdawy et al.: To filter prune, or to layer prune, that is the question, 2020).
 *
 * @param network that they are of
 * @param all of them, in its order; one may lie inside another
 */
public record ResidualBlocks(Network network, List<Block> all) {

    /**
     * A block.
     *
     * @param name of the sum
     * @param kept the value that is left in the sum's place
     * @param layers what the nodes of the branch that compute are called
     * @param macs multiply-accumulates of the branch, an item
     */
    public record Block(String name, String kept, List<String> layers, long macs) {

        public Block {
            layers = List.copyOf(layers);
        }
    }

    /**
     * A block that was chosen to go.
     *
     * @param block of the network without those chosen before it
     * @param signalToNoise of the answers without it and them, in decibel ({@link Reference.Difference})
     */
    public record Gone(Block block, double signalToNoise) {}

    public ResidualBlocks {
        all = List.copyOf(all);
    }

    /** Finds them: those whose branch computes something, and whose work nothing else reads. */
    public static ResidualBlocks of(Network network, Shapes shapes) {
        return new ResidualBlocks(network, new Finding(network, shapes).blocks());
    }

    /** The same, but for blocks with layers that are to stay. */
    public ResidualBlocks keeping(Predicate<Node> layers) {
        Set<String> kept =
                network.nodes().stream().filter(layers).map(Node::label).collect(Collectors.toSet());
        return new ResidualBlocks(
                network,
                all.stream()
                        .filter(block -> block.layers().stream().noneMatch(kept::contains))
                        .toList());
    }

    /** Those that hold no other: each can go whichever of the others goes. */
    public ResidualBlocks innermost() {
        return new ResidualBlocks(
                network,
                all.stream()
                        .filter(block -> all.stream().noneMatch(other -> isInside(other, block)))
                        .toList());
    }

    /** Whether a block goes with another; of two with the same layers, the first is inside the second. */
    private boolean isInside(Block inner, Block outer) {
        return !inner.equals(outer)
                && outer.layers().containsAll(inner.layers())
                && (outer.layers().size() > inner.layers().size() || all.indexOf(inner) < all.indexOf(outer));
    }

    /**
     * The network without some blocks.
     *
     * @param names of blocks, each of {@link #all}
     * @param shapes of a network's values
     * @throws InvalidException if a name is none of a block, or of one inside another that goes too
     */
    public Network without(Collection<String> names, Function<Network, Shapes> shapes) {
        Network left = network;
        for (String name : names) {
            Block block = of(left, shapes.apply(left)).all().stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new InvalidException("block: \"" + name + "\" (expected: one of "
                            + all.stream().map(Block::name).toList() + ", and not inside of another that goes)"));
            left = without(left, block, shapes);
        }
        Validator.check(left);
        return left;
    }

    private static Network without(Network network, Block block, Function<Network, Shapes> shapes) {
        Patch patch = Patch.of(network, shapes.apply(network));
        patch.redirect(block.name(), block.kept()); // which was tried when the block was found
        patch.dropUnused();
        Network left = patch.apply();
        Integer maker = left.producers().get(block.kept());
        if (maker == null) {
            return left;
        }
        String activation = left.nodes().get(maker).opType(); // behind the sum it may be there a second time
        NoOps doubled = new NoOps(node -> node.is(activation) && node.inputs().contains(block.kept()));
        return doubled.patch(left, shapes.apply(left)).apply();
    }

    /**
     * Chooses blocks one by one, each time the one without which a network answers most like the whole one.
     *
     * @param count how many
     * @param reference of the whole network
     * @param shapes of a network's values
     * @param done is called after each network that was tried, at most {@link #trials}
     * @return those that go, the first to go first
     * @throws InvalidException if there are not as many
     */
    public List<Gone> least(int count, Reference reference, Function<Network, Shapes> shapes, Runnable done) {
        List<Gone> gone = new ArrayList<>();
        ResidualBlocks rest = this;
        while (gone.size() < count) {
            Optional<Gone> best = Optional.empty();
            Network left = rest.network();
            for (Block block : rest.all()) {
                Network without = rest.without(List.of(block.name()), shapes);
                Gone tried = new Gone(block, reference.difference(without).signalToNoise());
                if (best.isEmpty() || tried.signalToNoise() > best.get().signalToNoise()) {
                    best = Optional.of(tried);
                    left = without;
                }
                done.run();
            }
            gone.add(best.orElseThrow(() -> new InvalidException(
                    "blocks: " + count + " (expected: at most " + gone.size() + ", as many can go)")));
            rest = rest.in(left, shapes);
        }
        return gone;
    }

    /** Those of these blocks that a network without some of them still has. */
    private ResidualBlocks in(Network left, Function<Network, Shapes> shapes) {
        Set<String> own = all.stream().map(Block::name).collect(Collectors.toSet());
        return new ResidualBlocks(
                left,
                of(left, shapes.apply(left)).all().stream()
                        .filter(block -> own.contains(block.name()))
                        .toList());
    }

    /** How many networks {@link #least} tries at most. */
    public int trials(int count) {
        int trials = 0;
        for (int gone = 0; gone < count; gone++) {
            trials += Math.max(0, all.size() - gone);
        }
        return trials;
    }

    private static final class Finding {
        private final Network network;
        private final Shapes shapes;
        private final Map<String, Integer> producers;
        private final Map<String, List<Integer>> users;
        private final Set<String> constant;
        private final Set<String> outputs = new HashSet<>();
        private final List<Costs.NodeCost> costs;

        Finding(Network network, Shapes shapes) {
            this.network = network;
            this.shapes = shapes;
            producers = network.producers();
            users = network.users();
            constant = network.constantNames();
            network.outputs().stream().map(ValueInfo::name).forEach(outputs::add);
            costs = Costs.of(network, shapes);
        }

        List<Block> blocks() {
            List<Block> blocks = new ArrayList<>();
            for (Node node : network.nodes()) {
                if (node.is("Add") && !outputs.contains(node.outputs().get(0))) {
                    String first = node.inputs().get(0);
                    String second = node.inputs().get(1);
                    block(node, first, second)
                            .or(() -> block(node, second, first))
                            .ifPresent(blocks::add);
                }
            }
            return blocks;
        }

        private Optional<Block> block(Node sum, String kept, String made) {
            if (constant.contains(kept)
                    || constant.contains(made)
                    || !isSameShape(kept, made, sum.outputs().get(0))) {
                return Optional.empty();
            }
            Optional<Set<Integer>> branch = branch(kept, made);
            boolean apart = branch.isPresent() && isReadBy(made, sum) && isOwn(branch.get(), made);
            if (!apart || !Patch.of(network, shapes).redirect(sum.outputs().get(0), kept)) {
                return Optional.empty();
            }
            long macs = branch.get().stream()
                    .mapToLong(node -> costs.get(node).macs())
                    .sum();
            List<String> layers = branch.get().stream()
                    .filter(node -> costs.get(node).macs() > 0)
                    .map(node -> network.nodes().get(node).label())
                    .toList();
            return macs == 0
                    ? Optional.empty()
                    : Optional.of(new Block(sum.outputs().get(0), kept, layers, macs));
        }

        private boolean isSameShape(String first, String second, String sum) {
            Optional<Shapes.Shape> shape = shapes.of(sum);
            return shape.isPresent()
                    && shapes.of(first).equals(shape)
                    && shapes.of(second).equals(shape);
        }

        /** The nodes between the two values, in the network's order; empty if something else comes in than constants. */
        private Optional<Set<Integer>> branch(String kept, String made) {
            Set<Integer> nodes = new TreeSet<>();
            Deque<String> left = new ArrayDeque<>(List.of(made));
            while (!left.isEmpty()) {
                String value = left.pop();
                if (value.equals(kept) || value.isEmpty() || constant.contains(value)) {
                    continue;
                }
                Integer producer = producers.get(value);
                if (producer == null) {
                    return Optional.empty();
                }
                if (nodes.add(producer)) {
                    left.addAll(network.nodes().get(producer).uses());
                }
            }
            return Optional.of(nodes);
        }

        private boolean isReadBy(String made, Node sum) {
            return !outputs.contains(made)
                    && users.getOrDefault(made, List.of()).stream()
                            .allMatch(user -> network.nodes().get(user).equals(sum));
        }

        /** Whether nothing outside of a branch reads what it makes on the way. */
        private boolean isOwn(Set<Integer> branch, String made) {
            return branch.stream()
                    .flatMap(node -> network.nodes().get(node).outputs().stream())
                    .filter(value -> !value.equals(made))
                    .allMatch(value ->
                            !outputs.contains(value) && branch.containsAll(users.getOrDefault(value, List.of())));
        }
    }
}
