package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a {@link Search} is about.
 *
 * @param network to be made smaller
 * @param shapes of any network made of it
 * @param calibration items of one each, to see activations on
 * @param held items that the search decides by; none of those that are learned from or reported on
 * @param retraining how a network learns again
 * @param directory for networks that took training
 */
public record SearchSubject(
        Network network,
        Function<Network, Shapes> shapes,
        List<Map<String, Tensor>> calibration,
        Evidence held,
        Retraining retraining,
        Path directory) {

    public SearchSubject {
        calibration = List.copyOf(calibration);
    }
}
