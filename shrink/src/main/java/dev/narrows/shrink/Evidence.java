package dev.narrows.shrink;

import dev.narrows.data.Dataset;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.RandomItems;
import dev.narrows.train.Inputs;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a changed network is held against the old one by.
 *
 * @param items of one each, for answers and times
 * @param random whether those were made up
 * @param labelled items with labels, for accuracy
 */
public record Evidence(List<Map<String, Tensor>> items, boolean random, Optional<Labelled> labelled) {

    /** How many items answers are compared on, if nothing else is said. */
    public static final int ITEMS = 100;

    private static final int RANDOM_ITEMS = 8;

    /** Items with labels, and how they become a network's inputs. */
    public record Labelled(Dataset data, Inputs inputs) {}

    public Evidence {
        items = List.copyOf(items);
    }

    /** Made-up items: enough to compare answers and times, no evidence of accuracy. */
    public static Evidence random(Network network, Shapes shapes, long seed) {
        return new Evidence(RandomItems.of(network, shapes, RANDOM_ITEMS, seed), true, Optional.empty());
    }

    /** Real items; their labels too, if they have any. */
    public static Evidence of(Dataset data, Inputs inputs, int count) {
        boolean labelled = !data.labels().isEmpty();
        return new Evidence(
                inputs.items(data, count),
                false,
                labelled ? Optional.of(new Labelled(data, inputs)) : Optional.empty());
    }
}
