package dev.narrows.cli;

import dev.narrows.data.Dataset;
import dev.narrows.data.Kind;
import dev.narrows.graph.Network;
import dev.narrows.train.Inputs;
import dev.narrows.train.Scale;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how items become a network's inputs. */
final class TrainInputs {

    @Option(
            names = "--mean",
            paramLabel = "M,…",
            description = "Subtracted from the values ([0, 1] in images), one or one a channel (default: 0). Several "
                    + "modalities: NAME=M,…;NAME=M,…")
    private @Nullable String mean;

    @Option(
            names = "--std",
            paramLabel = "S,…",
            description = "Divided by, one or one a channel, as --mean (default: 1).")
    private @Nullable String deviation;

    Inputs of(Network network, Dataset data) {
        if (!(data.kind() instanceof Kind.Several items)) {
            return Inputs.of(network, numbers("mean", mean), numbers("std", deviation));
        }
        Map<String, List<Float>> means = byModality("mean", mean, items);
        Map<String, List<Float>> deviations = byModality("std", deviation, items);
        Map<String, Scale> scales = new LinkedHashMap<>();
        for (String name : items.names()) {
            scales.put(name, new Scale(means.getOrDefault(name, List.of()), deviations.getOrDefault(name, List.of())));
        }
        return Inputs.of(network, items, scales);
    }

    private static Map<String, List<Float>> byModality(String name, @Nullable String text, Kind.Several items) {
        Map<String, List<Float>> all = new LinkedHashMap<>();
        if (text != null) {
            PerModality.parse("--" + name, text, items)
                    .forEach((modality, value) -> all.put(modality, numbers(name, value)));
        }
        return all;
    }

    private static List<Float> numbers(String name, @Nullable String text) {
        return text == null
                ? List.of()
                : Numbers.parseList(name, text, "--" + name).stream()
                        .map(Double::floatValue)
                        .toList();
    }
}
