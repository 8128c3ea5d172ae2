package dev.narrows.cli;

import dev.narrows.graph.Network;
import dev.narrows.train.Inputs;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how items become a network's input. */
final class TrainInputs {

    @Option(
            names = "--mean",
            paramLabel = "M,…",
            description = "Subtracted from the values ([0, 1] in images), one or one a channel (default: 0).")
    private @Nullable String mean;

    @Option(names = "--std", paramLabel = "S,…", description = "Divided by, one or one a channel (default: 1).")
    private @Nullable String deviation;

    Inputs of(Network network) {
        return Inputs.of(network, numbers("mean", mean), numbers("std", deviation));
    }

    private static List<Float> numbers(String name, @Nullable String text) {
        return text == null
                ? List.of()
                : Numbers.parseList(name, text, "--" + name).stream()
                        .map(Double::floatValue)
                        .toList();
    }
}
