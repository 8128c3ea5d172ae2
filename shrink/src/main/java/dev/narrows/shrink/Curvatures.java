package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The {@link Curvature} of each group of a network's layers, from sample items; measured when first asked for, and held: six
 * bytes for each pair of the numbers that a kernel meets (32 MB where these are 2,304).
 */
public final class Curvatures {

    private final Consumer<SecondMoments.Reader> moments;
    private final Map<String, Curvature[]> found = new HashMap<>();
    private boolean measured;

    private Curvatures(Consumer<SecondMoments.Reader> moments) {
        this.moments = moments;
    }

    /**
     * Of moments that are read when they are needed.
     *
     * @param moments hands on each layer's
     */
    static Curvatures of(Consumer<SecondMoments.Reader> moments) {
        return new Curvatures(moments);
    }

    /**
     * Of a network's layers.
     *
     * @param network in float32
     * @param items of one each, as many as are representative; none: no layer has a curvature
     */
    public static Curvatures of(Network network, Shapes shapes, List<Map<String, Tensor>> items) {
        if (items.isEmpty()) {
            return of(reader -> {});
        }
        Patch wiring = Patch.of(network, shapes);
        List<LinearNode> layers = network.nodes().stream()
                .flatMap(node -> QuantizationPlan.layer(wiring, shapes, node).stream())
                .toList();
        return of(reader -> SecondMoments.each(network, layers, items, reader));
    }

    /** Those of a layer's groups; empty if its kernel meets too many numbers, or is over three axes. */
    Optional<Curvature[]> of(LinearNode layer) {
        return ofOutput(layer.node().outputs().get(0));
    }

    /** The same, of the layer that makes a value. */
    Optional<Curvature[]> ofOutput(String value) {
        if (!measured) {
            measured = true;
            moments.accept((layer, sums) -> found.put(
                    layer.node().outputs().get(0),
                    Arrays.stream(sums).map(Curvature::of).toArray(Curvature[]::new)));
        }
        return Optional.ofNullable(found.get(value));
    }
}
